"""The public name behind a pass, opened with the pass's own secret (hard case: sealing)."""

import json

from kiosk.entry.reading import Shown
from kiosk.entry.roster_view import Joined
from shared.domain.decision import Decision, Denied
from shared.passtoken.sealing import unseal, unwrap_with_credential

_LONGEST_NAME = 80


def name_for(decision: Decision, shown: Shown, joined: Joined) -> str | None:
    """The name to greet with; None on a refusal, where the gym hides names, and where the pass opens none."""
    site, credential, member = joined.rules.site, joined.credential, joined.member
    if isinstance(decision, Denied) or site is None or not site.policy.show_names:
        return None
    if shown.secret is None or credential is None or member is None:
        return None
    if credential.wrapped_key is None or member.sealed is None:
        return None
    content_key = unwrap_with_credential(credential.wrapped_key, shown.secret)
    card = None if content_key is None else unseal(content_key, member.sealed, about=member.id.bytes)
    return None if card is None else _name_on(card)


def _name_on(card: bytes) -> str | None:
    try:
        name = json.loads(card)[0]
    except (ValueError, LookupError, TypeError):
        return None
    return name[:_LONGEST_NAME] if isinstance(name, str) else None
