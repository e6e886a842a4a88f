r"""Signatures: members' phones (Ed25519 or P-256), the gym's vouchers and wipe orders, devices' challenges (Ed25519).

Every message begins with a context of its own, so that a signature for one purpose is worth nothing for another.
"""

import dataclasses
import secrets
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from shared.domain.passes import Signature
from shared.passtoken.tokens import ED25519, P256, LiveToken, VoucherToken

_HALF = 32
PhoneKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


def sign_live(key: PhoneKey, *, credential_id: bytes, signed_at: datetime, gym_id: UUID) -> LiveToken:
    """Make a live code as the phone does. ``signed_at`` is cut to whole seconds."""
    algorithm = ED25519 if isinstance(key, Ed25519PrivateKey) else P256
    draft = LiveToken(algorithm, credential_id, signed_at.replace(microsecond=0), b"")
    message = draft.message(gym_id)
    if isinstance(key, Ed25519PrivateKey):
        signature = key.sign(message)
    else:
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    return dataclasses.replace(draft, signature=signature)


def verify_live(token: LiveToken, *, public_key: bytes, algorithm: int, gym_id: UUID) -> Signature:
    """Check a live code against the phone's registered key. The algorithm registered counts, not the one claimed."""
    if token.algorithm != algorithm:
        return Signature.INVALID
    message = token.message(gym_id)
    if algorithm == ED25519:
        return _verify_ed25519(public_key, message, token.signature)
    r, s = (int.from_bytes(half, "big") for half in (token.signature[:_HALF], token.signature[_HALF:]))
    try:
        _p256_key(public_key).verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return Signature.INVALID
    return Signature.VALID


def issue_voucher(
    key: Ed25519PrivateKey, *, key_number: int, gym_id: UUID, gym_number: int, site_number: int, last_valid_on: date
) -> VoucherToken:
    """Sign a new voucher with a random id."""
    draft = VoucherToken(key_number, gym_number, site_number, secrets.token_bytes(8), last_valid_on, b"")
    return dataclasses.replace(draft, signature=key.sign(draft.message(gym_id)))


def verify_voucher(token: VoucherToken, *, public_key: bytes | None, gym_id: UUID) -> Signature:
    """Check a voucher. ``public_key`` is the issuer key of the token's number; None when the roster has none."""
    if public_key is None:
        return Signature.UNKNOWN_KEY
    return _verify_ed25519(public_key, token.message(gym_id), token.signature)


def challenge_message(device_id: UUID, nonce: bytes) -> bytes:
    """What a device signs to buy a token."""
    return b"fit-device-1\0" + device_id.bytes + nonce


def salvage_message(device_id: UUID, payload: str) -> bytes:
    """What a revoked device signs to hand in its events."""
    return b"fit-salvage-1\0" + device_id.bytes + payload.encode()


def wipe_message(*, gym_id: UUID, device_id: UUID, ordered_at: datetime) -> bytes:
    """What the gym signs to make a device wipe. Whole seconds."""
    return b"fit-wipe-1\0" + gym_id.bytes + device_id.bytes + int(ordered_at.timestamp()).to_bytes(8, "big")


def open_message(*, gym_id: UUID, device_id: UUID, order_id: UUID, ordered_at: datetime) -> bytes:
    """What the gym signs to have a door opened. Whole seconds."""
    seconds = int(ordered_at.timestamp()).to_bytes(8, "big")
    return b"fit-open-1\0" + gym_id.bytes + device_id.bytes + order_id.bytes + seconds


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature is good; a malformed key or signature is not."""
    return _verify_ed25519(public_key, message, signature) is Signature.VALID


def _verify_ed25519(public_key: bytes, message: bytes, signature: bytes) -> Signature:
    try:
        _ed25519_key(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return Signature.INVALID
    return Signature.VALID


@lru_cache(maxsize=4096)
def _ed25519_key(public_key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public_key)


@lru_cache(maxsize=4096)
def _p256_key(public_key: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
