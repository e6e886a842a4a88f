"""An owner's numbers: kept by events, corrected by events, the same when counted anew."""

import csv
import io
import random
from datetime import date, timedelta

import pytest
from sqlmodel import select

from cloud_api.common.events import ATTENDANCE_RECORDED, ATTENDANCE_TOPIC
from cloud_api.common.outbox import Event, unpack
from cloud_api.common.tables import OutboxMessage
from cloud_api.reports import csvs, refusals, visits
from cloud_api.reports.drift import Drift, recompute
from cloud_api.reports.tables import RefusalsByDay, VisitsByHour
from shared.contracts.reports import RefusalsOfReason, RefusalsReport
from shared.domain.device import Direction
from shared.domain.roles import Group
from tests.support.builders import NOON, an_event_record, an_id
from tests.support.reception import arrival, living_visits, ok, void_of

MARCH = {"first": "2026-03-01", "last": "2026-03-31"}


def _visits(desk, **params):
    report = ok(desk.client.get("/v1/reports/visits", params={**MARCH, **params}))
    hours = [(item["on"], item["hour"], item["visits"]) for item in report["hours"]]
    assert report["total"] == sum(count for *_, count in hours)
    return hours


def _refusals(desk, **params):
    report = ok(desk.client.get("/v1/reports/refusals", params={**MARCH, **params}))
    reasons = [(item["on"], item["reason"], item["refusals"]) for item in report["reasons"]]
    assert report["total"] == sum(count for *_, count in reasons)
    return reasons


def _record(desk, *arrivals):
    desk.record(*arrivals)
    desk.gym.dispatch()


def test_visits_are_told_by_the_sites_own_day_and_hour(desk):
    new_york = desk.site("Brooklyn", zone="America/New_York")
    people = [desk.member() for _ in range(3)]
    _record(desk, *[arrival(desk.site_id, member_id=who) for who in people])
    _record(desk, arrival(new_york, at=NOON.replace(hour=3), member_id=people[0]))
    assert _visits(desk) == [("2026-03-17", 23, 1), ("2026-03-18", 13, 3)]
    assert _visits(desk, site_id=str(new_york)) == [("2026-03-17", 23, 1)]
    assert _visits(desk, first="2026-03-18") == [("2026-03-18", 13, 3)]
    assert _visits(desk, last="2026-03-17") == [("2026-03-17", 23, 1)]


def test_a_visit_that_is_taken_back_is_subtracted(desk):
    who = desk.member()
    entry = arrival(desk.site_id, member_id=who)
    _record(desk, entry)
    assert _visits(desk) == [("2026-03-18", 13, 1)]
    _record(desk, void_of(entry))
    assert _visits(desk) == []


def test_a_late_check_in_moves_the_visit_to_its_hour(desk):
    who = desk.member()
    _record(desk, arrival(desk.site_id, at=NOON + timedelta(hours=1), member_id=who))
    _record(desk, arrival(desk.site_id, at=NOON, member_id=who))
    assert _visits(desk) == [("2026-03-18", 13, 1)]


def _kept(session):
    rows = session.exec(select(VisitsByHour)).all()
    return {(row.site_id, row.local_on, row.local_hour): row.visits for row in rows if row.visits}


def _events(gym, topic):
    """Everything published on a topic, as consumers get it."""
    with gym.cloud.database.reading() as session:
        rows = session.exec(select(OutboxMessage).where(OutboxMessage.topic == topic)).all()
        return [event for row in rows for event in unpack(session, row, {})]


def test_old_news_and_news_told_twice_change_nothing(desk, gym):
    who = desk.member()
    entry = arrival(desk.site_id, member_id=who)
    kept = arrival(desk.site_id, at=NOON + timedelta(hours=4), member_id=who)
    _record(desk, entry, kept)
    _record(desk, void_of(entry))
    before = _visits(desk)
    assert before == [("2026-03-18", 17, 1)]
    with gym.cloud.database.transaction() as session:
        for event in reversed(_events(gym, visits.TOPIC)):
            visits.take_in(session, event)
    assert _visits(desk) == before


def test_a_refusal_told_twice_counts_once(desk, gym):
    refused = arrival(desk.site_id, outcome="denied", reason="site_full", member_id=None, membership_id=None)
    event = Event(an_id(), ATTENDANCE_TOPIC, ATTENDANCE_RECORDED, an_id(), NOON, refused.model_dump(mode="json"))
    with gym.cloud.database.transaction() as session:
        for _ in range(2):
            refusals.take_in(session, event)
    assert _refusals(desk) == [("2026-03-18", "site_full", 1)]


def test_refusals_are_told_by_reason_and_only_refusals(desk, gym):
    kiosk = gym.kiosk()
    said = ["unknown_pass", "unknown_pass", "payment_overdue"]
    events = [
        an_event_record(
            number=number, outcome="denied", reason=reason, member_id=None, membership_id=None, roster_epoch=None
        )
        for number, reason in enumerate(said, start=1)
    ]
    granted = an_event_record(number=4, member_id=None, membership_id=None, roster_epoch=None)
    kiosk.upload(*events, granted)
    kiosk.upload(*events)
    gym.dispatch()
    assert _refusals(desk) == [("2026-03-18", "payment_overdue", 1), ("2026-03-18", "unknown_pass", 2)]
    assert _refusals(desk, site_id=str(an_id())) == []


def test_a_refusal_that_a_revoked_kiosk_hands_in_counts_once_someone_accepted_it(desk, gym):
    kiosk = gym.kiosk()
    event = an_event_record(outcome="denied", reason="site_full", member_id=None, membership_id=None, roster_epoch=None)
    assert desk.client.post(f"/v1/devices/{kiosk.id}/revocation").is_success
    ok(gym.client().post("/v1/salvage", json=kiosk.salvage_body(event)))
    gym.dispatch()
    assert _refusals(desk) == []
    for _ in range(2):
        ok(desk.client.post("/v1/attendance-acceptances", json={"event_ids": [str(event.id)]}))
        gym.dispatch()
    assert _refusals(desk) == [("2026-03-18", "site_full", 1)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sums_never_drift(desk, gym, seed):
    """Entries, ways out, voids and late events in any order, delivered in lumps: counted anew nothing differs."""
    rng, people = random.Random(seed), [desk.member() for _ in range(4)]
    sites = [desk.site_id, desk.site("Brooklyn", zone="America/New_York")]
    told = []
    for _ in range(25):
        if told and rng.random() < 0.25:
            item = void_of(rng.choice(told))
        else:
            item = arrival(
                rng.choice(sites),
                at=NOON + timedelta(minutes=rng.randrange(6000)),
                member_id=rng.choice(people),
                direction=rng.choice([Direction.ENTRY, Direction.ENTRY, Direction.EXIT]),
            )
            told.append(item)
        desk.record(item)
        if rng.random() < 0.3:
            gym.dispatch()
    gym.dispatch()
    with gym.cloud.database.transaction() as session:
        truth = {}
        for visit in living_visits(session):
            key = (visit.site_id, visit.local_on, visit.local_hour)
            truth[key] = truth.get(key, 0) + 1
        assert _kept(session) == truth
        assert recompute(session) == Drift()
        assert _kept(session) == truth


def test_counting_anew_finds_and_mends_a_sum_that_is_wrong(desk, gym):
    _record(desk, arrival(desk.site_id, member_id=desk.member()))
    with gym.cloud.database.transaction() as session:
        row = session.get(VisitsByHour, (desk.site_id, NOON.date(), 13))
        row.visits = 7
        session.add(row)
        session.add(RefusalsByDay(site_id=desk.site_id, local_on=NOON.date(), reason="site_full", refusals=1))
    with gym.cloud.database.transaction() as session:
        assert recompute(session) == Drift(visits=1, refusals=1)
    assert _visits(desk) == [("2026-03-18", 13, 1)]
    assert _refusals(desk) == []


def test_a_spreadsheet_gets_the_same_and_no_formula(desk, gym):
    kiosk = gym.kiosk()
    evil = an_event_record(
        outcome="denied", reason='=cmd|"/c calc"!A1', member_id=None, membership_id=None, roster_epoch=None
    )
    kiosk.upload(evil)
    _record(desk, arrival(desk.site_id, member_id=desk.member()))
    answer = desk.client.get("/v1/reports/visits.csv", params=MARCH)
    assert answer.headers["content-type"].startswith("text/csv")
    assert list(csv.reader(io.StringIO(answer.text))) == [["on", "hour", "visits"], ["2026-03-18", "13", "1"]]
    rows = list(csv.reader(io.StringIO(desk.client.get("/v1/reports/refusals.csv", params=MARCH).text)))
    assert rows[1] == ["2026-03-18", '\'=cmd|"/c calc"!A1', "1"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_that_a_spreadsheet_would_calculate_is_told_to_be_text(begin):
    on = date(2026, 3, 18)
    reason = RefusalsOfReason(on=on, reason=f"{begin}1+1", refusals=1)
    report = RefusalsReport(site_id=None, first=on, last=on, total=1, reasons=[reason])
    rows = list(csv.reader(io.StringIO(csvs.refusals_csv(report), newline="")))
    assert rows[1] == ["2026-03-18", f"'{begin}1+1", "1"]


def test_a_report_covers_at_most_400_days_and_runs_forward(desk):
    for first, last in (("2026-03-02", "2026-03-01"), ("2025-01-01", "2026-03-01"), ("1999-01-01", "1999-01-02")):
        for name in ("visits", "refusals", "visits.csv", "refusals.csv"):
            answer = desk.client.get(f"/v1/reports/{name}", params={"first": first, "last": last})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_reports_are_for_owners_and_admins(gym):
    for group, status in ((Group.USER, 403), (Group.STAFF, 403), (Group.ADMIN, 403), (Group.OWNER, 200)):
        assert gym.client_of(group).get("/v1/reports/visits", params=MARCH).status_code == status
    assert gym.client().get("/v1/reports/visits", params=MARCH).status_code == 401
