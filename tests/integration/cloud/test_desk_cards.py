"""Cards at a shared desk: whoever holds one before the scanner goes on by the own name, within the bounds of a PIN."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from cloud_api.common.tables import AuditRow
from cloud_api.identity import desk_cards, sessions
from cloud_api.identity.tables import DeskCardRow
from shared.contracts.identity import ColleagueList, SignedIn
from shared.domain.roles import Group
from shared.errors import Rejected
from shared.passtoken.tokens import LiveToken, new_card, to_text
from tests.integration.cloud.test_pins import PASSWORD, Colleague
from tests.support.answers import refusal

CARD = "Old-Tag 0047112"


def register(colleague, card=CARD, password=PASSWORD):
    return colleague.client.put("/v1/account/desk-card", json={"password": password, "card": card})


def take_over(client, card=CARD):
    return client.post("/v1/desk-card-sign-ins", json={"card": card})


@pytest.fixture
def two(gym):
    """Ulla with a card, Jonas at the desk."""
    ulla, jonas = Colleague(gym, Group.STAFF), Colleague(gym, Group.STAFF)
    register(ulla).raise_for_status()
    return ulla, jonas


def test_whose_card_it_is_goes_on_and_the_log_names_who_and_by_what(gym, two):
    ulla, _ = two
    jonas = gym.person(Group.STAFF)
    with gym.cloud.database.transaction() as session:
        token = sessions.open_session(session, jonas, tokens=gym.cloud.tokens, desk="Reception").access_token
    answer = take_over(gym.client(token), f" {CARD.swapcase()} ")  # as a scanner types it under Caps Lock
    signed_in = SignedIn.model_validate(answer.raise_for_status().json())
    assert gym.client(signed_in.access_token).get("/v1/account").json()["id"] == str(ulla.id)
    found = ColleagueList.model_validate(gym.client(token).get("/v1/colleagues").json()).items
    assert [(each.id, each.pin, each.card) for each in found] == [(ulla.id, False, True)]
    with gym.cloud.database.reading() as session:
        row = session.exec(select(AuditRow).where(AuditRow.action == "person.took_over")).one()
        assert (row.actor, row.desk, row.after) == (f"person:{ulla.id}", "Reception", '{"means": "card"}')
        kept = session.exec(select(DeskCardRow.hash)).one()
    plain = (CARD, CARD.casefold())
    assert kept not in [hashlib.sha256(text.encode()).hexdigest() for text in plain]  # nobody tries texts on a copy


def test_wrong_ones_are_counted_and_a_right_one_does_not_start_anew(gym, two):
    ulla, jonas = two
    for _ in range(4):
        refusal(take_over(jonas.client, "somebody's tag"), 403, "wrong_card")
    for _ in range(3):
        assert take_over(jonas.client).status_code == 200
    refusal(take_over(jonas.client, "somebody's tag"), 403, "wrong_card")
    refusal(take_over(jonas.client), 429, "too_many_tries")
    assert take_over(ulla.client).status_code == 200
    gym.clock.advance(timedelta(minutes=11))
    assert take_over(gym.client_of(Group.STAFF)).status_code == 200


def test_only_at_a_desk_that_is_signed_in_and_only_who_may_work_there(gym, two):
    ulla, jonas = two
    refusal(take_over(gym.client()), 401, "not_signed_in")
    refusal(take_over(gym.client_of(Group.USER)), 403, "forbidden")
    gym.owner.patch(f"/v1/people/{ulla.id}", json={"groups": ["User"]}).raise_for_status()
    refusal(take_over(jonas.client), 403, "wrong_card")
    gym.owner.delete(f"/v1/people/{ulla.id}").raise_for_status()
    register(jonas).raise_for_status()  # who has left holds nobody's card


def test_a_card_is_one_persons_and_is_set_and_taken_away_with_the_password(two):
    ulla, jonas = two
    refusal(register(jonas), 409, "card_taken")
    refusal(register(jonas, "another tag", password="no"), 401, "wrong_credentials")
    refusal(register(jonas, "1234567"), 409, "card_too_short")
    register(ulla, "another tag").raise_for_status()
    refusal(take_over(jonas.client), 403, "wrong_card")
    assert take_over(jonas.client, "another tag").status_code == 200
    register(ulla, None).raise_for_status()
    refusal(take_over(jonas.client, "another tag"), 403, "wrong_card")
    register(jonas, "another tag").raise_for_status()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  1a2b3c4 ", "card_too_short"),
        ("47110815", "card_guessable"),
        ("1212121212121", "card_guessable"),
        ("1234567890", "card_guessable"),
        (to_text(LiveToken(1, b"12345678", datetime(2026, 1, 1, tzinfo=UTC), b"s" * 64)), "card_changes"),
    ],
)
def test_what_could_be_guessed_or_changes_is_no_card(text, code):
    with pytest.raises(Rejected) as refused:
        desk_cards.check_card(text)
    assert refused.value.code == code
    desk_cards.check_card(to_text(new_card()))
    desk_cards.check_card("4006381333931")
