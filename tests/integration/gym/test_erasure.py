"""An erased member is a tombstone: nothing names the person, late events count, a backup brings nobody back (H12)."""

import sqlite3
from datetime import timedelta

import pytest

from cloud_api.common.tables import MemberPlace
from cloud_api.gym import erasure
from shared.domain.ids import uuid7
from shared.domain.passes import PassKind
from shared.passtoken.lookup import lookup_hash
from tests.support.builders import NOON
from tests.support.reception import arrival, ok
from tests.support.stored import stored_values

PLANTED = {
    "given_name": "Wilhelmina",
    "family_name": "Quackenbush",
    "email": "wilhelmina.q@planted.test",
    "phone": "+45 99 88 77 66",
    "number": "PLANTED-4711",
}


def _erase(desk, member_id):
    return ok(desk.client.delete(f"/v1/members/{member_id}"))


def test_nothing_of_the_person_is_left_anywhere(desk, gym):
    member_id = desk.member(plan=desk.plan(), **PLANTED)
    card = desk.card(member_id)
    ok(desk.client.post(f"/v1/members/{member_id}/block", json={"note": "Wilhelmina shouted"}))
    entered = {"member_id": str(member_id), "site_id": str(desk.site_id), "note": "Wilhelmina forgot her card"}
    ok(desk.client.post("/v1/attendance", json=entered))
    gym.dispatch()
    view = _erase(desk, member_id)
    gym.dispatch()
    assert view["erased"]
    assert (view["given_name"], view["family_name"], view["email"], view["number"]) == ("", "", None, None)
    assert desk.member_row(member_id) is None
    assert desk.credential_row(card["lookup"]) is None
    with gym.cloud.database.reading() as session:
        assert session.get(MemberPlace, member_id) is None
    left = _every_value(gym)
    words = [*PLANTED.values(), card["text"], "shouted", "forgot"]
    assert [word for word in words if word.casefold() in left] == []
    assert card["lookup"] not in _every_blob(gym)


def test_a_voucher_of_an_erased_member_is_refused(desk, gym):
    member_id = desk.member()
    voucher = ok(desk.client.post(f"/v1/members/{member_id}/vouchers", json={}))["voucher"]
    lookup = lookup_hash(gym.cloud.keys.pepper, PassKind.VOUCHER, bytes.fromhex(voucher["id"]))
    _erase(desk, member_id)
    gym.dispatch()
    assert desk.credential_row(lookup)["status"] == "revoked"


def test_an_erased_member_is_found_no_more_and_can_be_given_nothing(desk, gym):
    member_id = desk.member(**PLANTED)
    sold = desk.sell(member_id, desk.plan())
    card = desk.card(member_id)
    _erase(desk, member_id)
    assert ok(desk.client.get("/v1/members"))["items"] == []
    refused = [
        ("POST", f"/v1/members/{member_id}/cards", {}, 404),
        ("POST", f"/v1/members/{member_id}/vouchers", {}, 404),
        ("POST", f"/v1/passes/{card['id']}/revoke", None, 404),
        ("POST", f"/v1/members/{member_id}/block", {}, 409),
        ("POST", f"/v1/members/{member_id}/memberships", {"plan_id": sold["plan_id"]}, 409),
        ("POST", f"/v1/memberships/{sold['id']}/cancel", None, 409),
    ]
    for method, path, body, status in refused:
        assert desk.client.request(method, path, json=body).status_code == status, path
    gym.dispatch()
    assert desk.client.post(f"/v1/passes/{card['id']}/revoke").status_code == 404


def test_asked_again_after_a_lost_answer_it_changes_nothing(desk):
    member_id = desk.member(**PLANTED)
    first = _erase(desk, member_id)
    assert _erase(desk, member_id) == first
    assert [row.action for row in desk.audit("gym")].count("member.erased") == 1


def test_an_event_that_arrives_later_counts_under_the_tombstone_and_creates_no_person(desk):
    member_id = desk.member(**PLANTED)
    held = desk.sell(member_id, desk.pack())
    _erase(desk, member_id)
    late = arrival(desk.site_id, at=NOON - timedelta(hours=2), member_id=member_id, membership_id=held["id"])
    desk.record(late)
    (visit,) = desk.visits(member_id)
    assert visit["member"] == {"id": str(member_id), "number": None, "name": ""}
    assert desk.read(member_id)["memberships"][0]["visits_counted"] == 1
    assert desk.member_row(member_id) is None
    assert ok(desk.client.get("/v1/members"))["items"] == []


@pytest.mark.embedded
def test_the_journal_makes_a_restored_backup_forget_again(desk, gym):
    member_id = desk.member(**PLANTED)
    card = desk.card(member_id)
    backup = _copy(gym)
    _erase(desk, member_id)
    lines = [(line.kind, line.id) for line in gym.cloud.journal.read()]
    assert lines == [(erasure.JOURNAL_KIND, member_id)]
    _put_back(gym, backup)
    assert desk.read(member_id)["given_name"] == "Wilhelmina"
    for _ in range(2):  # doing it twice changes nothing
        with gym.cloud.database.transaction() as session:
            erasure.erase_again(session, member_id, NOON)
    gym.dispatch()
    assert desk.read(member_id)["erased"]
    assert desk.credential_row(card["lookup"]) is None
    with gym.cloud.database.transaction() as session:
        erasure.erase_again(session, uuid7(1), NOON)  # an id that the backup does not have


def _every_value(gym):
    return "\n".join(str(value).casefold() for value in stored_values(gym.cloud.database))


def _every_blob(gym):
    return [value for value in stored_values(gym.cloud.database) if isinstance(value, bytes)]


def _copy(gym):
    copy = sqlite3.connect(":memory:")
    source = sqlite3.connect(gym.settings.database_file)
    source.backup(copy)
    source.close()
    return copy


def _put_back(gym, backup):
    gym.cloud.database.writer.dispose()
    gym.cloud.database.reader.dispose()
    target = sqlite3.connect(gym.settings.database_file)
    backup.backup(target)
    target.close()
    backup.close()
