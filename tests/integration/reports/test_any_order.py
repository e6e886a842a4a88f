"""Whatever order events come in, however often, in whatever lumps: the sums are the same, and those of the facts."""

import random
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, delete, func, select

from cloud_api.common.outbox import unpack
from cloud_api.common.tables import OutboxMessage
from cloud_api.devices import events as devices_events
from cloud_api.gym import events as gym_events
from cloud_api.gym import telling as gym_telling
from cloud_api.gym.tables import CounterRow as GymCounter
from cloud_api.gym.tables import MemberRow, MembershipRow, VisitRow
from cloud_api.operate.opening import open_cloud
from cloud_api.payments import events as payments_events
from cloud_api.payments import telling as payments_telling
from cloud_api.payments.tables import CounterRow as PaymentsCounter
from cloud_api.reports import drift, events, habits, sums
from cloud_api.reports.drift import Drift, recompute
from cloud_api.reports.tables import MemberFact, MembershipFact, VisitFact
from cloud_api.settings import load_settings
from shared.domain.device import Direction
from tests.integration.reports.beats import beat
from tests.support.builders import NOON, TODAY, an_event_record
from tests.support.cashier import Cashier
from tests.support.equipment import Equipment
from tests.support.reception import arrival, ok, void_of

SOURCES = {**devices_events.sources, **gym_events.sources, **payments_events.sources}
KEPT_BY_REPORTS_ALONE = {
    "reports_machine_spell",
    "reports_heard_hour",
    "reports_heard_by_day",
    "reports_door_fact",
    "reports_refusal_fact",
    "reports_refusals_by_day",
    "reports_recount",
}
"""What nobody can tell once more."""


def live(gym, rng):
    """Some months at a gym of two sites, of which reports hears everything there is to hear."""
    cashier = Cashier(gym)
    desk, kiosk = cashier.desk, gym.kiosk()
    sites = [desk.site_id, desk.site("Brooklyn", zone="America/New_York")]
    people = [desk.member() for _ in range(5)]
    _visits(desk, rng, sites, people)
    desk.record(arrival(sites[0], at=NOON - timedelta(days=70), member_id=people[2]))  # who belongs elsewhere later
    refused = {"outcome": "denied", "membership_id": None, "roster_epoch": None}
    kiosk.upload(
        an_event_record(number=1, reason="site_full", member_id=people[0], **refused),
        an_event_record(number=2, reason="unknown_pass", member_id=None, **refused),
    )
    _money(cashier, people)
    held = desk.sell(people[4], cashier.plan_id)["id"]
    gym.dispatch()
    pause = {"first": str(TODAY + timedelta(days=2)), "end": str(TODAY + timedelta(days=9))}
    ok(desk.client.post(f"/v1/memberships/{held}/pause", json=pause))
    moved = {**desk.read(people[2]), "home_site_id": str(sites[1])}
    ok(desk.client.put(f"/v1/members/{people[2]}", json=moved))
    _machines(desk)
    for minute in (0, 1, 2, 30, 61, 62, 130):
        gym.clock.at = NOON + timedelta(minutes=minute)
        beat(gym, kiosk)
    assert desk.client.post(f"/v1/devices/{kiosk.id}/revocation").is_success
    ok(desk.client.delete(f"/v1/members/{people[3]}"))
    gym.dispatch()


def _visits(desk, rng, sites, people):
    told = []
    for _ in range(40):
        if told and rng.random() < 0.2:
            desk.record(void_of(rng.choice(told)))
            continue
        item = arrival(
            rng.choice(sites),
            at=NOON - timedelta(minutes=rng.randrange(160 * 24 * 60)),
            member_id=rng.choice(people),
            direction=rng.choice([Direction.ENTRY, Direction.ENTRY, Direction.EXIT]),
        )
        told.append(item)
        desk.record(item)


def _money(cashier, people):
    order = cashier.paid(people[0], cashier.sale(), cashier.sale())
    cashier.refund(order, amount_minor=101)
    ok(cashier.ask_correct(order, amount_minor=50_001))
    cashier.refund(cashier.paid(people[1]), ends_membership=True)


def _machines(desk):
    equipment = Equipment(desk)
    first, second = equipment.machine(name="Rower"), equipment.machine(name="Bike")
    fault = ok(equipment.post(first, "faults", description="it squeaks", status="out_of_order"))["faults"][0]
    ok(equipment.post(first, f"faults/{fault['id']}/resolve", note="oiled"))
    assert desk.client.delete(f"/v1/machines/{second['id']}").is_success


SUMS = {check.table.__tablename__ for check in drift._CHECKS.values()}


def everything(gym, *, but=frozenset()):
    """Every row of every table of reports; without sums that came to nothing, and visits that count for nothing."""
    with gym.cloud.database.reading() as session:
        tables = [table for name, table in SQLModel.metadata.tables.items() if name.startswith("reports_")]
        rows = {table: [row._mapping for row in session.execute(table.select())] for table in tables}
    return {
        table.name: sorted(repr(dict(row)) for row in found if _counts(table, row))
        for table, found in rows.items()
        if table.name not in but
    }


def _counts(table, row):
    if table.name in SUMS:
        return any(row[name] for name in sums.summed_columns(table))
    return not row.get("is_void", False)


def forget(gym):
    """Reports as they are before anything was heard, in this week."""
    with gym.cloud.database.transaction() as session:
        for name, table in SQLModel.metadata.tables.items():
            if name.startswith("reports_"):
                session.execute(delete(table))
    with gym.cloud.database.transaction() as session:
        habits.go_on(session)


def published(gym):
    with gym.cloud.database.reading() as session:
        rows = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.number))).all()
        return [event for row in rows for event in unpack(session, row, SOURCES)]


def deliver(gym, told, rng):
    """To reports' consumers themselves, past the inbox, a lump at a time."""
    for consumer in events.consumers(gym.cloud):
        mine = [event for event in told if event.topic == consumer.topic]
        while mine:
            size = rng.randrange(1, 12)
            with gym.cloud.database.transaction() as session:
                consumer.handle(session, mine[:size])
            mine = mine[size:]


def test_any_order_and_any_number_of_times_give_the_same_sums(gym):
    rng = random.Random(7)
    with gym.cloud.database.transaction() as session:
        habits.go_on(session)
    live(gym, rng)
    in_order, told = everything(gym), published(gym)
    assert {name for name in in_order if not in_order[name]} == {"reports_contact", "reports_recount"}
    for seed in range(5):
        rng = random.Random(seed)
        again = [*told, *rng.sample(told, len(told) // 2)]
        rng.shuffle(again)
        forget(gym)
        deliver(gym, again, rng)
        assert everything(gym) == in_order
        with gym.cloud.database.transaction() as session:
            assert recompute(session) == Drift()


def test_what_is_told_once_more_gives_the_same_sums(gym, monkeypatch):
    monkeypatch.setattr(gym_telling, "_PAGE", 2)
    monkeypatch.setattr(payments_telling, "_A_ROW", 2)
    live(gym, random.Random(3))
    forget(gym)
    deliver(gym, published(gym), random.Random(0))
    before = everything(gym, but=KEPT_BY_REPORTS_ALONE)
    forget(gym)
    with gym.cloud.database.transaction() as session:
        session.execute(delete(GymCounter).where(col(GymCounter.name) == "facts_told"))
        session.execute(delete(PaymentsCounter).where(col(PaymentsCounter.name) == "receipts_told"))
    cloud = gym.cloud
    assert gym_telling.announce_facts(cloud.database, cloud.keys)
    assert payments_telling.announce_receipts(cloud.database)
    gym.dispatch()
    after = everything(gym, but=KEPT_BY_REPORTS_ALONE)
    gone = {"reports_machine_fact", "reports_fault_fact"}  # what was removed with its machine is told by nobody
    assert {name: after[name] for name in after if name not in gone} == {
        name: before[name] for name in before if name not in gone
    }
    assert len(after["reports_fault_fact"]) == 1
    assert not gym_telling.announce_facts(cloud.database, cloud.keys)
    assert not payments_telling.announce_receipts(cloud.database)


@pytest.mark.embedded
def test_a_gym_of_the_release_before_has_all_its_members_and_visits_in_its_reports(tmp_path, gym_database):
    (release,) = (Path(__file__).parents[2] / "data" / "releases").glob("0.1.0.tar.xz")
    with tarfile.open(release) as archive:
        archive.extractall(tmp_path, filter="data")
    cloud = open_cloud(load_settings(tmp_path / "gym", environ={}))
    while cloud.dispatcher.run_pending():
        pass
    with cloud.database.transaction() as session:
        visits = session.exec(select(func.count()).where(col(VisitRow.is_void).is_(False))).one()
        known = (col(VisitFact.is_void).is_(False), col(VisitFact.member_id).is_not(None))
        assert session.exec(select(func.count()).where(*known)).one() == visits > 0
        for row, fact in ((MemberRow, MemberFact), (MembershipRow, MembershipFact)):
            counts = [session.exec(select(func.count()).select_from(table)).one() for table in (row, fact)]
            assert counts[0] == counts[1] > 0
        assert session.exec(select(func.count()).where(col(MemberFact.joined_on).is_(None))).one() == 0
        assert recompute(session) == Drift()
    cloud.database.close()
