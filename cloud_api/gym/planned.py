"""Changes of a plan or a site that are to come on a day: kept, looked at, taken back, and made when the day is there.

What is kept are the fields that are to differ, not the whole: whatever else is changed until then stays. A thing has one
change to come at the most; planning another takes its place.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import audit
from cloud_api.common.database import Database
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.gym import plans, sites
from cloud_api.gym.lookups import get_plan, get_site, today_at
from cloud_api.gym.mapping import to_site
from cloud_api.gym.tables import PlannedChangeRow, SiteRow
from shared.contracts.gym import PlanChange, PlanDraft, SiteChange, SiteDraft
from shared.contracts.planned import PlannedChange, PlannedChangeList, PlannedKind, PlannedPlan, PlannedSite
from shared.contracts.roster import PlanBody, SiteBody
from shared.errors import InvalidInput, Rejected

_SITE_FACTS = set(SiteDraft.model_fields)
_PLAN_FACTS = set(PlanDraft.model_fields) - {"on_sale", "for_staff"}


def plan_for_plan(session: Session, plan_id: UUID, wanted: PlannedPlan, *, by: Principal) -> PlannedChangeRow:
    """Have a plan changed on a day.

    Raises:
        Rejected: ``plan_unknown``; ``plan_changed``: somebody was faster.
        InvalidInput: the day is not after today, nothing would differ, or it names a site that does not exist.
    """
    row = get_plan(session, plan_id, lock=True)
    if wanted.version not in (None, row.version):
        raise Rejected("Somebody has changed this plan meanwhile. Look at it again.", code="plan_changed")
    plans.stays_for_whom(row, wanted.plan)
    body = PlanBody.model_validate_json(plans.body_of(session, wanted.plan, plan_id))
    then = _plan_facts(body, on_sale=wanted.plan.on_sale, for_staff=row.for_staff)
    return _keep(session, PlannedKind.PLAN, plan_id, then, from_on=wanted.from_on, by=by)


def plan_for_site(session: Session, site_id: UUID, wanted: PlannedSite, *, by: Principal) -> PlannedChangeRow:
    """Have a site changed on a day of its own.

    Raises:
        Rejected: ``site_unknown``; ``site_changed``: somebody was faster.
        InvalidInput: the day is not after today, or nothing would differ.
    """
    row = get_site(session, site_id, lock=True)
    if wanted.version not in (None, row.version):
        raise Rejected("Somebody has changed this site meanwhile. Look at it again.", code="site_changed")
    now = SiteBody.model_validate_json(row.body)
    body = SiteBody.model_validate_json(sites.body_of(wanted.site, site_id, now.gym_number, now.number))
    then = body.model_dump(mode="json", include=_SITE_FACTS)
    return _keep(session, PlannedKind.SITE, site_id, then, from_on=wanted.from_on, by=by)


def withdraw(session: Session, kind: PlannedKind, thing_id: UUID, *, by: Principal) -> None:
    """Have nothing changed. Doing it twice changes nothing."""
    row = session.get(PlannedChangeRow, thing_id, with_for_update=True)
    if row is None or row.kind != kind.value:
        return
    before = {"from_on": row.from_on, **json.loads(row.facts)}
    session.delete(row)
    action = f"{kind.value}.change_withdrawn"
    audit.record(session, service="gym", actor=by, action=action, subject=thing_id, before=before)


def list_planned(session: Session) -> PlannedChangeList:
    """The next first."""
    rows = session.exec(
        select(PlannedChangeRow).order_by(col(PlannedChangeRow.from_on), col(PlannedChangeRow.thing_id))
    )
    return PlannedChangeList(items=[view(row) for row in rows])


def view(row: PlannedChangeRow) -> PlannedChange:
    return PlannedChange(
        kind=PlannedKind(row.kind),
        thing_id=row.thing_id,
        from_on=row.from_on,
        facts=json.loads(row.facts),
        planned_at=row.planned_at,
    )


def make_due(database: Database, keys: Keys) -> int:
    """Make every change whose day has begun, each in a transaction of its own; says how many.

    Of several processes one makes a change: the row is held, and gone with it.
    """
    with database.reading() as session:
        due = [row.thing_id for row in session.exec(select(PlannedChangeRow)) if _is_due(session, row)]
    made = 0
    for thing_id in due:
        with database.transaction() as session:
            row = session.get(PlannedChangeRow, thing_id, with_for_update=True)
            if row is not None and _is_due(session, row):
                _make(session, keys, row)
                made += 1
    return made


def _keep(
    session: Session, kind: PlannedKind, thing_id: UUID, then: dict[str, Any], *, from_on: date, by: Principal
) -> PlannedChangeRow:
    if from_on <= _today(session, kind, thing_id):
        raise InvalidInput("Choose a day after today; what is to hold now is changed at once.", field="from_on")
    facts = _differing(_now(session, kind, thing_id), then)
    if not facts:
        raise InvalidInput("Nothing would be different on that day.", field="from_on")
    row = session.merge(
        PlannedChangeRow(
            thing_id=thing_id,
            kind=kind.value,
            from_on=from_on,
            facts=json.dumps(facts),
            planned_by=audit.name_of(by),
            planned_at=transaction_time(session),
        )
    )
    session.flush()
    after = {"from_on": from_on, **facts}
    audit.record(session, service="gym", actor=by, action=f"{kind.value}.change_planned", subject=thing_id, after=after)
    return row


def _make(session: Session, keys: Keys, row: PlannedChangeRow) -> None:
    facts = _joined(_now(session, PlannedKind(row.kind), row.thing_id), json.loads(row.facts))
    if row.kind == PlannedKind.PLAN.value:
        plans.change_plan(session, keys, row.thing_id, PlanChange.model_validate(facts), by=row.planned_by)
    else:
        sites.change_site(session, row.thing_id, SiteChange.model_validate(facts), by=row.planned_by)
    session.delete(row)


def _now(session: Session, kind: PlannedKind, thing_id: UUID) -> dict[str, Any]:
    """What can be planned of a thing, as it is."""
    if kind is PlannedKind.SITE:
        body = SiteBody.model_validate_json(get_site(session, thing_id).body)
        return body.model_dump(mode="json", include=_SITE_FACTS)
    plan = get_plan(session, thing_id)
    return _plan_facts(PlanBody.model_validate_json(plan.body), on_sale=plan.on_sale, for_staff=plan.for_staff)


def _plan_facts(body: PlanBody, *, on_sale: bool, for_staff: bool) -> dict[str, Any]:
    return {**body.model_dump(mode="json", include=_PLAN_FACTS), "on_sale": on_sale, "for_staff": for_staff}


def _today(session: Session, kind: PlannedKind, thing_id: UUID) -> date:
    """The day at the site; a plan's changes with that of the gym's first site."""
    first = select(SiteRow).order_by(col(SiteRow.number)).limit(1)
    row = get_site(session, thing_id) if kind is PlannedKind.SITE else session.exec(first).one()
    return today_at(session, to_site(row))


def _is_due(session: Session, row: PlannedChangeRow) -> bool:
    return row.from_on <= _today(session, PlannedKind(row.kind), row.thing_id)


def _differing(now: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``then`` that are not as ``now``; of a policy, the rules that are not."""
    return {
        name: _differing(now[name], value) if name == "policy" else value
        for name, value in then.items()
        if now[name] != value
    }


def _joined(now: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    policy = {"policy": {**now["policy"], **facts["policy"]}} if "policy" in facts else {}
    return {**now, **facts, **policy}
