"""Redelivery, replay and old versions change nothing, at any consumer; nor does the order between keys and topics."""

import random
import shutil
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlmodel import SQLModel, col, select

from cloud_api.common.outbox import unpack
from cloud_api.common.tables import OutboxMessage
from cloud_api.devices.events import sources
from shared.domain.device import Direction
from shared.passtoken.tokens import parse
from tests.support.builders import NOON, an_event_record
from tests.support.cloud import Gym, a_gym
from tests.support.reception import Desk, ok

_BUS = {"common_outbox", "common_inbox", "common_failed_message", "alembic_version"}


def live(gym, *, meanwhile=lambda: None):
    """A day at a gym, of which every service hears something. ``meanwhile`` happens before things change again."""
    desk, kiosk = Desk(gym), gym.kiosk()
    desk.site("Second")
    plan, pack = desk.plan(), desk.pack()
    people = [desk.member(plan=plan, email=f"m{n}@members.test") for n in range(3)]
    packed = desk.member()
    held = desk.sell(packed, pack)["id"]
    card = desk.card(people[0])
    desk.card(people[1])
    voucher = ok(desk.client.post(f"/v1/members/{packed}/vouchers", json={"membership_id": held}))
    shown = parse(voucher["code"]["text"]).voucher_id
    facts = [
        {"member_id": people[0]},
        {"member_id": people[0], "direction": Direction.EXIT},
        {"member_id": people[1]},
        {"member_id": packed, "membership_id": held},
        {"member_id": None, "voucher_id": shown, "pass_kind": "voucher"},
        {"member_id": people[2], "outcome": "denied", "reason": "not_started"},
        {"member_id": None, "outcome": "denied", "reason": "unknown_pass"},
    ]
    at = [NOON - timedelta(hours=3) + n * timedelta(minutes=20) for n in range(len(facts))]
    events = [an_event_record(number=n + 1, door_at=at[n], wall_at=at[n], **fact) for n, fact in enumerate(facts)]
    kiosk.upload(*events[4:])
    kiosk.upload(*events[:4])
    meanwhile()
    void = {"kind": "void", "outcome": None, "pass_kind": None, "lookup": None, "refers_to": events[2].id}
    kiosk.upload(an_event_record(number=8, member_id=people[1], **void))
    ok(desk.client.post(f"/v1/members/{people[0]}/block", json={"note": "towel"}))
    ok(desk.client.post(f"/v1/members/{people[0]}/unblock"))
    ok(desk.client.post(f"/v1/passes/{card['id']}/revoke"))
    ok(desk.client.delete(f"/v1/members/{people[2]}"))


@contextmanager
def opened(tmp_path, made, name, like, clock):
    """A copy of a gym's folder, opened."""
    shutil.copytree(like, tmp_path / name)
    gym = Gym(tmp_path / name, made, clock)
    try:
        yield gym
    finally:
        gym.close()


def published(gym):
    with gym.cloud.database.reading() as session:
        rows = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.number))).all()
        return [event for row in rows for event in unpack(session, row, sources)]


def consumers(gym):
    return [intake.consumer for intake in gym.cloud.dispatcher._intakes]


def everything(gym):
    """Every row of every table that is not the bus's own."""
    with gym.cloud.database.reading() as session:
        tables = [table for name, table in SQLModel.metadata.tables.items() if name not in _BUS]
        return {table.name: sorted(map(repr, session.execute(table.select()))) for table in tables}


@pytest.mark.parametrize("seed", range(2))
def test_everything_delivered_twice_again_in_any_order_changes_nothing(tmp_path, seed):
    """Past the inbox, so that it is the consumers themselves which know what they had."""
    with a_gym(tmp_path) as gym:
        live(gym, meanwhile=gym.dispatch)
        gym.dispatch()
        before, events = everything(gym), published(gym)
        assert len({event.topic for event in events}) >= 7
        again = events * 2
        random.Random(seed).shuffle(again)
        for consumer in consumers(gym):
            for event in again:
                if event.topic == consumer.topic:
                    with gym.cloud.database.transaction() as session:
                        consumer.handle(session, [event])
        assert everything(gym) == before
        assert published(gym) == events


def test_what_comes_again_stops_at_the_inbox(tmp_path):
    with a_gym(tmp_path) as gym:
        live(gym)
        gym.dispatch()
        before = everything(gym)
        with gym.cloud.database.transaction() as session:
            for row in session.exec(select(OutboxMessage)):
                row.done_at = None
        gym.dispatch()
        assert everything(gym) == before


def test_the_order_between_keys_and_topics_changes_no_number(tmp_path):
    """Only within a topic and key is an order promised; messages come in batches of any size, some of them twice."""
    with a_gym(tmp_path) as gym:
        live(gym)
        gym.cloud.database.close()
        told = []
        for seed in range(3):
            with opened(tmp_path, gym.made, f"copy{seed}", gym.settings.data, gym.clock) as copy:
                if seed:
                    deliver_shuffled(copy, random.Random(seed))
                copy.dispatch()
                told.append(numbers(copy))
    assert told[0]["visits"]
    assert all(item == told[0] for item in told)


def deliver_shuffled(gym, rng):
    events = published(gym)
    lanes = {}
    for event in events:
        lanes.setdefault((event.topic, event.key), []).append(event)
    order = [lane for lane, content in lanes.items() for _ in content]
    rng.shuffle(order)
    shuffled = [lanes[lane].pop(0) for lane in order]
    for intake in gym.cloud.dispatcher._intakes:
        mine = [event for event in shuffled if event.topic == intake.consumer.topic]
        while mine:
            size = rng.randrange(1, 6)
            intake.take(mine[:size])
            mine = mine[rng.randrange(1, size + 1) :]


def numbers(gym):
    """What people see of it."""
    desk = Desk(gym)
    asked = {"first": "2026-03-01", "last": "2026-03-31"}
    return {
        "visits": [{key: value for key, value in item.items() if key != "version"} for item in desk.visits()],
        "attendance": sorted(map(repr, desk.attendance())),
        "by hour": ok(desk.client.get("/v1/reports/visits", params=asked)),
        "refusals": ok(desk.client.get("/v1/reports/refusals", params=asked)),
        "doors": desk.roster(),
    }
