"""Cards, phones and existing codes over the API, and what the doors are told of them."""

from datetime import timedelta

import cv2
import numpy as np
import pytest
import zxingcpp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api.devices.feed import read_snapshot
from cloud_api.qr.revoking import revoke_again
from shared.contracts.base import from_base64, to_base64
from shared.domain.passes import PassKind, Signature
from shared.passtoken.lookup import barcode_secret, lookup_hash
from shared.passtoken.sealing import unseal, unwrap_with_credential
from shared.passtoken.signing import sign_live, verify_live
from shared.passtoken.tokens import ED25519, P256, parse, to_text
from tests.support.builders import NOON, an_id
from tests.support.reception import ok
from tests.support.stored import stored_bytes


@pytest.fixture
def member_id(desk):
    return desk.member(plan=desk.plan())


def _phone(desk, member_id, key, **changes):
    if isinstance(key, Ed25519PrivateKey):
        algorithm, public = "ed25519", key.public_key().public_bytes_raw()
    else:
        algorithm = "p256"
        public = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    body = {"algorithm": algorithm, "public_key": to_base64(public), **changes}
    return desk.client.post(f"/v1/members/{member_id}/phones", json=body)


def _lookup(desk, kind, secret):
    return lookup_hash(desk.gym.cloud.keys.pepper, kind, secret)


def test_a_card_is_told_once_and_drawn_so_that_a_reader_reads_it(desk, member_id):
    issued = ok(desk.client.post(f"/v1/members/{member_id}/cards", json={"label": " key ring "}))
    code, member_pass = issued["code"], issued["member_pass"]
    assert (member_pass["kind"], member_pass["label"], member_pass["status"]) == ("card", "key ring", "active")
    picture = cv2.imdecode(np.frombuffer(from_base64(code["png"]), np.uint8), cv2.IMREAD_GRAYSCALE)
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == code["text"]
    assert code["svg"].startswith("<svg")
    assert ok(desk.client.get(f"/v1/members/{member_id}/passes"))["items"] == [member_pass]


def test_a_card_opens_the_members_name(desk, member_id):
    card = desk.card(member_id)
    row, member = desk.credential_row(card["lookup"]), desk.member_row(member_id)
    secret = parse(card["text"]).card_id
    key = unwrap_with_credential(from_base64(row["wrapped_key"]), secret)
    assert unseal(key, from_base64(member["sealed"]), about=member_id.bytes) == b'["Nora B."]'


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_phones_codes_are_verified_by_what_the_doors_are_told(desk, gym, member_id, kind):
    key = Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
    made = ok(_phone(desk, member_id, key))
    credential_id = from_base64(made["credential_id"])
    assert made["gym_id"] == str(gym.cloud.keys.gym_id)
    row = desk.credential_row(_lookup(desk, PassKind.LIVE, credential_id))
    assert row["algorithm"] == kind
    token = sign_live(key, credential_id=credential_id, signed_at=NOON, gym_id=gym.cloud.keys.gym_id)
    algorithm = ED25519 if kind == "ed25519" else P256
    public = from_base64(row["public_key"])
    verdict = verify_live(token, public_key=public, algorithm=algorithm, gym_id=gym.cloud.keys.gym_id)
    assert verdict is Signature.VALID
    assert unwrap_with_credential(from_base64(row["wrapped_key"]), credential_id) is not None


def test_a_phone_that_asks_twice_is_registered_once(desk, member_id):
    key, credential_id = Ed25519PrivateKey.generate(), to_base64(b"12345678")
    first = ok(_phone(desk, member_id, key, credential_id=credential_id))
    assert ok(_phone(desk, member_id, key, credential_id=credential_id)) == first
    stranger = _phone(desk, desk.member(), key, credential_id=credential_id)
    assert (stranger.status_code, stranger.json()["code"]) == (409, "credential_taken")
    other_key = _phone(desk, member_id, Ed25519PrivateKey.generate(), credential_id=credential_id)
    assert other_key.status_code == 409


def test_what_is_no_public_key_is_refused(desk, member_id):
    path = f"/v1/members/{member_id}/phones"
    for algorithm, public in (("p256", bytes(33)), ("p256", bytes(32)), ("ed25519", bytes(33)), ("ed25519", bytes(31))):
        answer = desk.client.post(path, json={"algorithm": algorithm, "public_key": to_base64(public)})
        assert answer.status_code == 422, (algorithm, len(public))
    assert ok(desk.client.get(f"/v1/members/{member_id}/passes"))["items"] == []


def test_an_existing_code_opens_nothing_but_the_door(desk, member_id):
    body = {"symbology": "Codabar", "text": "A12345B"}
    made = ok(desk.client.post(f"/v1/members/{member_id}/barcodes", json=body))
    row = desk.credential_row(_lookup(desk, PassKind.BARCODE, barcode_secret("Codabar", "12345")))
    assert (row["kind"], row["wrapped_key"], row["member_id"]) == ("barcode", None, str(member_id))
    assert ok(desk.client.post(f"/v1/members/{member_id}/barcodes", json=body)) == made
    other = desk.client.post(f"/v1/members/{desk.member()}/barcodes", json=body)
    assert (other.status_code, other.json()["code"]) == (409, "code_taken")


def test_our_own_codes_and_empty_ones_are_no_existing_codes(desk, member_id):
    card = desk.card(member_id)
    for text in (card["text"], "  "):
        body = {"symbology": "QRCode", "text": text}
        answer = desk.client.post(f"/v1/members/{member_id}/barcodes", json=body)
        assert answer.json()["errors"][0]["field"] == "text"


def test_an_import_answers_line_by_line_and_holds_up_no_other(desk, member_id):
    other = desk.member()
    ok(desk.client.post(f"/v1/members/{other}/barcodes", json={"symbology": "EAN8", "text": "11111111"}))
    lines = [(member_id, "one"), (member_id, "one"), (other, "one"), (an_id(), "two"), (member_id, "11111111")]
    items = [{"member_id": str(who), "symbology": "Code128", "text": text} for who, text in lines]
    results = ok(desk.client.post("/v1/barcode-imports", json={"items": items}))["results"]
    assert [item["status"] for item in results] == ["imported", "known", "taken", "member_unknown", "taken"]
    assert [item["line"] for item in results] == list(range(5))
    assert results[0]["pass_id"] == results[1]["pass_id"]
    assert desk.client.post("/v1/barcode-imports", json={"items": items * 201}).status_code == 422


def test_an_import_does_not_bring_a_lost_tag_back(desk, gym, member_id):
    tag = {"symbology": "Code128", "text": "LOST-1"}
    first = ok(desk.client.post(f"/v1/members/{member_id}/barcodes", json=tag))
    ok(desk.client.post(f"/v1/passes/{first['id']}/revoke"))
    sent = {"items": [{**tag, "member_id": str(member_id)}]}
    (told,) = ok(desk.client.post("/v1/barcode-imports", json=sent))["results"]
    assert (told["status"], told["pass_id"]) == ("revoked", first["id"])
    other = {"items": [{**tag, "member_id": str(desk.member())}]}
    assert ok(desk.client.post("/v1/barcode-imports", json=other))["results"][0]["status"] == "imported"


def test_a_dry_run_of_an_import_answers_the_same_and_writes_nothing(desk, member_id):
    ok(desk.client.post(f"/v1/members/{member_id}/barcodes", json={"symbology": "EAN8", "text": "11111111"}))
    stranger = an_id()
    lines = [(stranger, "one"), (stranger, "one"), (member_id, "one"), (stranger, "11111111"), (member_id, "11111111")]
    items = [{"member_id": str(who), "symbology": "Code128", "text": text} for who, text in lines]
    before = desk.roster(), desk.actions("qr")
    results = ok(desk.client.post("/v1/barcode-imports", json={"items": items, "dry_run": True}))["results"]
    assert [item["status"] for item in results] == ["imported", "known", "taken", "taken", "known"]
    assert (desk.roster(), desk.actions("qr")) == before


def test_an_import_writes_what_one_by_one_writes(desk, gym, member_id):
    second = desk.site("Second")
    items = [{"member_id": str(member_id), "symbology": "Code128", "text": f"tag {number}"} for number in range(5)]
    ok(desk.client.post("/v1/barcode-imports", json={"items": items}))
    body = {"symbology": "Code128", "text": "tag one by one"}
    ok(desk.client.post(f"/v1/members/{member_id}/barcodes", json=body))
    alone = _lookup(desk, PassKind.BARCODE, barcode_secret("Code128", "tag one by one"))
    many = [_lookup(desk, PassKind.BARCODE, barcode_secret("Code128", item["text"])) for item in items]
    for site_id in (desk.site_id, second):
        rows = [desk.credential_row(lookup, site_id) for lookup in many]
        assert rows == [desk.credential_row(alone, site_id)] * 5
    assert desk.actions("qr").count("pass.imported") == 1
    labels = {item["label"] for item in ok(desk.client.get(f"/v1/members/{member_id}/passes"))["items"]}
    assert labels == {"Code128"}


def test_a_revoked_pass_is_refused_everywhere_and_said_to_be_so(desk, gym, member_id):
    second = desk.site("Second")
    card = desk.card(member_id)
    for _ in range(2):
        view = ok(desk.client.post(f"/v1/passes/{card['id']}/revoke"))
    assert (view["status"], view["revoked_at"]) == ("revoked", "2026-03-18T12:00:00Z")
    for site_id in (desk.site_id, second):
        row = desk.credential_row(card["lookup"], site_id)
        assert (row["status"], row["wrapped_key"], row["member_id"]) == ("revoked", None, str(member_id))
    assert [(line.kind, line.id) for line in gym.cloud.journal.read()] == [("pass_revoked", card["id"])]
    assert desk.actions("qr").count("pass.revoked") == 1
    assert desk.published().count("pass.revoked") == 1
    assert desk.client.post(f"/v1/passes/{an_id()}/revoke").status_code == 404


def test_a_revoked_tag_may_be_given_out_again(desk, gym, member_id):
    body = {"symbology": "Code128", "text": "TAG-1"}
    first = ok(desk.client.post(f"/v1/members/{member_id}/barcodes", json=body))
    ok(desk.client.post(f"/v1/passes/{first['id']}/revoke"))
    gym.clock.advance(timedelta(minutes=1))
    other = desk.member()
    again = ok(desk.client.post(f"/v1/members/{other}/barcodes", json=body))
    assert (again["status"], again["member_id"]) == ("active", str(other))
    row = desk.credential_row(_lookup(desk, PassKind.BARCODE, b"TAG-1"))
    assert (row["status"], row["member_id"]) == ("active", str(other))


def test_the_journal_revokes_again_after_a_restore_but_not_what_was_given_out_since(desk, gym, member_id):
    card = desk.card(member_id)
    with gym.cloud.database.transaction() as session:
        revoke_again(session, card["id"], NOON - timedelta(hours=1))
    assert desk.credential_row(card["lookup"])["status"] == "active"
    with gym.cloud.database.transaction() as session:
        revoke_again(session, card["id"], NOON)
        revoke_again(session, an_id(), NOON)
    assert desk.credential_row(card["lookup"])["status"] == "revoked"


def test_no_raw_id_is_in_the_database(desk, gym, member_id):
    secrets = [parse(desk.card(member_id)["text"]).card_id for _ in range(3)]
    key = Ed25519PrivateKey.generate()
    secrets.append(from_base64(ok(_phone(desk, member_id, key))["credential_id"]))
    ok(desk.client.post(f"/v1/members/{member_id}/barcodes", json={"symbology": "Code39", "text": "PLANTED-TAG-9"}))
    secrets.append(b"PLANTED-TAG-9")
    gym.dispatch()
    content = stored_bytes(gym.cloud.database)
    forms = [form for secret in secrets for form in (secret, secret.hex().encode(), to_base64(secret).encode())]
    assert [form for form in forms if form in content] == []
    assert gym.cloud.keys.master_key not in content


def test_passes_of_nobody_are_unknown(desk):
    nobody, key = an_id(), Ed25519PrivateKey.generate()
    assert desk.client.get(f"/v1/members/{nobody}/passes").status_code == 404
    assert desk.client.post(f"/v1/members/{nobody}/cards", json={}).status_code == 404
    assert _phone(desk, nobody, key).status_code == 404
    body = {"symbology": "Code128", "text": "x"}
    assert desk.client.post(f"/v1/members/{nobody}/barcodes", json=body).status_code == 404


def _find(desk, text):
    return desk.client.post("/v1/pass-lookups", json={"text": text})


def test_a_cards_holder_is_found_by_its_text_also_when_it_is_revoked(desk, member_id):
    issued = ok(desk.client.post(f"/v1/members/{member_id}/cards", json={"label": "key ring"}))
    text, pass_id = issued["code"]["text"], issued["member_pass"]["id"]
    expected = {"member_id": str(member_id), "pass_id": pass_id, "kind": "card", "label": "key ring"}
    assert ok(_find(desk, f"{text}\n")) == {**expected, "status": "active"}
    ok(desk.client.post(f"/v1/passes/{pass_id}/revoke"))
    assert ok(_find(desk, text))["status"] == "revoked"


def test_a_phones_holder_is_found_by_any_of_its_codes(desk, member_id):
    key = Ed25519PrivateKey.generate()
    credential_id = from_base64(ok(_phone(desk, member_id, key))["credential_id"])
    token = sign_live(key, credential_id=credential_id, signed_at=NOON, gym_id=desk.gym.cloud.keys.gym_id)
    found = ok(_find(desk, to_text(token)))
    assert (found["member_id"], found["kind"]) == (str(member_id), "live")


def test_an_old_tags_holder_is_found_whatever_its_reader_calls_it(desk, member_id):
    for symbology, text in (("Codabar", "A40156B"), ("EAN13", "0012345678905")):
        request = {"symbology": symbology, "text": text, "label": "old"}
        ok(desk.client.post(f"/v1/members/{member_id}/barcodes", json=request))
    for text in ("A40156B", "40156", "0012345678905", "012345678905"):
        assert ok(_find(desk, text))["member_id"] == str(member_id)


def test_a_vouchers_holder_is_found_and_it_is_no_pass(desk, member_id):
    issued = ok(desk.client.post(f"/v1/members/{member_id}/vouchers", json={}))
    found = ok(_find(desk, issued["code"]["text"]))
    assert (found["member_id"], found["pass_id"], found["kind"]) == (str(member_id), None, "voucher")


@pytest.mark.parametrize("text", ["4006381333931", "G1NOTHING", "   ", "\u0000"])
def test_a_code_that_nobody_has_is_said_to_be_nobodys(desk, member_id, text):
    answer = _find(desk, text)
    assert (answer.status_code, answer.json()["code"]) == (404, "pass_unknown")


def test_a_revoked_pass_stands_at_the_version_that_a_kiosk_has_heard_of_it_with(desk, member_id):
    issued = ok(desk.client.post(f"/v1/members/{member_id}/cards", json={}))
    path = f"/v1/passes/{issued['member_pass']['id']}"
    (before,) = ok(desk.client.get(f"{path}/roster-places"))["items"]
    ok(desk.client.post(f"{path}/revoke"))
    (after,) = ok(desk.client.get(f"{path}/roster-places"))["items"]
    assert (after["site_id"], after["epoch"]) == (str(desk.site_id), before["epoch"])
    assert after["version"] > before["version"]
    with desk.gym.cloud.database.reading() as session:
        snapshot = read_snapshot(session, desk.site_id)
    assert (after["epoch"], after["version"]) == (str(snapshot.epoch), snapshot.version)
