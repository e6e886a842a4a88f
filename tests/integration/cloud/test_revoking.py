"""A revoked device hears the order to wipe on every route, signed; nobody else ever hears one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import select

from cloud_api.common.audit_chain import find_break
from cloud_api.common.tables import AuditRow
from cloud_api.devices.tables import EventRow
from shared.contracts.base import to_base64
from shared.contracts.devices import EventStatus, UploadAnswer
from shared.passtoken.signing import is_signed, wipe_message
from tests.support.answers import refusal
from tests.support.builders import an_event_record

SELF = "/v1/devices/self"
WITH_TOKEN = [
    ("GET", f"{SELF}/snapshot"),
    ("GET", f"{SELF}/feed?epoch={uuid4()}&version=0"),
    ("GET", f"{SELF}/hint?epoch={uuid4()}&version=0&wait=0"),
    ("POST", f"{SELF}/events"),
    ("POST", f"{SELF}/heartbeat"),
    ("GET", "/v1/people"),
    ("GET", "/v1/account"),
]


def revoke(gym, kiosk):
    answer = gym.owner.post(f"/v1/devices/{kiosk.id}/revocation")
    assert answer.status_code == 204


def wiped(gym, kiosk, answer):
    """The order in an answer, checked as the kiosk checks it."""
    order = refusal(answer, 403, "device_revoked").wipe_order
    assert (order.device_id, order.gym_id) == (kiosk.id, kiosk.enrolment.gym_id)
    message = wipe_message(gym_id=order.gym_id, device_id=order.device_id, ordered_at=order.ordered_at)
    assert is_signed(kiosk.enrolment.gym_public_key, message, order.signature)
    return order


def test_every_route_tells_a_revoked_device_to_wipe(gym, kiosk):
    client = kiosk.client
    revoke(gym, kiosk)
    orders = {wiped(gym, kiosk, client.request(method, path, content=b"{}")) for method, path in WITH_TOKEN}
    assert len(orders) == 1
    assert orders.pop().ordered_at == gym.clock.now()


def test_a_revoked_device_without_a_token_hears_it_too(gym, kiosk):
    with gym.client() as client:
        nonce = client.post("/v1/device-tokens/challenge", json={"device_id": str(kiosk.id)}).json()["nonce"]
        revoke(gym, kiosk)
        wiped(gym, kiosk, client.post("/v1/device-tokens/challenge", json={"device_id": str(kiosk.id)}))
        wiped(gym, kiosk, client.post("/v1/device-tokens", json=kiosk.signed(nonce)))


def test_an_upload_of_a_revoked_device_stores_nothing(gym, kiosk):
    client, content = kiosk.client, kiosk.body(an_event_record())
    revoke(gym, kiosk)
    wiped(gym, kiosk, client.post(f"{SELF}/events", content=content))
    with gym.cloud.database.reading() as session:
        assert session.exec(select(EventRow)).all() == []


def test_no_other_device_hears_an_order(gym, kiosk):
    other = gym.kiosk("Back door")
    revoke(gym, kiosk)
    assert other.client.get(f"{SELF}/snapshot").status_code == 200
    with gym.client() as client:
        assert other.ask_token(client).status_code == 200
        unknown = client.post("/v1/device-tokens/challenge", json={"device_id": str(uuid4())})
        assert refusal(unknown, 404, "device_unknown").wipe_order is None


def test_a_device_that_the_database_has_forgotten_is_not_wiped(gym, kiosk):
    """As after a restore of a backup that is older than the kiosk."""
    from sqlalchemy import delete

    from cloud_api.devices.tables import DeviceRow

    client = kiosk.client
    with gym.cloud.database.transaction() as session:
        session.execute(delete(DeviceRow))
    problem = refusal(client.get(f"{SELF}/snapshot"), 404, "device_unknown")
    assert problem.wipe_order is None


def test_revoking_twice_changes_nothing(gym, kiosk):
    client = kiosk.client
    revoke(gym, kiosk)
    first = wiped(gym, kiosk, client.get(f"{SELF}/snapshot"))
    gym.clock.advance(timedelta(minutes=5))
    revoke(gym, kiosk)
    assert wiped(gym, kiosk, client.get(f"{SELF}/snapshot")) == first


def test_a_revoked_device_is_not_let_in_again(gym, kiosk):
    revoke(gym, kiosk)
    refusal(gym.owner.post(f"/v1/devices/{kiosk.id}/codes"), 409, "device_is_revoked")


def test_a_code_made_before_the_revocation_lets_nobody_in(gym, kiosk):
    code = gym.owner.post(f"/v1/devices/{kiosk.id}/codes").json()["code"]
    revoke(gym, kiosk)
    with gym.client() as client:
        refusal(gym.ask_to_enrol(client, code, Ed25519PrivateKey.generate()), 410, "code_spent")


def test_revoking_is_written_down_in_audit_log_and_journal(gym, kiosk):
    revoke(gym, kiosk)
    with gym.cloud.database.reading() as session:
        rows = session.exec(select(AuditRow).where(AuditRow.service == "devices")).all()
        assert find_break(session, "devices") is None
    assert [row.action for row in rows] == ["device.created", "device.code_made", "device.enrolled", "device.revoked"]
    assert rows[-1].actor.startswith("person:")
    assert [(line.kind, line.id) for line in gym.cloud.journal.read()] == [("device_locked", kiosk.id)]


def test_an_unknown_device_cannot_be_revoked(gym):
    refusal(gym.owner.post(f"/v1/devices/{uuid4()}/revocation"), 404, "device_unknown")


class TestSalvage:
    def hand_in(self, gym, body):
        with gym.client() as client:
            return client.post("/v1/salvage", json=body)

    def test_a_revoked_device_hands_in_its_events_flagged(self, gym, kiosk):
        kiosk.upload(an_event_record(number=1))
        revoke(gym, kiosk)
        event = an_event_record(number=2)
        answer = UploadAnswer.model_validate(self.hand_in(gym, kiosk.salvage_body(event)).json())
        assert (answer.results[0].status, answer.have_up_to) == (EventStatus.STORED, 2)
        assert "salvaged" in answer.results[0].flags

    def test_handed_in_twice_it_is_stored_once(self, gym, kiosk):
        event = an_event_record(number=1)
        kiosk.upload(event)
        revoke(gym, kiosk)
        for _ in range(2):
            answer = UploadAnswer.model_validate(self.hand_in(gym, kiosk.salvage_body(event)).json())
            assert answer.results[0].status is EventStatus.DUPLICATE
            assert "salvaged" not in answer.results[0].flags

    def test_only_the_devices_own_key_hands_in(self, gym, kiosk):
        revoke(gym, kiosk)
        body = kiosk.salvage_body(an_event_record())
        kiosk.key = Ed25519PrivateKey.generate()
        forged = kiosk.salvage_body(an_event_record())
        refusal(self.hand_in(gym, forged), 403, "bad_signature")
        refusal(
            self.hand_in(gym, body | {"payload": body["payload"].replace("granted", "denied")}), 403, "bad_signature"
        )
        refusal(self.hand_in(gym, body | {"signature": to_base64(bytes(64))}), 403, "bad_signature")
        refusal(self.hand_in(gym, body | {"device_id": str(uuid4())}), 404, "device_unknown")

    def test_a_device_that_never_enrolled_has_nothing_to_hand_in(self, gym, kiosk):
        made = gym.owner.post("/v1/devices", json={"site_id": str(gym.site_id), "name": "New"}).json()
        body = kiosk.salvage_body(an_event_record()) | {"device_id": made["device_id"]}
        refusal(self.hand_in(gym, body), 403, "bad_signature")

    @pytest.mark.parametrize("payload", ["", "nonsense", "[]"])
    def test_a_payload_that_is_no_upload_is_refused(self, gym, kiosk, payload):
        from shared.passtoken.signing import salvage_message

        signature = kiosk.key.sign(salvage_message(kiosk.id, payload))
        body = {"device_id": str(kiosk.id), "payload": payload, "signature": to_base64(signature)}
        refusal(self.hand_in(gym, body), 422, "invalid_input")
