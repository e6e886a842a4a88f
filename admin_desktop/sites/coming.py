"""What will be different about a site, in words."""

from collections.abc import Mapping
from typing import Any

from admin_desktop.shell.words import Words
from admin_desktop.sites.rules import RULES, in_words
from shared.contracts.gym import PolicyDraft

_CAPTIONS = {"hours": "sites.hours", "exceptions": "sites.closings"}


def will_be(facts: Mapping[str, Any], words: Words) -> str:
    """Such as "Days of grace: 9 days; Every week". Rules are told with their values, the others by name."""
    policy = PolicyDraft.model_validate(facts.get("policy", {}))
    rules = [name for name in RULES if name in facts.get("policy", {})]
    said = [f"{words(f'sites.field.{name}')}: {in_words(name, getattr(policy, name), words)}" for name in rules]
    others = [name for name in facts if name != "policy"]
    return "; ".join([*said, *(words(_CAPTIONS.get(name, f"sites.field.{name}")) for name in others)])
