"""Phones: a key that never leaves the phone signs a new code every few seconds; here lies its public half."""

import secrets
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.qr.passes import Draft, find_pass, issue
from cloud_api.qr.tables import PassRow
from shared.contracts.qr import PhoneRequest
from shared.contracts.roster import KeyAlgorithm
from shared.domain.passes import PassKind
from shared.errors import InvalidInput, Rejected

CREDENTIAL_ID_SIZE = 8


def register_phone(
    session: Session, keys: Keys, member_id: UUID, request: PhoneRequest, *, by: Principal | str
) -> tuple[PassRow, bytes]:
    """Register a phone's key as a live pass; returns it with the credential id, which is kept nowhere.

    Sent again with the same credential id and key it registers nothing twice.

    Raises:
        InvalidInput: not a public key of that algorithm.
        Rejected: ``member_unknown``; ``credential_taken``.
    """
    _must_be_key(request.algorithm, request.public_key)
    credential_id = request.credential_id or secrets.token_bytes(CREDENTIAL_ID_SIZE)
    known = find_pass(session, keys, PassKind.LIVE, credential_id)
    if known is not None:
        if (known.member_id, known.public_key) != (member_id, request.public_key):
            raise Rejected("This credential id is taken; make another one.", code="credential_taken")
        return known, credential_id
    draft = Draft(PassKind.LIVE, credential_id, request.label, request.algorithm, request.public_key)
    return issue(session, keys, member_id, draft, by=by), credential_id


def _must_be_key(algorithm: KeyAlgorithm, public_key: bytes) -> None:
    try:
        if algorithm is KeyAlgorithm.ED25519:
            Ed25519PublicKey.from_public_bytes(public_key)
        else:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError as error:
        raise InvalidInput(f"This is not a public key of {algorithm.value}.", field="public_key") from error
