"""Registering many phones or old codes at once: the same rows as one by one, in a few statements."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Table, insert
from sqlmodel import Session, SQLModel

from cloud_api.common import audit, placement
from cloud_api.common.keys import Keys
from cloud_api.common.outbox import publish_many
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id, transaction_time
from cloud_api.qr.passes import TOPIC, body_of, payload_of
from cloud_api.qr.tables import PassRow
from shared.contracts.roster import KeyAlgorithm
from shared.domain.passes import PassKind, PassStatus
from shared.passtoken.lookup import lookup_hash
from shared.passtoken.sealing import wrap_for_credential

_PASSES: Table = SQLModel.metadata.tables[str(PassRow.__tablename__)]


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A phone of a member: 8 random bytes and an Ed25519 public key (32 bytes)."""

    member_id: UUID
    credential_id: bytes
    public_key: bytes


def register_phones(session: Session, keys: Keys, phones: Sequence[NewPhone], *, by: Principal | str) -> list[UUID]:
    """Register phones whose credential ids are new; returns the ids of the passes. One audit row stands for all.

    Raises:
        Rejected: ``member_unknown``.
    """
    content_keys = placement.get_content_keys(session, keys, {phone.member_id for phone in phones})
    rows = [_row(session, keys, phone, content_keys[phone.member_id]) for phone in phones]
    session.execute(insert(_PASSES), [row.model_dump() for row in rows])
    placement.place_many(session, {row.lookup: body_of(row) for row in rows})
    audit.record(
        session, service="qr", actor=by, action="pass.imported", subject=f"{len(rows)} phones",
        after={"kind": PassKind.LIVE, "phones": len(rows)},
    )  # fmt: skip
    issued = [(new_id(session), row.member_id, json.dumps(payload_of(row))) for row in rows]
    publish_many(session, topic=TOPIC, type="pass.issued", items=issued)
    return [row.id for row in rows]


@dataclass(frozen=True, slots=True)
class NewBarcode:
    """A code that a member carries already. ``secret`` as ``barcode_secret`` gives it; it is not kept."""

    member_id: UUID
    secret: bytes = field(repr=False)
    label: str


def register_barcodes(
    session: Session, keys: Keys, codes: Sequence[NewBarcode], *, by: Principal | str
) -> dict[bytes, PassRow]:
    """Let codes that nobody has or had open the door; the passes by the secrets. One audit row stands for all.

    Raises:
        Rejected: ``member_unknown``.
    """
    if not codes:
        return {}
    made = {code.secret: _barcode_row(session, keys, code) for code in codes}
    rows = list(made.values())
    session.execute(insert(_PASSES), [row.model_dump() for row in rows])
    placement.place_many(session, {row.lookup: body_of(row) for row in rows})
    audit.record(
        session, service="qr", actor=by, action="pass.imported", subject=f"{len(rows)} barcodes",
        after={"kind": PassKind.BARCODE, "barcodes": len(rows)},
    )  # fmt: skip
    issued = [(new_id(session), row.member_id, json.dumps(payload_of(row))) for row in rows]
    publish_many(session, topic=TOPIC, type="pass.issued", items=issued)
    return made


def _barcode_row(session: Session, keys: Keys, code: NewBarcode) -> PassRow:
    return PassRow(
        id=new_id(session),
        member_id=code.member_id,
        kind=PassKind.BARCODE.value,
        lookup=lookup_hash(keys.pepper, PassKind.BARCODE, code.secret),
        status=PassStatus.ACTIVE.value,
        label=code.label,
        issued_at=transaction_time(session),
    )


def _row(session: Session, keys: Keys, phone: NewPhone, content_key: bytes) -> PassRow:
    return PassRow(
        id=new_id(session),
        member_id=phone.member_id,
        kind=PassKind.LIVE.value,
        lookup=lookup_hash(keys.pepper, PassKind.LIVE, phone.credential_id),
        status=PassStatus.ACTIVE.value,
        algorithm=KeyAlgorithm.ED25519.value,
        public_key=phone.public_key,
        wrapped_key=wrap_for_credential(content_key, phone.credential_id),
        issued_at=transaction_time(session),
    )
