"""Moving in: each line makes one member and no second one, a dry run says the same, and what is undone is gone."""

from datetime import timedelta
from functools import partial
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import select

from cloud_api.gym import bulk, imports_undoing
from cloud_api.gym.tables import ImportLineRow, MemberRow
from shared.contracts.imports import MAX_ROWS
from shared.domain.roles import Group
from tests.support.builders import NOON, an_id
from tests.support.cashier import Cashier
from tests.support.reception import arrival, ok

IMPORT, OTHER = an_id(701), an_id(702)


def a_row(desk, line, **changes):
    row = {"line": line, "number": f"A-{line}", "given_name": "Nora", "family_name": f"Berg {line}"}
    return {**row, "email": f"nora{line}@fit.test", "home_site_id": str(desk.site_id), **changes}


def send(desk, *rows, import_id=IMPORT, dry_run=False, file_name="members.csv"):
    body = {"file_name": file_name, "dry_run": dry_run, "rows": list(rows)}
    return ok(desk.client.post(f"/v1/imports/{import_id}/portions", json=body))["results"]


def outcomes(results):
    return [(each["outcome"], each["reason"]) for each in results]


def listed(desk):
    return ok(desk.client.get("/v1/members", params={"limit": 500}))["items"]


def undo(desk, import_id=IMPORT):
    return ok(desk.client.post(f"/v1/imports/{import_id}/undo"))


def the_import(desk, import_id=IMPORT):
    return next(each for each in ok(desk.client.get("/v1/imports"))["items"] if each["id"] == str(import_id))


def test_a_line_becomes_a_member_with_the_number_the_days_and_the_visits_it_says(desk):
    pack = desk.pack(10)
    facts = {"plan_id": str(pack), "starts_on": "2026-01-05", "paid_through_on": "2026-06-30", "visits_left": 3}
    (result,) = send(desk, a_row(desk, 2, joined_on="2019-05-02", phone="+45 20 00 00 00", **facts))
    (member,) = listed(desk)
    assert result == {"line": 2, "outcome": "made", "reason": None, "member_id": member["id"]}
    assert (member["number"], member["given_name"], member["family_name"]) == ("A-2", "Nora", "Berg 2")
    assert (member["phone"], member["joined_at"][:10]) == ("+45 20 00 00 00", "2019-05-02")
    (held,) = member["memberships"]
    assert (held["plan_id"], held["starts_on"], held["paid_through_on"]) == (str(pack), "2026-01-05", "2026-06-30")
    assert (held["visits_left"], held["ends_on"], held["standing"]) == (3, None, "active")


def test_the_doors_of_every_site_know_who_moved_in(desk):
    second, everywhere = desk.site("Second"), desk.plan()
    made = send(desk, a_row(desk, 1, plan_id=str(everywhere)), a_row(desk, 2, blocked=True))
    with_plan, blocked = (UUID(each["member_id"]) for each in made)
    assert desk.member_row(with_plan) is not None
    assert desk.member_row(with_plan, second) is not None
    assert desk.member_row(blocked)["blocked"]
    assert desk.member_row(blocked, second) is None


def test_a_renewal_goes_on_from_the_paid_days(desk):
    plan = desk.plan()
    facts = {"plan_id": str(plan), "starts_on": "2026-01-31", "paid_through_on": "2026-03-30"}
    send(desk, a_row(desk, 1, **facts))
    (held,) = listed(desk)[0]["memberships"]
    paid = {"paid_through_on": held["paid_through_on"]}
    renewed = ok(desk.client.post(f"/v1/memberships/{held['id']}/renew", json=paid))
    assert renewed["paid_through_on"] == "2026-04-29"


def test_sent_again_after_a_lost_answer_nobody_is_made_twice(desk):
    rows = [a_row(desk, line, number=None if line % 2 else f"A-{line}") for line in range(1, 9)]
    first = send(desk, *rows[:6])
    again = send(desk, *rows)
    assert again[:6] == first
    assert len(listed(desk)) == 8
    assert send(desk, *rows, dry_run=True) == again


def test_two_portions_at_once_make_each_member_once(desk):
    rows = [a_row(desk, line, number=None) for line in range(1, 21)]
    assert desk.client is not None  # signed in, before there are several of them
    threads = [Thread(target=send, args=(desk, *rows)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(listed(desk)) == 20


def test_many_members_with_their_tags_and_their_events_take_no_more_statements_than_two(desk, gym):
    plan, asked = str(desk.plan()), []
    count = partial(_move_in, desk, gym, plan)
    count(range(1, 3))
    event.listen(gym.cloud.database.writer, "before_cursor_execute", lambda *_: asked.append(1))
    count(range(3, 5))
    few = len(asked)
    count(range(5, 35))
    assert len(asked) - few == few


def _move_in(desk, gym, plan, lines):
    made = send(desk, *(a_row(desk, line, plan_id=plan) for line in lines))
    tags = [{"member_id": each["member_id"], "symbology": "Code128", "text": f"OLD-{each['line']}"} for each in made]
    ok(desk.client.post("/v1/barcode-imports", json={"items": tags}))
    gym.dispatch()


def test_killed_between_the_writes_and_the_commit_nothing_is_left_and_sending_again_makes_each_once(desk, monkeypatch):
    rows = [a_row(desk, line, plan_id=str(desk.plan())) for line in (1, 2, 3)]
    written = bulk.write_members

    def die_after(*arguments, **named):
        written(*arguments, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(bulk, "write_members", die_after)
        with pytest.raises(KeyboardInterrupt), desk.gym.cloud.database.transaction() as session:
            _take_in(desk, session, rows)
    assert listed(desk) == []
    send(desk, *rows)
    assert [each["number"] for each in listed(desk)] == ["A-1", "A-2", "A-3"]


def _take_in(desk, session, rows):
    from cloud_api.gym import imports
    from shared.contracts.imports import ImportPortion

    portion = ImportPortion(file_name="x.csv", rows=rows)
    return imports.take_in(session, desk.gym.cloud.keys, IMPORT, portion, by="system")


def test_a_dry_run_says_what_would_become_of_each_line_and_writes_nothing(desk):
    desk.member(number="A-1", given_name="Nora", family_name="Berg 1", email=None)
    desk.member(number="A-2", given_name="Ole", family_name="Lund", email=None)
    desk.member(number="77", given_name="Nora", family_name="Berg-Holm", email="NORA3@fit.test")
    monthly = str(desk.plan())
    rows = [
        a_row(desk, 1),
        a_row(desk, 2),
        a_row(desk, 3),
        a_row(desk, 4, given_name="Ida", email="nora3@fit.test"),
        a_row(desk, 5, plan_id=str(an_id(999))),
        a_row(desk, 6, home_site_id=str(an_id(998))),
        a_row(desk, 7, starts_on="2026-01-01"),
        a_row(desk, 8, plan_id=monthly, visits_left=4),
        a_row(desk, 9, plan_id=monthly, starts_on="2026-02-01", paid_through_on="2026-01-30"),
        a_row(desk, 10, number="A-4", given_name="Per", email=None),
        a_row(desk, 11, number="A-4", given_name="Ida", family_name="berg  4", email=None),
    ]
    wanted = [
        ("there", None),
        ("refused", "number_taken"),
        ("there", None),
        ("made", None),
        ("refused", "plan_unknown"),
        ("refused", "site_unknown"),
        ("refused", "plan_missing"),
        ("refused", "no_pack"),
        ("refused", "days_wrong"),
        ("refused", "number_taken"),
        ("there", None),
    ]
    before = listed(desk), desk.actions("gym"), desk.roster()
    assert outcomes(send(desk, *rows, dry_run=True)) == wanted
    assert (listed(desk), desk.actions("gym"), desk.roster()) == before
    assert ok(desk.client.get("/v1/imports"))["items"] == []
    assert outcomes(send(desk, *rows)) == wanted
    assert len(listed(desk)) == 4


def test_two_lines_with_numbers_are_two_people_and_one_without_is_whoever_has_the_address(desk):
    twins = [a_row(desk, 1, email="family@fit.test"), a_row(desk, 2, email="family@fit.test")]
    nobody = a_row(desk, 3, number=None, email="Family@fit.test")
    assert outcomes(send(desk, *twins, nobody)) == [("made", None), ("made", None), ("there", None)]
    later = [a_row(desk, 4, email="family@fit.test"), a_row(desk, 5, number=None, email="family@fit.test")]
    assert outcomes(send(desk, *later)) == [("made", None), ("there", None)]
    assert outcomes(send(desk, later[0] | {"number": "B-1"}, import_id=OTHER)) == [("there", None)]


def test_a_number_the_gym_gives_is_none_that_a_line_of_the_portion_has(desk):
    send(desk, a_row(desk, 1, number=None), a_row(desk, 2, number="1001"), a_row(desk, 3, number=None))
    assert sorted(each["number"] for each in listed(desk)) == ["1001", "1002", "1003"]


def test_a_portion_is_one_row_of_the_audit_log(desk):
    send(desk, a_row(desk, 1), a_row(desk, 2))
    send(desk, a_row(desk, 1), a_row(desk, 2))
    assert desk.actions("gym").count("member.imported") == 1


def test_the_list_says_who_when_and_how_many(desk):
    send(desk, a_row(desk, 1), a_row(desk, 2), a_row(desk, 3, plan_id=str(an_id(999))))
    told = the_import(desk)
    assert (told["file_name"], told["made"], told["there"], told["refused"]) == ("members.csv", 2, 0, 1)
    assert told["started_by"].startswith("person:")
    assert told["undo_until"] == "2026-04-17T12:00:00Z"


def test_undoing_takes_back_who_was_made_and_keeps_whom_something_has_happened_to(desk, gym):
    pack = str(desk.pack(10))
    made = send(desk, *(a_row(desk, line, plan_id=pack) for line in range(1, 7)))
    ids = [UUID(each["member_id"]) for each in made]
    tags = [{"member_id": str(ids[0]), "symbology": "Code128", "text": "OLD-1"}]
    ok(desk.client.post("/v1/barcode-imports", json={"items": tags}))
    held = [each["memberships"][0]["id"] for each in listed(desk)]
    desk.record(arrival(desk.site_id, at=NOON, member_id=ids[1], membership_id=UUID(held[1])))
    desk.card(ids[2])
    ok(desk.client.post(f"/v1/members/{ids[3]}/block", json={}))
    desk.sell(ids[4], desk.plan())
    assert undo(desk) == {"erased": 2, "kept": 4, "left": 0}
    gym.dispatch()
    assert [each["id"] for each in listed(desk)] == [str(each) for each in ids[1:5]]
    assert [desk.member_row(each) is None for each in ids] == [True, False, False, False, False, True]
    kept = ok(desk.client.get(f"/v1/imports/{IMPORT}/lines", params={"outcome": "kept"}))["items"]
    reasons = [(each["line"], each["reason"], each["member"]["number"]) for each in kept]
    assert reasons == [(2, "visits", "A-2"), (3, "passes", "A-3"), (4, "changed", "A-4"), (5, "changed", "A-5")]
    assert (the_import(desk)["erased"], the_import(desk)["kept"], the_import(desk)["made"]) == (2, 4, 0)
    assert {line.id for line in gym.cloud.journal.read()} == {ids[0], ids[5]}


def test_who_paid_since_is_kept(desk, gym):
    cashier = Cashier(gym)
    (made,) = send(desk, a_row(desk, 1, plan_id=str(cashier.plan_id)))
    cashier.dispatch()
    (member,) = listed(desk)
    cashier.paid(made["member_id"], cashier.renewal(member["memberships"][0]))
    assert undo(desk) == {"erased": 0, "kept": 1, "left": 0}
    (kept,) = ok(desk.client.get(f"/v1/imports/{IMPORT}/lines"))["items"]
    assert kept["reason"] == "payments"


def test_after_undoing_the_same_file_can_move_in_anew_with_its_old_tags(desk, gym):
    tag = {"symbology": "Code128", "text": "OLD-1"}
    (made,) = send(desk, a_row(desk, 1))
    ok(desk.client.post("/v1/barcode-imports", json={"items": [{**tag, "member_id": made["member_id"]}]}))
    undo(desk)
    gym.dispatch()
    answer = desk.client.post(
        f"/v1/imports/{IMPORT}/portions", json={"file_name": "x", "rows": [a_row(desk, 1), a_row(desk, 2)]}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "import_undone")
    (again,) = send(desk, a_row(desk, 1), import_id=OTHER)
    assert again["outcome"] == "made"
    (code,) = ok(desk.client.post("/v1/barcode-imports", json={"items": [{**tag, "member_id": again["member_id"]}]}))[
        "results"
    ]
    assert code["status"] == "imported"


def test_a_long_import_is_undone_step_by_step(desk, monkeypatch):
    monkeypatch.setattr(imports_undoing, "STEP", 3)
    send(desk, *(a_row(desk, line) for line in range(1, 8)))
    assert [undo(desk) for _ in range(4)] == [
        {"erased": 3, "kept": 0, "left": 4},
        {"erased": 3, "kept": 0, "left": 1},
        {"erased": 1, "kept": 0, "left": 0},
        {"erased": 0, "kept": 0, "left": 0},
    ]
    assert listed(desk) == []
    assert desk.actions("gym").count("import.undone") == 3


def test_after_thirty_days_an_import_stays(desk, gym):
    send(desk, a_row(desk, 1))
    gym.clock.advance(timedelta(days=30, seconds=1))
    answer = desk.client.post(f"/v1/imports/{IMPORT}/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "undo_too_late")
    assert desk.client.post(f"/v1/imports/{OTHER}/undo").status_code == 404
    assert len(listed(desk)) == 1


def test_an_import_keeps_nothing_of_what_its_lines_said(desk, gym):
    send(desk, a_row(desk, 1, given_name="Wilhelmina", plan_id=str(an_id(999))))
    with gym.cloud.database.reading() as session:
        (line,) = session.exec(select(ImportLineRow)).all()
        assert session.exec(select(MemberRow)).all() == []
    assert set(line.model_dump().values()) == {IMPORT, 1, "refused", "plan_unknown", None}


def test_only_an_admin_moves_people_in(desk, gym):
    body = {"file_name": "x", "rows": [a_row(desk, 1)]}
    asked = [
        ("POST", f"/v1/imports/{IMPORT}/portions", body),
        ("GET", "/v1/imports", None),
        ("GET", f"/v1/imports/{IMPORT}/lines", None),
        ("POST", f"/v1/imports/{IMPORT}/undo", None),
    ]
    for method, path, sent in asked:
        assert gym.staff.request(method, path, json=sent).status_code == 403
    assert gym.client_of(Group.ADMIN).post(asked[0][1], json=body).status_code == 200


def test_a_portion_is_bounded_and_names_each_line_once(desk):
    for rows in ([a_row(desk, 1), a_row(desk, 1)], [a_row(desk, line) for line in range(1, MAX_ROWS + 2)], []):
        answer = desk.client.post(f"/v1/imports/{IMPORT}/portions", json={"file_name": "x", "rows": rows})
        assert answer.status_code == 422
