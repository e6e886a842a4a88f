"""The vectors in docs/wire/vectors: what another implementer checks against holds for ours too."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts.roster import CHECKSUM_MODULUS, row_hash
from shared.domain.passes import PassKind, Signature
from shared.passtoken import base45
from shared.passtoken.lookup import barcode_secret, lookup_hash
from shared.passtoken.sealing import (
    seal,
    unseal,
    unwrap_with_credential,
    unwrap_with_site,
    wrap_for_credential,
    wrap_for_site,
)
from shared.passtoken.signing import (
    challenge_message,
    is_signed,
    salvage_message,
    verify_live,
    verify_voucher,
    wipe_message,
)
from shared.passtoken.tokens import CardToken, LiveToken, VoucherToken, parse, to_text
from tests.support.tokens import public_bytes

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "wire" / "vectors"


def read(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def each(name: str, part: str = "vectors"):
    return pytest.mark.parametrize("vector", read(name)[part], ids=lambda vector: str(vector)[:40])


def unhex(text: str) -> bytes:
    return bytes.fromhex(text)


def private_key(key: dict):
    if key["algorithm"] == "ed25519":
        return Ed25519PrivateKey.from_private_bytes(unhex(key["private_key"]))
    return ec.derive_private_key(int(key["private_key"], 16), ec.SECP256R1())


PUBLIC_KEYS = {
    key["name"]: unhex(key["public_key"]) for name in ("live-codes", "vouchers") for key in read(name)["keys"]
}


@each("base45")
def test_base45(vector):
    assert base45.encode(unhex(vector["hex"])) == vector["text"]
    assert base45.decode(vector["text"]) == unhex(vector["hex"])


@each("base45", "invalid")
def test_not_base45(vector):
    assert base45.decode(vector) is None


@pytest.mark.parametrize("name", ["live-codes", "vouchers"])
def test_public_keys_are_those_of_the_private_keys(name):
    for key in read(name)["keys"]:
        assert public_bytes(private_key(key)).hex() == key["public_key"]


@each("live-codes")
def test_live_code(vector):
    token = LiveToken(
        vector["algorithm"],
        unhex(vector["credential_id"]),
        datetime.fromtimestamp(vector["unix_seconds"], UTC),
        unhex(vector["signature"]),
    )
    gym_id = UUID(vector["gym_id"])
    assert to_text(token) == vector["text"]
    assert parse(vector["text"]) == token
    assert token.message(gym_id).hex() == vector["message"]
    public_key = PUBLIC_KEYS[vector["key"]]
    found = verify_live(token, public_key=public_key, algorithm=vector["algorithm"], gym_id=gym_id)
    assert found is Signature.VALID


def test_ed25519_signatures_can_be_made_again():
    keys = {key["name"]: private_key(key) for name in ("live-codes", "vouchers") for key in read(name)["keys"]}
    made_again = 0
    for vector in read("live-codes")["vectors"] + read("vouchers")["vectors"]:
        key = keys[vector["key"]]
        if isinstance(key, Ed25519PrivateKey):
            assert key.sign(unhex(vector["message"])).hex() == vector["signature"]
            made_again += 1
    assert made_again == 5


@each("live-codes", "invalid")
def test_bad_live_code(vector):
    token = parse(vector["text"])
    assert isinstance(token, LiveToken)
    found = verify_live(
        token,
        public_key=unhex(vector["public_key"]),
        algorithm=vector["algorithm"],
        gym_id=UUID(vector["gym_id"]),
    )
    assert found is Signature.INVALID


@pytest.mark.parametrize("name", ["live-codes", "vouchers"])
def test_unknown_codes(name):
    for vector in read(name)["unknown"]:
        assert parse(vector["text"]) is None, vector["name"]


@each("vouchers")
def test_voucher(vector):
    token = VoucherToken(
        vector["key_number"],
        vector["gym_number"],
        vector["site_number"],
        unhex(vector["voucher_id"]),
        date.fromisoformat(vector["last_valid_on"]),
        unhex(vector["signature"]),
    )
    gym_id = UUID(vector["gym_id"])
    assert parse(vector["text"]) == token
    assert to_text(token) == vector["text"]
    assert token.message(gym_id).hex() == vector["message"]
    assert verify_voucher(token, public_key=PUBLIC_KEYS["issuer"], gym_id=gym_id) is Signature.VALID


@each("vouchers", "invalid")
def test_bad_voucher(vector):
    token = parse(vector["text"])
    assert isinstance(token, VoucherToken)
    found = verify_voucher(token, public_key=unhex(vector["public_key"]), gym_id=UUID(vector["gym_id"]))
    assert found is Signature.INVALID


@each("cards")
def test_card(vector):
    assert parse(vector["text"]) == CardToken(unhex(vector["card_id"]))
    assert to_text(CardToken(unhex(vector["card_id"]))) == vector["text"]


PEPPER = unhex(read("lookups")["pepper"])


@each("lookups")
def test_lookup(vector):
    assert lookup_hash(PEPPER, PassKind(vector["kind"]), unhex(vector["secret"])).hex() == vector["lookup"]


@each("lookups", "barcodes")
def test_barcode(vector):
    secret = barcode_secret(vector["symbology"], vector["text"])
    assert secret.hex() == vector["secret"]
    assert lookup_hash(PEPPER, PassKind.BARCODE, secret).hex() == vector["lookup"]


def test_sealing():
    vector = read("sealing")
    content_key, site_key = unhex(vector["content_key"]), unhex(vector["site_key"])
    sealed, about = unhex(vector["sealed"]), UUID(vector["member_id"]).bytes
    assert seal(content_key, vector["plain"].encode(), about=about) == sealed
    assert unseal(content_key, sealed, about=about) == vector["plain"].encode()
    assert wrap_for_site(content_key, site_key).hex() == vector["site_wrap"]
    assert unwrap_with_site(unhex(vector["site_wrap"]), site_key) == content_key
    for wrap in vector["credential_wraps"]:
        assert wrap_for_credential(content_key, unhex(wrap["secret"])).hex() == wrap["wrapped_key"]
        assert unwrap_with_credential(unhex(wrap["wrapped_key"]), unhex(wrap["secret"])) == content_key


def test_signed_messages():
    document = read("signed-messages")
    key = Ed25519PrivateKey.from_private_bytes(unhex(document["key"]["private_key"]))
    assert public_bytes(key).hex() == document["key"]["public_key"]
    challenge, salvage, wipe = document["vectors"]
    ours = {
        "challenge": challenge_message(UUID(challenge["device_id"]), unhex(challenge["nonce"])),
        "salvage": salvage_message(UUID(salvage["device_id"]), salvage["payload"]),
        "wipe": wipe_message(
            gym_id=UUID(wipe["gym_id"]),
            device_id=UUID(wipe["device_id"]),
            ordered_at=datetime.fromisoformat(wipe["ordered_at"]),
        ),
    }
    for vector in document["vectors"]:
        assert ours[vector["name"]].hex() == vector["message"]
        assert key.sign(unhex(vector["message"])).hex() == vector["signature"]
        assert is_signed(public_bytes(key), unhex(vector["message"]), unhex(vector["signature"]))


def test_roster_checksum():
    document = read("roster-checksum")
    hashes = [row_hash(row["kind"], row["key"], row["version"], row["body"]) for row in document["rows"]]
    assert hashes == [row["hash"] for row in document["rows"]]
    assert sum(hashes) % CHECKSUM_MODULUS == document["checksum"]
