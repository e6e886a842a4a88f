"""Half a year behind a sample gym, as its reports would have heard of it: facts, and the sums worked out from them."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel, col, select

from cloud_api.common.cloud import Cloud
from cloud_api.devices.tables import DeviceRow
from cloud_api.gym.tables import MachineRow
from cloud_api.operate.opening import open_cloud
from cloud_api.reports.counting import recount_all
from cloud_api.reports.tables import (
    DoorFact,
    FaultFact,
    HeardHour,
    MachineFact,
    MemberFact,
    PlanFact,
    RefusalFact,
    TakingFact,
    VisitFact,
)
from cloud_api.settings import Settings
from shared.clock import SystemClock
from tests.support.live import eventually

DAYS = 190
LEAVING = 7
"""So many of the members came often, and do so no more."""
HEARD_DAYS, LOST_S = 10, 1500
_ZONE = ZoneInfo("Europe/Copenhagen")
_HOUR = timedelta(hours=1)
_A_TRANSACTION = 500
_HOURS = (6, 7, 7, 8, 9, 11, 12, 12, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 21)
_REASONS = ("membership_ended",) * 7 + ("outside_plan_hours",) * 5 + ("payment_overdue",) * 3 + ("unknown_pass",) * 2
_FIRST_RECEIPT = 500_000


def have_a_past(settings: Settings, *, seed: int = 3) -> None:
    """The server may run meanwhile, and is waited for until reports have heard of all machines."""
    cloud = open_cloud(settings)
    rng, today = random.Random(seed), SystemClock().now().astimezone(_ZONE).date()
    _wait_for_machines(cloud)
    with cloud.database.transaction() as session:
        members = _spread_joining(session, rng, today)
        _begin_to_hear(session, today)
    facts = list(_facts(cloud, rng, today, members))
    for first in range(0, len(facts), _A_TRANSACTION):
        with cloud.database.transaction() as session:
            session.add_all(facts[first : first + _A_TRANSACTION])
    recount_all(cloud.database)
    cloud.database.close()


def _spread_joining(session: Session, rng: random.Random, today: date) -> list[MemberFact]:
    """The members joined one after the other; those who leave, first."""
    known = session.exec(select(MemberFact).where(col(MemberFact.site_id).is_not(None))).all()
    for number, member in enumerate(known):
        member.joined_on = today - timedelta(days=rng.randrange(150 if number < LEAVING else 20, DAYS - 5))
        session.add(member)
    session.flush()
    return [MemberFact(**member.model_dump()) for member in known]


def _wait_for_machines(cloud: Cloud) -> None:
    def is_heard() -> bool:
        with cloud.database.reading() as session:
            return len(session.exec(select(MachineFact)).all()) == len(session.exec(select(MachineRow)).all())

    eventually(is_heard)


def _begin_to_hear(session: Session, today: date) -> None:
    """All kiosks have been there for some days."""
    for device in session.exec(select(DeviceRow)).all():
        fact = session.get(DoorFact, device.id) or DoorFact(device_id=device.id, site_id=device.site_id)
        fact.first_heard_at = _since(today)
        session.add(fact)
    session.flush()


def _facts(cloud: Cloud, rng: random.Random, today: date, members: Sequence[MemberFact]) -> Iterator[SQLModel]:
    with cloud.database.reading() as session:
        plans = session.exec(select(PlanFact).order_by(col(PlanFact.name))).all()
        machines = session.exec(select(MachineFact)).all()
        doors = session.exec(select(DoorFact)).all()
    site_id = next(member.site_id for member in members if member.site_id)
    yield from _visits(rng, today, members, site_id)
    yield from _refusals(rng, today, members, site_id)
    yield from _takings(rng, today, members, site_id, plans)
    for machine in machines:
        for _ in range(rng.randrange(1, 4)):
            on = today - timedelta(days=rng.randrange(2, 25))
            yield FaultFact(
                fault_id=uuid4(),
                machine_id=machine.machine_id,
                site_id=machine.site_id,
                reported_on=on,
                resolved_on=on + timedelta(days=1),
            )
    for door in doors:
        yield from _heard(today, door)


def _visits(rng: random.Random, today: date, members: Sequence[MemberFact], site_id: UUID) -> Iterator[VisitFact]:
    for number, member in enumerate(members):
        a_week = 3.5 if number < LEAVING else rng.choice((0.7, 1.5, 2.5, 3.5))
        for ago in range(DAYS, 0, -1):
            on = today - timedelta(days=ago)
            quiet = 0.45 if on.weekday() > 4 else 1.0
            away = on < (member.joined_on or on) or (number < LEAVING and ago < 36)
            if not away and rng.random() < a_week / 6 * quiet:
                hour = rng.choice(_HOURS) if on.weekday() < 5 else rng.randrange(9, 15)
                yield VisitFact(
                    visit_id=uuid4(),
                    version=1,
                    site_id=site_id,
                    local_on=on,
                    local_hour=hour,
                    is_void=False,
                    member_id=member.member_id,
                )


def _refusals(rng: random.Random, today: date, members: Sequence[MemberFact], site_id: UUID) -> Iterator[RefusalFact]:
    for ago in range(DAYS, 0, -1):
        for _ in range(rng.randrange(3)):
            reason = rng.choice(_REASONS)
            member_id = None if reason == "unknown_pass" else rng.choice(members).member_id
            on = today - timedelta(days=ago)
            yield RefusalFact(event_id=uuid4(), site_id=site_id, local_on=on, reason=reason, member_id=member_id)


def _takings(
    rng: random.Random, today: date, members: Sequence[MemberFact], site_id: UUID, plans: Sequence[PlanFact]
) -> Iterator[TakingFact]:
    for number, ago in enumerate(sorted((rng.randrange(1, DAYS) for _ in range(260)), reverse=True)):
        plan = rng.choice(plans)
        yield TakingFact(
            receipt_number=_FIRST_RECEIPT + number,
            line=1,
            member_id=rng.choice(members).member_id,
            site_id=site_id,
            local_on=today - timedelta(days=ago),
            plan_id=plan.plan_id,
            method=rng.choice(("cash", "terminal", "transfer")),
            currency=plan.currency,
            amount_minor=plan.price_minor,
        )


def _heard(today: date, door: DoorFact) -> Iterator[SQLModel]:
    """A kiosk's hours, with one outage."""
    at, now = _since(today).astimezone(UTC), SystemClock().now()
    while at + _HOUR <= now:
        there = at.astimezone(_ZONE)
        lost = LOST_S if (today - there.date(), there.hour) == (timedelta(days=4), 13) else 0
        yield HeardHour(
            device_id=door.device_id,
            hour_at=at,
            site_id=door.site_id,
            local_on=there.date(),
            heard_s=3600 - lost,
            losses=int(lost > 0),
        )
        at += _HOUR


def _since(today: date) -> datetime:
    return datetime.combine(today - timedelta(days=HEARD_DAYS), time(0), tzinfo=_ZONE)
