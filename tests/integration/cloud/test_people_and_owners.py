"""Who looks after whom; and the last owner, whom nobody gets rid of."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlmodel import select

from cloud_api.common.tables import AuditRow
from cloud_api.identity import people
from shared.domain.roles import Group
from shared.errors import Rejected
from tests.support.answers import refusal


def change(client, person, **facts):
    return client.patch(f"/v1/people/{person}", json=facts)


def owners(gym):
    found = gym.owner.get("/v1/people").json()
    return {item["id"] for item in found if "Owner" in item["groups"] and item["enabled"]}


def sole_owner(gym):
    """The owner behind ``gym.owner``."""
    return gym.owner.get("/v1/account").json()["id"]


@pytest.fixture
def admin(gym):
    return gym.client_of(Group.ADMIN)


def test_a_person_is_added_changed_and_taken_out(gym, admin):
    made = admin.post("/v1/people", json={"name": "Bo", "email": "Bo@Fit.test", "groups": ["Staff", "Staff"]})
    assert made.status_code == 201
    person = made.json()["person_id"]
    found = change(admin, person, name="Bo Berg", groups=["Admin"]).json()
    assert (found["name"], found["email"], found["groups"], found["invited"]) == (
        "Bo Berg",
        "bo@fit.test",
        ["Admin"],
        True,
    )
    assert admin.delete(f"/v1/people/{person}").status_code == 204
    refusal(change(admin, person, name="x"), 404, "person_unknown")


def test_an_address_belongs_to_one_person(admin):
    body = {"name": "Bo", "email": "bo@fit.test", "groups": []}
    admin.post("/v1/people", json=body).raise_for_status()
    problem = refusal(admin.post("/v1/people", json=body | {"email": "BO@fit.test"}), 422, "invalid_input")
    assert problem.errors[0].field == "email"


@pytest.mark.parametrize(
    "facts",
    [
        {"email": "nowhere"},
        {"email": "a b@c.de"},
        {"name": ""},
        {"groups": ["Kiosk"]},
        {"groups": ["King"]},
        {"groups": None},
    ],
)
def test_what_is_no_person_is_refused(admin, facts):
    body = {"name": "Bo", "email": "bo@fit.test", "groups": ["Staff"], **facts}
    refusal(admin.post("/v1/people", json=body), 422, "invalid_input")


def test_an_admin_makes_changes_and_removes_no_owner(gym, admin):
    owner = sole_owner(gym)
    staff = gym.person(Group.STAFF)
    gym.person(Group.OWNER)
    refusal(admin.post("/v1/people", json={"name": "E", "email": "e@fit.test", "groups": ["Owner"]}), 403, "forbidden")
    refusal(change(admin, staff, groups=["Owner"]), 403, "forbidden")
    refusal(change(admin, owner, enabled=False), 403, "forbidden")
    refusal(change(admin, owner, groups=["User"]), 403, "forbidden")
    refusal(change(admin, owner, name="x"), 403, "forbidden")
    refusal(admin.delete(f"/v1/people/{owner}"), 403, "forbidden")
    refusal(admin.post(f"/v1/people/{owner}/invitations"), 403, "forbidden")


def test_an_owner_makes_another_owner(gym):
    staff = gym.person(Group.STAFF)
    assert change(gym.owner, staff, groups=["Owner"]).status_code == 200
    assert owners(gym) == {str(staff), sole_owner(gym)}


def test_the_last_owner_stays(gym):
    owner = sole_owner(gym)
    refusal(change(gym.owner, owner, enabled=False), 409, "last_owner")
    refusal(change(gym.owner, owner, groups=["Admin"]), 409, "last_owner")
    refusal(gym.owner.delete(f"/v1/people/{owner}"), 409, "last_owner")
    assert change(gym.owner, owner, name="New name", groups=["Owner", "Staff"]).status_code == 200
    assert owners(gym) == {owner}


def test_a_disabled_owner_does_not_count_as_one(gym):
    other = gym.person(Group.OWNER)
    change(gym.owner, other, enabled=False).raise_for_status()
    refusal(change(gym.owner, sole_owner(gym), enabled=False), 409, "last_owner")
    assert gym.owner.delete(f"/v1/people/{other}").status_code == 204


@pytest.mark.parametrize("way", ["disable", "demote", "remove"])
def test_of_two_owners_who_remove_each_other_at_once_one_stays(gym, way):
    ids = [gym.person(Group.OWNER), gym.person(Group.OWNER)]
    clients = [gym.client(gym.sign_in(person)) for person in ids]
    barrier = threading.Barrier(2)

    def attack(client, victim):
        barrier.wait(30)
        if way == "remove":
            return client.delete(f"/v1/people/{victim}")
        return change(client, victim, **({"enabled": False} if way == "disable" else {"groups": ["User"]}))

    with ThreadPoolExecutor(2) as threads:
        work = [threads.submit(attack, clients[0], ids[1]), threads.submit(attack, clients[1], ids[0])]
        codes = sorted(item.result(30).status_code for item in work)
    assert codes[0] in (200, 204)
    assert codes[1] in (401, 403, 409)
    with gym.cloud.database.reading() as session:
        left = [item for item in people.list_people(session) if Group.OWNER in item.groups and item.enabled]
    assert len(left) == 1


def test_the_use_cases_themselves_keep_the_last_of_two_owners(gym):
    """Without the gate in front: two transactions at once, each to remove one of the last two."""
    ids = [gym.person(Group.OWNER), gym.person(Group.OWNER)]
    barrier = threading.Barrier(2)

    def remove(victim):
        barrier.wait(30)
        try:
            with gym.cloud.database.transaction() as session:
                people.remove_person(session, victim, actor="operator", journal=gym.cloud.journal)
        except Rejected as error:
            return error.code
        return "removed"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(remove, ids)) == ["last_owner", "removed"]


def test_who_is_disabled_or_removed_is_out_at_once(gym):
    for way in ("disable", "remove"):
        person = gym.person(Group.STAFF)
        with gym.client(gym.sign_in(person)) as client:
            assert client.get("/v1/account").status_code == 200
            if way == "disable":
                change(gym.owner, person, enabled=False).raise_for_status()
            else:
                gym.owner.delete(f"/v1/people/{person}").raise_for_status()
            refusal(client.get("/v1/account"), 401, "not_signed_in")


def test_who_is_enabled_again_must_sign_in_again(gym):
    person = gym.person(Group.STAFF)
    token = gym.sign_in(person)
    change(gym.owner, person, enabled=False).raise_for_status()
    change(gym.owner, person, enabled=True).raise_for_status()
    with gym.client(token) as client:
        refusal(client.get("/v1/account"), 401, "not_signed_in")
    assert [line.kind for line in gym.cloud.journal.read()] == ["person_locked", "person_unlocked"]


def test_nobody_unknown_is_changed(gym):
    for answer in (
        change(gym.owner, uuid4(), name="x"),
        gym.owner.delete(f"/v1/people/{uuid4()}"),
        gym.owner.post(f"/v1/people/{uuid4()}/invitations"),
    ):
        refusal(answer, 404, "person_unknown")


def test_every_change_to_a_person_is_written_down_without_a_name(gym):
    made = gym.owner.post("/v1/people", json={"name": "Secret Name", "email": "secret@fit.test", "groups": ["Staff"]})
    person = made.json()["person_id"]
    change(gym.owner, person, name="Other Name", enabled=False).raise_for_status()
    gym.owner.delete(f"/v1/people/{person}").raise_for_status()
    with gym.cloud.database.reading() as session:
        rows = session.exec(select(AuditRow).where(AuditRow.subject == person)).all()
    assert [row.action for row in rows] == ["person.created", "person.invited", "person.changed", "person.removed"]
    assert rows[2].fields == '["enabled", "name"]'
    assert {row.actor for row in rows} == {f"person:{sole_owner(gym)}"}
    assert not any("Secret" in row.fields or "secret" in row.fields for row in rows)


def test_who_is_signed_out_everywhere_is_out_at_once_and_may_come_again(gym, admin):
    person = gym.person(Group.STAFF)
    clients = [gym.client(gym.sign_in(person)) for _ in range(2)]
    assert admin.post(f"/v1/people/{person}/sign-out").status_code == 204
    for client in clients:
        refusal(client.get("/v1/account"), 401, "not_signed_in")
    assert gym.client(gym.sign_in(person)).get("/v1/account").status_code == 200


def test_an_owner_is_signed_out_by_owners_only(gym, admin):
    owner = gym.person(Group.OWNER)
    refusal(admin.post(f"/v1/people/{owner}/sign-out"), 403, "forbidden")
    assert gym.owner.post(f"/v1/people/{owner}/sign-out").status_code == 204
