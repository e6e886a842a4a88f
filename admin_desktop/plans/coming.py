"""What will be different about a plan, in words."""

from collections.abc import Mapping
from typing import Any

from admin_desktop.shell.context import Context
from shared.contracts.gym import PlanView

_CAPTIONS = {
    "name": "plans.field.name",
    "price_minor": "plans.field.price",
    "currency": "plans.field.currency",
    "months": "plans.period",
    "days": "plans.period",
    "visits": "plans.card.visits",
    "windows": "plans.card.hours",
    "site_ids": "plans.card.sites",
    "renews": "plans.card.after",
    "on_sale": "plans.state",
}


def will_be(plan: PlanView, facts: Mapping[str, Any], context: Context) -> str:
    """Such as "Price: 399.00 kr.; Hours". A price is told with its value, the others by name."""
    words = context.words
    said = []
    for name in sorted(facts, key=list(_CAPTIONS).index):
        caption = words(_CAPTIONS[name])
        if name == "price_minor":
            currency = str(facts.get("currency", plan.currency))
            caption = f"{caption}: {words.money(int(facts[name]), currency)}"
        said.append(caption)
    return "; ".join(dict.fromkeys(said))
