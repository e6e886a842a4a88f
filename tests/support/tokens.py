"""Tokens and keys for tests. The keys are fixed: never use them anywhere else."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.passtoken.signing import PhoneKey, issue_voucher, sign_live
from shared.passtoken.tokens import LiveToken, VoucherToken

GYM_ID = UUID("01977420-dc00-7000-8000-0000000000aa")
OTHER_GYM_ID = UUID("01977420-dc00-7000-8000-0000000000bb")
SIGNED_AT = datetime(2026, 3, 18, 12, 0, 5, tzinfo=UTC)
CREDENTIAL_ID = bytes.fromhex("0102030405060708")

ED25519_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_ED25519_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
P256_KEY = ec.derive_private_key(int.from_bytes(bytes(range(32)), "big"), ec.SECP256R1())
OTHER_P256_KEY = ec.derive_private_key(int.from_bytes(bytes(range(1, 33)), "big"), ec.SECP256R1())


def public_bytes(key: PhoneKey) -> bytes:
    """The public key as it is registered: 32 raw bytes, or a compressed point of 33."""
    if isinstance(key, Ed25519PrivateKey):
        return key.public_key().public_bytes_raw()
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


def a_live_token(key: PhoneKey = ED25519_KEY, **changes: Any) -> LiveToken:
    facts: dict[str, Any] = {"credential_id": CREDENTIAL_ID, "signed_at": SIGNED_AT, "gym_id": GYM_ID}
    return sign_live(key, **{**facts, **changes})


def a_voucher_token(key: Ed25519PrivateKey = ED25519_KEY, **changes: Any) -> VoucherToken:
    facts: dict[str, Any] = {
        "key_number": 3,
        "gym_id": GYM_ID,
        "gym_number": 7,
        "site_number": 0,
        "last_valid_on": date(2026, 3, 19),
    }
    return issue_voucher(key, **{**facts, **changes})
