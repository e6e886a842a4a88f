"""Between the rows of ``gym`` and the values of the domain."""

import json
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from cloud_api.gym.tables import MembershipRow, PlanRow, SiteRow
from shared.contracts.roster import PlanBody, SiteBody
from shared.domain.ids import EventId, MembershipId, PlanId
from shared.domain.membership import Membership, Pack
from shared.domain.plan import Plan
from shared.domain.site import Site
from shared.domain.time import DayInterval


@lru_cache(maxsize=1024)
def site_in(body: str) -> Site:
    """The site that a row's text describes. Read at every request, changed once a month: the text is the key."""
    return SiteBody.model_validate_json(body).to_domain()


@lru_cache(maxsize=1024)
def plan_in(body: str) -> Plan:
    """The plan that a row's text describes; kept as sites are."""
    return PlanBody.model_validate_json(body).to_domain()


def to_site(row: SiteRow) -> Site:
    return site_in(row.body)


def to_plan(row: PlanRow) -> Plan:
    return plan_in(row.body)


def to_membership(row: MembershipRow) -> Membership:
    return Membership(
        id=MembershipId(row.id),
        plan_id=PlanId(row.plan_id),
        starts_on=row.starts_on,
        paid_through_on=row.paid_through_on,
        ends_on=row.ends_on,
        renews=row.renews,
        freezes=tuple(
            DayInterval(date.fromisoformat(first), date.fromisoformat(end)) for first, end in json.loads(row.freezes)
        ),
        pack=_to_pack(row),
        anchor_day=row.anchor_day,
    )


def _to_pack(row: MembershipRow) -> Pack | None:
    if row.bought is None:
        return None
    check_ins = frozenset(EventId(UUID(text)) for text in json.loads(row.counted_check_ins))
    return Pack(row.bought, row.counted, check_ins, row.last_visit_at)


def store_terms(row: MembershipRow, membership: Membership) -> None:
    """Take over what was agreed."""
    row.sqlmodel_update(terms_of(membership))


def terms_of(membership: Membership) -> dict[str, Any]:
    """What was agreed, by column; what is counted of a pack comes from the visits alone."""
    return {
        "starts_on": membership.starts_on,
        "paid_through_on": membership.paid_through_on,
        "ends_on": membership.ends_on,
        "renews": membership.renews,
        "freezes": json.dumps([(str(item.first), str(item.end)) for item in membership.freezes]),
        "anchor_day": membership.anchor_day,
        "bought": None if membership.pack is None else membership.pack.bought,
    }
