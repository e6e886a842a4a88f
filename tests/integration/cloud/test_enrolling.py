"""A code lets one kiosk in, once; afterwards its key is all it needs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import select

from cloud_api.common.database import Conflict
from cloud_api.devices import enrolment
from cloud_api.devices.routes import ENROL_TRIES, ENROL_TRIES_OF_ALL
from cloud_api.devices.tables import EnrolmentCodeRow
from shared.contracts.base import to_base64
from shared.contracts.devices import Enrolment
from shared.domain.roles import Group
from tests.support.answers import refusal
from tests.support.builders import an_event_record
from tests.support.cloud import Kiosk


def new_device(gym, name="Front door"):
    answer = gym.owner.post("/v1/devices", json={"site_id": str(gym.site_id), "name": name})
    answer.raise_for_status()
    return answer.json()


@pytest.fixture
def key():
    return Ed25519PrivateKey.generate()


def test_a_kiosk_learns_what_it_is_and_nothing_more(gym, key):
    made = new_device(gym)
    enrolment = gym.enrol(made["code"], key)
    keys = gym.cloud.keys
    assert str(enrolment.device_id) == made["device_id"]
    assert (enrolment.device_name, enrolment.site_id, enrolment.site_name) == ("Front door", gym.site_id, "Harbour")
    assert (enrolment.gym_id, enrolment.gym_number, enrolment.gym_name) == (keys.gym_id, keys.gym_number, "Harbour Gym")
    assert (enrolment.pepper, enrolment.site_key) == (keys.pepper, keys.site_key(gym.site_id))
    assert enrolment.gym_public_key == keys.gym_public_key
    assert enrolment.server_at == gym.clock.now()


def test_the_pairing_text_names_address_code_and_certificate(gym):
    made = new_device(gym)
    assert made["pairing"] == f"FIT1 {gym.cloud.base_url} {made['code']} {gym.made.certificate_sha256}"
    assert len(made["code"]) == 8


def test_a_code_counts_once(gym, key):
    code = new_device(gym)["code"]
    gym.enrol(code, key)
    with gym.client() as client:
        refusal(gym.ask_to_enrol(client, code, Ed25519PrivateKey.generate()), 410, "code_spent")


def test_of_two_kiosks_that_race_for_a_code_one_wins(gym):
    code = new_device(gym)["code"]
    with gym.client() as client, ThreadPoolExecutor(4) as threads:
        keys = [Ed25519PrivateKey.generate() for _ in range(4)]
        answers = list(threads.map(lambda key: gym.ask_to_enrol(client, code, key), keys))
    assert sorted(answer.status_code for answer in answers) == [201, 410, 410, 410]
    winner = next(n for n, answer in enumerate(answers) if answer.status_code == 201)
    enrolment = Enrolment.model_validate(answers[winner].json())
    assert Kiosk(gym, enrolment, keys[winner]).token()
    with gym.client() as client:
        refusal(Kiosk(gym, enrolment, keys[winner - 1]).ask_token(client), 403, "bad_signature")


def test_a_code_ends_after_15_minutes(gym, key):
    code = new_device(gym)["code"]
    gym.clock.advance(timedelta(minutes=15))
    with gym.client() as client:
        refusal(gym.ask_to_enrol(client, code, key), 410, "code_spent")


def test_a_newer_code_of_the_same_device_ends_the_older(gym, key):
    made = new_device(gym)
    newer = gym.owner.post(f"/v1/devices/{made['device_id']}/codes").json()["code"]
    with gym.client() as client:
        refusal(gym.ask_to_enrol(client, made["code"], key), 410, "code_spent")
        assert gym.ask_to_enrol(client, newer, key).status_code == 201


def test_a_code_is_read_as_people_type_it(gym, key):
    code = new_device(gym)["code"]
    typed = f" {code[:4].lower()}-{code[4:]} ".replace("0", "o").replace("1", "l")
    with gym.client() as client:
        assert gym.ask_to_enrol(client, typed, key).status_code == 201


def test_a_code_is_stored_nowhere(gym):
    code = new_device(gym)["code"]
    with gym.cloud.database.reading() as session:
        row = session.exec(select(EnrolmentCodeRow)).one()
    assert code.encode() not in row.hash
    files = [path for path in gym.settings.data.rglob("*") if path.is_file()]
    assert not [path for path in files if code.encode() in path.read_bytes()]


def test_guessing_ends_after_a_few_tries(gym, key):
    with gym.client() as client:
        for _ in range(ENROL_TRIES):
            refusal(gym.ask_to_enrol(client, "ABCDEFGH", key), 410, "code_spent")
        answer = gym.ask_to_enrol(client, new_device(gym)["code"], key)
        problem = refusal(answer, 429, "too_many_tries")
        assert int(answer.headers["Retry-After"]) == problem.retry_after_s == 601
        gym.clock.advance(timedelta(minutes=10))
        assert gym.ask_to_enrol(client, new_device(gym)["code"], key).status_code == 201


def test_guessing_from_many_places_ends_too(gym, key, monkeypatch):
    from cloud_api.devices import routes

    places = iter(range(10**6))
    monkeypatch.setattr(routes, "sender_of", lambda _request: str(next(places)))
    with gym.client() as client:
        for _ in range(ENROL_TRIES_OF_ALL):
            gym.ask_to_enrol(client, "ABCDEFGH", key)
        refusal(gym.ask_to_enrol(client, "ABCDEFGH", key), 429, "too_many_tries")


def test_a_try_that_the_database_undid_is_none(gym, key, monkeypatch):
    """The shell does the request again: what a guess costs must not be paid for it."""
    enrol, undone = enrolment.enrol, iter(range(ENROL_TRIES))

    def unlucky(session, *arguments, **facts):
        if next(undone, None) is not None:
            raise Conflict("undone")
        return enrol(session, *arguments, **facts)

    monkeypatch.setattr(enrolment, "enrol", unlucky)
    with gym.client() as client:
        assert gym.ask_to_enrol(client, new_device(gym)["code"], key).status_code == 201


def test_enrolling_again_in_place_keeps_the_device_and_its_events_and_ends_the_old_key(gym, kiosk):
    kiosk.upload(an_event_record(number=1))
    old = kiosk.client
    gym.clock.advance(timedelta(minutes=1))
    code = gym.owner.post(f"/v1/devices/{kiosk.id}/codes").json()["code"]
    assert old.get("/v1/devices/self/snapshot").status_code == 200
    key = Ed25519PrivateKey.generate()
    again = Kiosk(gym, gym.enrol(code, key), key)
    assert again.id == kiosk.id
    assert again.enrolment.stream_id != kiosk.enrolment.stream_id
    refusal(old.get("/v1/devices/self/snapshot"), 401, "not_signed_in")
    with gym.client() as client:
        refusal(kiosk.ask_token(client), 403, "bad_signature")
    assert again.upload(stream_id=kiosk.enrolment.stream_id).have_up_to == 1
    device = next(item for item in gym.owner.get("/v1/devices").json() if item["id"] == str(kiosk.id))
    assert [stream["current"] for stream in device["streams"]] == [False, True]


@pytest.mark.parametrize(
    "change",
    [{"code": ""}, {"public_key": to_base64(b"short")}, {"public_key": "no base64!"}, {"program_version": None}],
)
def test_a_request_that_makes_no_sense_is_refused_and_costs_no_code(gym, key, change):
    code = new_device(gym)["code"]
    body = {"code": code, "public_key": to_base64(key.public_key().public_bytes_raw()), "program_version": "1"}
    with gym.client() as client:
        refusal(client.post("/v1/enrolments", json=body | change), 422, "invalid_input")
        assert client.post("/v1/enrolments", json=body).status_code == 201


def test_a_device_needs_a_site_that_is_there(gym):
    answer = gym.owner.post("/v1/devices", json={"site_id": str(uuid4()), "name": "x"})
    refusal(answer, 404, "site_unknown")


def test_staff_see_kiosks_but_make_none(gym):
    new_device(gym)
    assert len(gym.staff.get("/v1/devices").json()) == 1
    refusal(gym.staff.post("/v1/devices", json={"site_id": str(gym.site_id), "name": "x"}), 403, "forbidden")
    assert gym.client_of(Group.ADMIN).post("/v1/devices", json={"site_id": str(gym.site_id), "name": "x"}).is_success


class TestTokens:
    def test_a_signed_challenge_buys_a_token(self, gym, kiosk):
        with gym.client() as client:
            answer = kiosk.ask_token(client)
        assert answer.json()["expires_in_s"] == 900
        claims = gym.cloud.tokens.verify(answer.json()["access_token"])
        assert (claims["sub"], claims["custom:device_id"]) == (str(kiosk.id), str(kiosk.id))
        assert claims["cognito:groups"] == ["Kiosk"]

    def test_after_an_outage_of_any_length_the_key_is_enough(self, gym, kiosk):
        gym.clock.advance(timedelta(days=400))
        assert kiosk.client.get("/v1/devices/self/snapshot").status_code == 200

    def test_a_token_ends(self, gym, kiosk):
        client = kiosk.client
        gym.clock.advance(timedelta(minutes=17))
        refusal(client.get("/v1/devices/self/snapshot"), 401, "not_signed_in")

    def test_a_challenge_counts_once(self, gym, kiosk):
        with gym.client() as client:
            nonce = client.post("/v1/device-tokens/challenge", json={"device_id": str(kiosk.id)}).json()["nonce"]
            assert client.post("/v1/device-tokens", json=kiosk.signed(nonce)).status_code == 200
            refusal(client.post("/v1/device-tokens", json=kiosk.signed(nonce)), 409, "challenge_spent")

    def test_a_challenge_ends_after_a_minute(self, gym, kiosk):
        with gym.client() as client:
            nonce = client.post("/v1/device-tokens/challenge", json={"device_id": str(kiosk.id)}).json()["nonce"]
            gym.clock.advance(timedelta(seconds=60))
            refusal(client.post("/v1/device-tokens", json=kiosk.signed(nonce)), 409, "challenge_spent")

    def test_a_challenge_is_for_one_device(self, gym, kiosk):
        other = gym.kiosk("Back door")
        with gym.client() as client:
            nonce = client.post("/v1/device-tokens/challenge", json={"device_id": str(other.id)}).json()["nonce"]
            refusal(client.post("/v1/device-tokens", json=kiosk.signed(nonce)), 409, "challenge_spent")

    @pytest.mark.parametrize("nonce", [b"", b"x" * 40, bytes(8) + b"y" * 32, b"\xff" * 40])
    def test_a_challenge_that_is_not_ours_is_refused(self, gym, kiosk, nonce):
        with gym.client() as client:
            refusal(client.post("/v1/device-tokens", json=kiosk.signed(to_base64(nonce))), 409, "challenge_spent")

    def test_another_key_buys_nothing(self, gym, kiosk):
        with gym.client() as client:
            refusal(kiosk.ask_token(client, key=Ed25519PrivateKey.generate()), 403, "bad_signature")

    def test_a_device_that_never_enrolled_gets_no_token(self, gym, kiosk):
        made = new_device(gym, "New")
        kiosk.id = UUID(made["device_id"])
        with gym.client() as client:
            refusal(kiosk.ask_token(client), 409, "device_not_enrolled")

    def test_a_device_nobody_knows_is_told_so_without_an_order(self, gym, kiosk):
        kiosk.id = uuid4()
        with gym.client() as client:
            assert refusal(kiosk.ask_token(client), 404, "device_unknown").wipe_order is None
            body = {"device_id": str(kiosk.id), "nonce": "AAAA", "signature": to_base64(bytes(64))}
            assert refusal(client.post("/v1/device-tokens", json=body), 404, "device_unknown").wipe_order is None
