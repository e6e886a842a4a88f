"""A pass in the table, in every roster, in the audit log and among the events: written together or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import audit, placement
from cloud_api.common.confidential import seal_with
from cloud_api.common.keys import Keys
from cloud_api.common.outbox import publish
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id, transaction_time
from cloud_api.qr.tables import PassRow
from shared.contracts.base import to_base64
from shared.contracts.roster import CredentialBody, KeyAlgorithm
from shared.domain.passes import PassKind, PassStatus
from shared.errors import Rejected
from shared.passtoken.lookup import lookup_hash
from shared.passtoken.sealing import wrap_for_credential

TOPIC = "pass"
_UNSEALING = frozenset({PassKind.LIVE, PassKind.CARD})
"""The kinds with 64 random bits or more: these open the member's sealed name at the door."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A pass to be. ``secret`` is what the lookup hash is made of, and is not kept; see ``shared.passtoken.lookup``."""

    kind: PassKind
    secret: bytes
    label: str
    algorithm: KeyAlgorithm | None = None
    public_key: bytes | None = None
    mail_text: str | None = None
    """What the member is to get by mail: it leaves sealed under the member's key."""


def get_pass(session: Session, pass_id: UUID) -> PassRow:
    """Raises Rejected ``pass_unknown``."""
    row = session.get(PassRow, pass_id)
    if row is None:
        raise Rejected("There is no such pass.", code="pass_unknown")
    return row


def find_pass(session: Session, keys: Keys, kind: PassKind, secret: bytes) -> PassRow | None:
    lookup = lookup_hash(keys.pepper, kind, secret)
    return session.exec(select(PassRow).where(PassRow.lookup == lookup)).first()


def find_passes(session: Session, keys: Keys, kind: PassKind, secrets: Iterable[bytes]) -> dict[bytes, PassRow]:
    """Those that there are, by their secrets."""
    by_lookup = {lookup_hash(keys.pepper, kind, secret): secret for secret in secrets}
    rows = session.exec(select(PassRow).where(col(PassRow.lookup).in_(by_lookup)))
    return {by_lookup[row.lookup]: row for row in rows}


def issue(session: Session, keys: Keys, member_id: UUID, draft: Draft, *, by: Principal | str) -> PassRow:
    """Give a member a pass that nobody has, or that was revoked before.

    Raises:
        Rejected: ``member_unknown``.
    """
    content_key = placement.get_content_key(session, keys, member_id)
    facts: dict[str, Any] = {
        "member_id": member_id,
        "kind": draft.kind.value,
        "label": draft.label,
        "algorithm": None if draft.algorithm is None else draft.algorithm.value,
        "public_key": draft.public_key,
        "wrapped_key": wrap_for_credential(content_key, draft.secret) if draft.kind in _UNSEALING else None,
        "status": PassStatus.ACTIVE.value,
        "issued_at": transaction_time(session),
        "revoked_at": None,
    }
    row = find_pass(session, keys, draft.kind, draft.secret)
    before = told(row)
    if row is None:
        lookup = lookup_hash(keys.pepper, draft.kind, draft.secret)
        row = PassRow(id=new_id(session), lookup=lookup, version=0, **facts)
    else:
        row.sqlmodel_update(facts)
    store(session, row, what="issued", by=by, before=before, sealed_mail=_sealed_mail(content_key, member_id, draft))
    return row


def store(
    session: Session,
    row: PassRow,
    *,
    what: str,
    by: Principal | str,
    before: Mapping[str, object],
    sealed_mail: bytes | None = None,
) -> None:
    """Write a pass everywhere that changed since ``before`` (:func:`told`)."""
    row.version += 1
    session.add(row)
    session.flush()
    placement.place_credential(session, row.lookup, body_of(row))
    audit.record(
        session, service="qr", actor=by, action=f"pass.{what}", subject=row.id, member_id=row.member_id,
        before=before, after=told(row), unsaid={"label"},
    )  # fmt: skip
    publish(session, topic=TOPIC, type=f"pass.{what}", key=row.member_id, payload=payload_of(row, sealed_mail))


def told(row: PassRow | None) -> dict[str, object]:
    """What the audit log gets of a pass: nothing that finds or opens one."""
    return {} if row is None else row.model_dump(include={"member_id", "kind", "status", "label"})


def payload_of(row: PassRow, sealed_mail: bytes | None = None) -> dict[str, Any]:
    """A pass' state. ``sealed_mail`` is what the member is to get by mail, under the member's key; None for no mail."""
    return {
        "pass_id": str(row.id),
        "member_id": str(row.member_id),
        "kind": row.kind,
        "status": row.status,
        "sealed_mail": None if sealed_mail is None else to_base64(sealed_mail),
        "version": row.version,
    }


def _sealed_mail(content_key: bytes, member_id: UUID, draft: Draft) -> bytes | None:
    if draft.mail_text is None:
        return None
    return seal_with(content_key, member_id, "mail", {"text": draft.mail_text})


def body_of(row: PassRow) -> CredentialBody:
    """What the member's own sites are told of the pass."""
    return CredentialBody(
        kind=PassKind(row.kind),
        status=PassStatus(row.status),
        member_id=row.member_id,
        other_site=False,
        algorithm=None if row.algorithm is None else KeyAlgorithm(row.algorithm),
        public_key=row.public_key,
        wrapped_key=row.wrapped_key,
    )
