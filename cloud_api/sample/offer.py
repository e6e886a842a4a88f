"""What the sample gym sells, and where: the site there is, one more, and six plans."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.gym.listing import list_sites
from cloud_api.gym.lookups import get_plan
from cloud_api.gym.mapping import to_plan
from cloud_api.gym.plans import create_plan
from cloud_api.gym.sites import change_site, create_site
from shared.contracts.gym import NewPlan, PolicyDraft, SiteDraft, SiteView
from shared.domain.plan import Plan
from shared.errors import Rejected

BY = "sample"
"""Who the audit log names."""
_CURRENCY = "DKK"
_SYMBOLOGIES = ["Code128", "EAN13"]
_OFF_PEAK = [{"weekday": day, "opens": 9 * 60, "closes": 15 * 60} for day in range(5)]

_PLANS: dict[str, dict[str, Any]] = {
    "monthly": {"name": "Monthly", "months": 1, "price_minor": 34_900, "renews": True},
    "yearly": {"name": "Yearly", "months": 12, "price_minor": 349_000},
    "off_peak": {"name": "Off-peak", "months": 1, "price_minor": 19_900, "renews": True, "windows": _OFF_PEAK},
    "pack": {"name": "10 visits", "months": 6, "price_minor": 79_000, "visits": 10},
    "day_pass": {"name": "Day pass", "days": 1, "price_minor": 12_000},
}


@dataclass(frozen=True, slots=True)
class Offer:
    """``site`` is the one that was there; ``plans`` by their names in the recipes."""

    site: SiteView
    other_site: SiteView
    plans: dict[str, Plan]


def make_offer(session: Session, keys: Keys) -> Offer:
    """Make the plans and a second site, and have the doors read old barcodes.

    Raises:
        Rejected: ``no_site``: the gym was not initialised.
    """
    sites = list_sites(session).items
    if not sites:
        raise Rejected("This gym has no site; run 'fit-cloud init' first.", code="no_site")
    site, other = sites[0], sites[1] if len(sites) > 1 else _second_site(session, keys, sites[0])
    _read_barcodes(session, site)
    drafts = {
        **_PLANS,
        "other_site": {
            "name": f"{other.name} only",
            "months": 1,
            "price_minor": 24_900,
            "renews": True,
            "site_ids": [other.id],
        },
    }
    plans = {name: _plan(session, draft) for name, draft in drafts.items()}
    return Offer(site, other, plans)


def _second_site(session: Session, keys: Keys, first: SiteView) -> SiteView:
    row = create_site(session, keys, SiteDraft(name=f"{first.name} 2", zone=first.zone), by=BY)
    return next(site for site in list_sites(session).items if site.id == row.id)


def _read_barcodes(session: Session, site: SiteView) -> None:
    wanted = sorted({*site.policy.linear_symbologies, *_SYMBOLOGIES})
    policy = PolicyDraft.model_validate({**site.policy.model_dump(), "linear_symbologies": wanted})
    draft = SiteDraft.model_validate({**site.model_dump(), "policy": policy})
    change_site(session, site.id, draft, by=BY)


def _plan(session: Session, draft: dict[str, Any]) -> Plan:
    plan_id: UUID = create_plan(session, NewPlan(currency=_CURRENCY, **draft), by=BY).id
    return to_plan(get_plan(session, plan_id))
