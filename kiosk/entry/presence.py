"""What this kiosk has seen of a pass, for the rule book.

Who is inside is not among it: a kiosk sees people come or go, never both, and unknown is None. That needs the presence
of other kiosks.
"""

from datetime import datetime

from kiosk.store.history import History
from shared.domain.ids import MembershipId
from shared.domain.passes import PassKind
from shared.domain.roster import Holder, Presence
from shared.domain.site import Site
from shared.domain.time import local_day


def presence_of(
    history: History,
    *,
    lookup: bytes,
    kind: PassKind | None,
    code_at: datetime | None,
    holder: Holder | None,
    site: Site,
) -> Presence:
    """Read the event log for one decision."""
    seen = history.of_pass(lookup, code_at=code_at, packs=_packs(holder))
    last = seen.last_grant
    used_at = last.at if kind is PassKind.VOUCHER and last is not None and last.passed is not False else None
    return Presence(
        last_grant=seen.last_grant,
        code_use=seen.code_use,
        own_grants=seen.own_grants,
        voucher_used_on=None if used_at is None else local_day(used_at, site.zone),
    )


def _packs(holder: Holder | None) -> dict[MembershipId, datetime | None]:
    """The holder's packs, each with the start of the last visit its row counts."""
    memberships = () if holder is None else (holding.membership for holding in holder.holdings)
    return {item.id: item.pack.last_visit_at for item in memberships if item.pack is not None}
