"""PINs at a shared desk: each by the own name, five tries, and nothing without a desk that is signed in."""

import functools
from datetime import timedelta

import pytest

from cloud_api.identity import sessions
from cloud_api.identity.passwords import hash_password
from shared.contracts.identity import ColleagueList, SignedIn
from shared.domain.roles import Group
from tests.support.answers import refusal

PASSWORD, PIN = "a long password of the desk", "2580"


class Colleague:
    """Someone with a password, signed in."""

    def __init__(self, gym, group):
        self.id = gym.person(group)
        with gym.cloud.database.transaction() as session:
            sessions.set_password(session, self.id, _hash())
        self.client = gym.client(gym.sign_in(self.id))


@functools.cache
def _hash():
    return hash_password(PASSWORD)


@pytest.fixture
def two(gym):
    """Ulla with a PIN, Jonas at the desk."""
    ulla, jonas = Colleague(gym, Group.STAFF), Colleague(gym, Group.STAFF)
    ulla.client.put("/v1/account/pin", json={"password": PASSWORD, "pin": PIN}).raise_for_status()
    return ulla, jonas


def take_over(client, person_id, pin=PIN):
    return client.post("/v1/desk-sign-ins", json={"person_id": str(person_id), "pin": pin})


def test_a_colleague_takes_over_and_is_who_the_audit_names(gym, two):
    ulla, jonas = two
    signed_in = SignedIn.model_validate(take_over(jonas.client, ulla.id).raise_for_status().json())
    me = gym.client(signed_in.access_token).get("/v1/account").json()
    assert me["id"] == str(ulla.id)


def test_only_those_with_a_pin_are_offered(two):
    ulla, jonas = two
    found = ColleagueList.model_validate(jonas.client.get("/v1/colleagues").json())
    assert [each.id for each in found.items] == [ulla.id]


@pytest.mark.parametrize("pin", ["0000", "258", "", "25800"])
def test_a_wrong_pin_opens_nothing(two, pin):
    ulla, jonas = two
    refusal(take_over(jonas.client, ulla.id, pin), 403, "wrong_pin")


def test_someone_without_a_pin_is_refused_in_the_same_words(two):
    ulla, jonas = two
    assert take_over(ulla.client, jonas.id).json()["detail"] == take_over(jonas.client, ulla.id, "1").json()["detail"]


def test_the_sixth_try_in_ten_minutes_is_not_looked_at(gym, two):
    ulla, jonas = two
    for _ in range(5):
        take_over(jonas.client, ulla.id, "0000")
    refusal(take_over(jonas.client, ulla.id), 429, "too_many_tries")
    gym.clock.advance(timedelta(minutes=11))
    assert take_over(gym.client_of(Group.STAFF), ulla.id).status_code == 200


def test_a_right_pin_starts_the_count_anew(two):
    ulla, jonas = two
    for _ in range(3):
        for _ in range(4):
            take_over(jonas.client, ulla.id, "0000")
        assert take_over(jonas.client, ulla.id).status_code == 200


def test_without_a_desk_that_is_signed_in_a_pin_is_nothing(gym, two):
    ulla, _ = two
    refusal(take_over(gym.client(), ulla.id), 401, "not_signed_in")
    refusal(take_over(gym.client_of(Group.USER), ulla.id), 403, "forbidden")


def test_who_was_disabled_or_lost_the_role_takes_nothing_over(gym, two):
    ulla, jonas = two
    gym.owner.patch(f"/v1/people/{ulla.id}", json={"groups": ["User"]}).raise_for_status()
    refusal(take_over(jonas.client, ulla.id), 403, "wrong_pin")
    gym.owner.patch(f"/v1/people/{ulla.id}", json={"groups": ["Staff"], "enabled": False}).raise_for_status()
    refusal(take_over(jonas.client, ulla.id), 403, "wrong_pin")


def test_a_pin_needs_the_password_and_can_be_taken_away(two):
    ulla, jonas = two
    refusal(ulla.client.put("/v1/account/pin", json={"password": "no", "pin": "1111"}), 401, "wrong_credentials")
    assert take_over(jonas.client, ulla.id).status_code == 200
    ulla.client.put("/v1/account/pin", json={"password": PASSWORD, "pin": None}).raise_for_status()
    refusal(take_over(jonas.client, ulla.id), 403, "wrong_pin")


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "١٢٣٤", " 1234"])
def test_a_pin_is_four_to_eight_digits(two, pin):
    ulla, _ = two
    assert ulla.client.put("/v1/account/pin", json={"password": PASSWORD, "pin": pin}).status_code == 422
