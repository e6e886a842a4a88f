"""A whole gym whose services hear of one another over Kafka, each in a process of its own or all in one."""

from contextlib import ExitStack

import pytest

from tests.support.builders import an_event_record
from tests.support.cloud import GYM_DATABASE, Gym, a_gym
from tests.support.reception import Desk, ok
from tests.support.servers.base import wait_until

MARCH = {"first": "2026-03-01", "last": "2026-03-31"}


@pytest.fixture
def environ(place):
    return {"FIT_EVENTS_URL": f"kafka://{place.servers}?prefix={place.prefix}"}


@pytest.fixture
def gym(tmp_path, gym_database, environ):
    with a_gym(tmp_path, environ=environ) as gym:
        gym.cloud.dispatcher.start()
        yield gym
        gym.cloud.dispatcher.stop()


def a_day(desk, gym):
    """A visit, a refusal and a voucher's entry."""
    who, kiosk = desk.member(plan=desk.plan()), gym.kiosk()
    refused = {"outcome": "denied", "reason": "not_started"}
    kiosk.upload(an_event_record(number=1, member_id=who), an_event_record(number=2, member_id=who, **refused))
    return who


def has_come(desk, who):
    report = ok(desk.client.get("/v1/reports/visits", params=MARCH))
    refusals = ok(desk.client.get("/v1/reports/refusals", params=MARCH))
    return (len(desk.visits(who)), report["total"], refusals["total"]) == (1, 1, 1)


def test_what_happened_at_the_door_comes_to_visits_and_reports(gym):
    desk = Desk(gym)
    who = a_day(desk, gym)
    wait_until(lambda: has_come(desk, who), "visits and reports have not heard of the day")


def test_a_new_site_gets_every_pass_there_is(gym):
    desk = Desk(gym)
    card = desk.card(desk.member(plan=desk.plan()))
    second = desk.site("Second")
    wait_until(lambda: desk.credential_row(card["lookup"], second) is not None, "the site knows no passes")


def test_one_writing_connection_is_enough_to_relay(tmp_path, monkeypatch, environ):
    """Whose turn it is holds a connection while another one marks what went."""
    monkeypatch.setenv(GYM_DATABASE, "mysql")
    with a_gym(tmp_path, environ={**environ, "FIT_DATABASE_WRITERS": "1"}) as gym:
        Desk(gym).member()
        assert gym.cloud.dispatcher.run_pending() > 0


def test_services_apart_hear_only_what_is_theirs(tmp_path, monkeypatch, environ):
    """A process that serves the gym, and one that serves the reports; neither does the other's work."""
    monkeypatch.setenv(GYM_DATABASE, "mysql")
    with (
        a_gym(tmp_path, environ={**environ, "FIT_SERVICES": "identity,devices,gym,qr,payments"}) as gym,
        ExitStack() as stack,
    ):
        gym.cloud.dispatcher.start()
        stack.callback(gym.cloud.dispatcher.stop)
        desk = Desk(gym)
        who = a_day(desk, gym)
        wait_until(lambda: len(desk.visits(who)) == 1, "the gym has not heard of the day")
        assert {intake.consumer.name.split(".")[0] for intake in gym.cloud.dispatcher._intakes} == {
            "gym",
            "payments",
            "qr",
        }
        assert not has_come(desk, who)
        url = gym.settings.database_url
        other = Gym(
            gym.settings.data,
            gym.made,
            gym.clock,
            environ={**environ, "FIT_DATABASE_URL": url, "FIT_SERVICES": "reports"},
        )
        stack.callback(other.close)
        other.cloud.dispatcher.start()
        stack.callback(other.cloud.dispatcher.stop)
        wait_until(lambda: has_come(desk, who), "the reports have not heard of the day")
