"""Passes for sample members, with the secret halves."""

import random
import secrets
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.qr.barcodes import add_barcode
from cloud_api.qr.cards import issue_card
from cloud_api.qr.phones import register_phone
from cloud_api.sample.offer import BY
from shared.contracts.base import to_base64
from shared.contracts.gym import MemberView
from shared.contracts.qr import BarcodeRequest, CardRequest, PhoneRequest, Symbology
from shared.contracts.roster import KeyAlgorithm
from shared.domain.passes import PassKind

PhoneKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey
_SHARE_OF_P256 = 0.25
_KINDS = (PassKind.LIVE, PassKind.CARD, PassKind.BARCODE)
_WEIGHTS = (6, 3, 1)


def draw_kind(rng: random.Random) -> PassKind:
    return rng.choices(_KINDS, _WEIGHTS)[0]


def give_pass(session: Session, keys: Keys, member: MemberView, kind: PassKind, rng: random.Random) -> dict[str, Any]:
    """Give a member a pass; returns what a SampleMember tells of it.

    What kind of key it is follows from ``rng``; the secrets themselves are random in every run, because a sample gym
    may be reached by others.
    """
    if kind is PassKind.CARD:
        row, text = issue_card(session, keys, member.id, CardRequest(label="sample card"), by=BY)
        return {"pass_id": row.id, "kind": kind.value, "text": text}
    if kind is PassKind.BARCODE:
        return _give_barcode(session, keys, member, rng)
    private = new_key(KeyAlgorithm.P256 if rng.random() < _SHARE_OF_P256 else KeyAlgorithm.ED25519)
    request = PhoneRequest(algorithm=algorithm_of(private), public_key=public_bytes(private), label="sample phone")
    row, credential_id = register_phone(session, keys, member.id, request, by=BY)
    return {"pass_id": row.id, **phone_facts(private, credential_id)}


def phone_facts(private: PhoneKey, credential_id: bytes) -> dict[str, Any]:
    """What a SampleMember tells of a phone."""
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "kind": PassKind.LIVE.value,
        "credential_id": to_base64(credential_id),
        "algorithm": algorithm_of(private).value,
        "private_key_pem": pem.decode("ascii"),
    }


def new_key(algorithm: KeyAlgorithm) -> PhoneKey:
    if algorithm is KeyAlgorithm.ED25519:
        return Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def algorithm_of(private: PhoneKey) -> KeyAlgorithm:
    return KeyAlgorithm.ED25519 if isinstance(private, Ed25519PrivateKey) else KeyAlgorithm.P256


def public_bytes(private: PhoneKey) -> bytes:
    """32 raw bytes, or 33 of a compressed point."""
    if isinstance(private, Ed25519PrivateKey):
        return private.public_key().public_bytes_raw()
    return private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


def _give_barcode(session: Session, keys: Keys, member: MemberView, rng: random.Random) -> dict[str, Any]:
    symbology = rng.choice((Symbology.CODE_128, Symbology.EAN_13))
    text = f"FIT-{member.number}-{secrets.randbelow(10**6):06}" if symbology is Symbology.CODE_128 else _ean13()
    row = add_barcode(session, keys, member.id, BarcodeRequest(symbology=symbology, text=text), by=BY)
    return {"pass_id": row.id, "kind": PassKind.BARCODE.value, "symbology": symbology.value, "text": text}


def _ean13() -> str:
    """A number of the range kept for use inside a shop, with its check digit."""
    digits = f"2{secrets.randbelow(10**11):011}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"
