"""Reading the audit log: who may, what is told of whom, and that nobody changes it unseen."""

import contextlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from cloud_api.common import audit
from cloud_api.common.tables import AuditRow
from cloud_api.identity import pins, sessions
from cloud_api.identity.passwords import hash_password
from cloud_api.reports import chains, trail
from shared.contracts.audit import AuditQuery
from shared.domain.roles import Group
from tests.support.answers import refusal
from tests.support.builders import an_id
from tests.support.reception import Desk, ok

PERSONAL = {"given_name": "Zacharias", "family_name": "Quistgaard", "email": "zq@fit.test", "phone": "+4588776655"}


def page(client, **params):
    return ok(client.get("/v1/audit", params=params))


def actions(client, **params):
    return [item["action"] for item in page(client, **params)["items"]]


def state(client):
    """The whole log checked; (how many answers, where it is broken)."""
    answers, after = [], None
    while True:
        answers.append(ok(client.get("/v1/audit/state", params={} if after is None else {"after": after})))
        after = answers[-1]["next"]
        if after is None:
            assert answers[-1]["checked"] == answers[-1]["rows"]
            return len(answers), [(item["service"], item["number"]) for answer in answers for item in answer["breaks"]]


def test_staff_may_not_read_it_and_admins_may(gym):
    for client, status in ((gym.staff, 403), (gym.client_of(Group.USER), 403), (gym.kiosk().client, 403)):
        for path in ("/v1/audit", "/v1/audit/state"):
            refusal(client.get(path), status, "forbidden")
    assert page(gym.client_of(Group.ADMIN), limit=1)["items"]
    refusal(gym.client().get("/v1/audit"), 401, "not_signed_in")


def test_a_changed_price_stands_there_before_and_after(desk):
    plan_id = desk.plan()
    plan = next(item for item in ok(desk.client.get("/v1/plans"))["items"] if item["id"] == str(plan_id))
    ok(desk.client.put(f"/v1/plans/{plan_id}", json={**plan, "price_minor": 39_900}))
    entry = page(desk.client, actions=["plan"])["items"][0]
    assert (entry["action"], entry["subject"], entry["fields"]) == ("plan.changed", str(plan_id), ["price_minor"])
    assert (entry["before"], entry["after"]) == ({"price_minor": 34_900}, {"price_minor": 39_900})
    assert entry["actor"] == f"person:{ok(desk.client.get('/v1/account'))['id']}"
    assert entry["device"].startswith("session:")
    assert entry["at"] == desk.gym.clock.now().isoformat().replace("+00:00", "Z")


def test_a_desk_is_named_by_what_it_called_itself_at_the_sign_in(gym, desk):
    token = ok(gym.client().post("/v1/invitations/redeem", json=_owner(gym)))
    assert token["person_id"]
    signed_in = {"email": "owner@fit.test", "password": "correct horse battery", "desk": "Front desk PC"}
    client = gym.client(ok(gym.client().post("/v1/sign-in", json=signed_in))["access_token"])
    ok(client.post("/v1/plans", json={"name": "Day", "days": 1, "price_minor": 5, "currency": "DKK"}))
    assert page(client, actions=["plan"])["items"][0]["desk"] == "Front desk PC"
    desk.plan()
    assert {item["desk"] for item in page(client, actions=["plan"])["items"]} == {"Front desk PC", None}
    refusal(gym.client().post("/v1/sign-in", json={**signed_in, "desk": "x" * 81}), 422, "invalid_input")


def _owner(gym):
    return {
        "token": gym.owner_secret,
        "password": "correct horse battery",
        "name": "Ulla Owner",
        "email": "owner@fit.test",
    }


def test_who_a_member_was_before_and_after_is_told_until_the_member_is_erased(gym, desk):
    member_id = desk.member(**PERSONAL)
    member = desk.read(member_id)
    ok(desk.client.put(f"/v1/members/{member_id}", json={**member, "phone": "+4511223344"}))
    ok(desk.client.post(f"/v1/members/{member_id}/block", json={"note": "OWES a towel"}))
    blocked, changed, created = page(desk.client, about=[str(member_id)])["items"]
    assert (changed["before"], changed["after"]) == ({"phone": "+4588776655"}, {"phone": "+4511223344"})
    assert blocked["after"]["block_note"] == "OWES a towel"
    assert PERSONAL.items() <= created["after"].items()
    raw = stored(gym)
    assert not [value for value in (*PERSONAL.values(), "OWES a towel", "+4511223344") if value in raw]

    ok(desk.client.delete(f"/v1/members/{member_id}"))
    erased, blocked, changed, created = page(desk.client, about=[str(member_id)])["items"]
    assert erased["action"] == "member.erased"
    assert (changed["before"], changed["after"], changed["erased"]) == ({}, {}, ["phone"])
    assert blocked["erased"] == ["block_note"]
    assert set(PERSONAL) <= set(created["erased"])
    assert created["after"]["home_site_id"] == str(gym.site_id)
    assert state(desk.client)[1] == []


def stored(gym):
    """Everything of the log as it lies in the database."""
    with gym.cloud.database.reading() as session:
        return " ".join(str(row) for row in session.execute(text("SELECT * FROM common_audit")).all())


def test_names_of_staff_and_words_of_people_are_never_there(gym, desk):
    new = {"name": "PLANTED Person", "email": "planted@fit.test", "groups": ["Staff"]}
    person_id = ok(desk.client.post("/v1/people", json=new))["person_id"]
    ok(desk.client.patch(f"/v1/people/{person_id}", json={"name": "PLANTED Again", "groups": ["Admin"]}))
    assert desk.client.delete(f"/v1/people/{person_id}").status_code == 204
    body = {"member_id": str(desk.member()), "site_id": str(gym.site_id), "note": "PLANTED note"}
    event_id = ok(desk.client.post("/v1/attendance", json=body))["id"]
    ok(desk.client.post(f"/v1/attendance/{event_id}/void", json={"note": "PLANTED void"}))
    removed, changed, *_, created = page(desk.client, about=[person_id])["items"]
    assert created["fields"] == ["email", "groups", "name"]
    assert (created["after"], removed["before"]["groups"]) == ({"groups": ["Staff"]}, ["Admin"])
    assert (changed["before"], changed["after"]) == ({"groups": ["Staff"]}, {"groups": ["Admin"]})
    assert "note" in page(desk.client, actions=["attendance"])["items"][0]["fields"]
    assert "planted" not in stored(gym).lower()


def test_rows_are_found_by_who_by_what_by_whom_and_by_day(gym, desk):
    start = gym.clock.now()
    member_id, plan_id = desk.member(), desk.plan()
    desk.sell(member_id, plan_id)
    gym.clock.advance(timedelta(minutes=5))
    other = gym.client_of(Group.ADMIN)
    other_id = ok(other.get("/v1/account"))["id"]
    ok(other.post(f"/v1/members/{member_id}/block", json={}))
    assert actions(desk.client, actor=f"person:{other_id}") == ["member.blocked"]
    assert actions(desk.client, actions=["member.blocked", "plan"]) == ["member.blocked", "plan.created"]
    assert actions(desk.client, actions=["member"]) == ["member.blocked", "member.created"]
    assert actions(desk.client, about=[str(member_id)]) == ["member.blocked", "membership.sold", "member.created"]
    assert actions(desk.client, about=[str(plan_id), "7"]) == ["plan.created"]
    later = {"since": (start + timedelta(minutes=1)).isoformat()}
    assert actions(desk.client, actions=["member", "membership"], **later) == ["member.blocked"]
    until = {"until": gym.clock.now().isoformat(), "since": start.isoformat()}
    assert actions(desk.client, about=[str(member_id)], **until) == ["membership.sold", "member.created"]
    assert actions(desk.client, actor="person:nobody") == []


def test_pages_tell_every_row_once_newest_first(desk):
    for number in range(7):
        desk.plan(name=f"Plan {number}")
    everything = page(desk.client, limit=500)["items"]
    cursor, found = {}, []
    while True:
        part = page(desk.client, limit=3, **cursor)
        found += part["items"]
        if part["next"] is None:
            break
        cursor = {"after": part["next"]}
    assert found == everything
    assert [item["at"] for item in found] == sorted((item["at"] for item in found), reverse=True)
    refusal(desk.client.get("/v1/audit", params={"after": "nonsense"}), 422, "invalid_input")


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "at"),
        ({"actor": "person:1"}, "actor"),
        ({"actions": ["plan"]}, "noun"),
        ({"actions": ["plan.changed"]}, "noun"),
        ({"about": ["gym"]}, "subject"),
        ({"since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z"}, "at"),
        ({"actor": "person:1", "since": "2026-03-01T00:00:00Z"}, "actor"),
    ],
)
def test_no_filter_reads_the_whole_log(gym, wanted, index):
    query = trail.query_of(AuditQuery(**wanted))
    with gym.cloud.database.reading() as session:
        compiled = query.compile(session.connection(), compile_kwargs={"render_postcompile": True})
        explained = session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {compiled}", ("any",) * len(compiled.positiontup)
        )
        plan = " ".join(str(row.detail) for row in explained)
    assert f"USING INDEX ix_common_audit_{index}" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    "tampering",
    [
        """UPDATE common_audit SET after = '{"price_minor": 1}' WHERE action = 'plan.created'""",
        "UPDATE common_audit SET `before` = '{}', desk = 'elsewhere' WHERE action = 'plan.created'",
        "UPDATE common_audit SET actor = 'system' WHERE action = 'plan.created'",
        "UPDATE common_audit SET noun = 'nothing' WHERE action = 'plan.created'",
        "UPDATE common_audit SET device = NULL, form = 1 WHERE action = 'plan.created'",
        "UPDATE common_audit SET member_id = NULL WHERE action = 'member.created'",
        "UPDATE common_audit SET sealed = NULL WHERE action = 'member.created'",
        "DELETE FROM common_audit WHERE action = 'plan.created'",
    ],
)
def test_who_changes_the_log_by_hand_is_found(gym, desk, tampering):
    member_id = desk.member()
    desk.plan()
    desk.sell(member_id, desk.plan(name="last"))
    assert state(desk.client) == (1, [])
    with gym.cloud.database.transaction() as session:
        number = session.exec(
            select(AuditRow.number).where(
                AuditRow.action == ("member.created" if "member.created" in tampering else "plan.created")
            )
        ).first()
        session.execute(text(tampering.replace("after =", "`after` =")))
    assert state(desk.client)[1] == [("gym", number)]


def test_a_chain_whose_end_was_taken_away_is_broken(gym, desk):
    desk.plan()
    with gym.cloud.database.transaction() as session:
        session.execute(text("DELETE FROM common_audit_head WHERE service = 'gym'"))
    assert [service for service, _ in state(desk.client)[1]] == ["gym"]


def test_a_long_log_is_checked_part_by_part(gym, desk, monkeypatch):
    for number in range(9):
        desk.plan(name=f"Plan {number}")
    monkeypatch.setattr(chains, "STRETCH", 4)
    parts, breaks = state(desk.client)
    assert parts > 2
    assert breaks == []
    with gym.cloud.database.transaction() as session:
        session.execute(text("UPDATE common_audit SET actor = 'x' WHERE service = 'gym' AND number IN (6, 7)"))
    assert state(desk.client)[1] == [("gym", 6)]
    for after in ("gym:999999", "nobody:1", "gym", "gym:-1", "gym:١"):
        refusal(desk.client.get("/v1/audit/state", params={"after": after}), 422, "invalid_input")


def test_rows_of_the_release_before_are_told_without_values_and_hold(gym, desk):
    """As they were written: the names of fields, a hash over less."""
    desk.plan()
    with gym.cloud.database.transaction() as session:
        audit.record(
            session, service="old", actor="operator", action="site.opened", subject=an_id(1), after={"zone": 1}
        )
    with gym.cloud.database.transaction() as session:
        row = session.exec(select(AuditRow).where(AuditRow.service == "old")).one()
        row.form, row.before, row.after = 1, None, None
        row.hash = audit.chained("", row)
        session.add(row)
        session.execute(text("UPDATE common_audit_head SET hash = :hash WHERE service = 'old'"), {"hash": row.hash})
    entry = page(desk.client, about=[str(an_id(1))])["items"][0]
    assert (entry["fields"], entry["before"], entry["after"]) == (["zone"], None, None)
    assert state(desk.client)[1] == []
    with gym.cloud.database.transaction() as session:
        values = {"after": json.dumps({"zone": "Mars"})}
        session.execute(text("UPDATE common_audit SET `after` = :after WHERE service = 'old'"), values)
    assert state(desk.client)[1] == [("old", 1)]


def test_who_takes_a_desk_over_by_pin_is_named_at_that_desk(gym):
    first, second = gym.person(Group.STAFF), gym.person(Group.STAFF)
    with gym.cloud.database.transaction() as session:
        pins.set_pin(session, second, hash_password("2468"), by="system")
        token = sessions.open_session(session, first, tokens=gym.cloud.tokens, desk="Reception").access_token
    taken = ok(gym.client(token).post("/v1/desk-sign-ins", json={"person_id": str(second), "pin": "2468"}))
    draft = {"given_name": "Nora", "family_name": "Berg", "home_site_id": str(gym.site_id)}
    ok(gym.client(taken["access_token"]).post("/v1/members", json=draft))
    entry = page(gym.owner, actions=["member"])["items"][0]
    assert (entry["actor"], entry["desk"]) == (f"person:{second}", "Reception")


def test_of_two_who_begin_a_chain_at_once_both_are_in_it(gym, monkeypatch):
    meet, begin = threading.Barrier(2), audit._first_head

    def together(session, service):
        with contextlib.suppress(threading.BrokenBarrierError):
            meet.wait(1)  # a file has one writer at a time: there the other one never comes
        return begin(session, service)

    def change(subject):
        with gym.cloud.database.transaction() as session:
            audit.record(session, service="fresh", actor="system", action="gym.begun", subject=subject)

    monkeypatch.setattr(audit, "_first_head", together)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(change, ("one", "two")))
    assert sorted(row.subject for row in Desk(gym).audit("fresh")) == ["one", "two"]
