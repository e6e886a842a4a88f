"""Vouchers: a purchase that travels with the member to a door that cannot know of it yet (hard case H10)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import audit, placement, roster
from cloud_api.common.confidential import seal_for
from cloud_api.common.journal import Journal
from cloud_api.common.keys import Keys
from cloud_api.common.outbox import publish
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.qr.issuer_keys import private_key, signing_key
from cloud_api.qr.passes import TOPIC
from cloud_api.qr.tables import VoucherRow
from shared.contracts.base import to_base64
from shared.contracts.qr import VoucherRequest
from shared.contracts.roster import CredentialBody, RowKind, SiteBody
from shared.domain.passes import PassKind, PassStatus
from shared.domain.time import local_day
from shared.errors import Rejected
from shared.passtoken.lookup import lookup_hash
from shared.passtoken.signing import issue_voucher as sign_voucher
from shared.passtoken.tokens import to_text

JOURNAL_KIND = "voucher_revoked"
_LIFE = timedelta(days=1)
"""Good today and so long after."""
_KEPT_REVOKED = timedelta(days=3)


def issue_voucher(
    session: Session, keys: Keys, member_id: UUID, request: VoucherRequest, *, by: Principal | str
) -> tuple[VoucherRow, str]:
    """Sign a voucher for today and tomorrow; returns it with its text.

    Raises:
        Rejected: ``member_unknown``, ``site_unknown``, ``no_issuer_key``.
    """
    if not placement.living_members(session, [member_id]):
        raise Rejected("There is no such member.", code="member_unknown")
    sites = [_site(session, site_id) for site_id in _sites(session, request)]
    today = max(local_day(transaction_time(session), site.zone) for site in (body.to_domain() for body in sites))
    key = signing_key(session)
    token = sign_voucher(
        private_key(key, keys),
        key_number=key.number,
        gym_id=keys.gym_id,
        gym_number=keys.gym_number,
        site_number=0 if request.site_id is None else sites[0].number,
        last_valid_on=today + _LIFE,
    )
    row = VoucherRow(
        id=token.voucher_id,
        member_id=member_id,
        membership_id=request.membership_id,
        site_id=request.site_id,
        last_valid_on=token.last_valid_on,
        key_number=key.number,
        status=PassStatus.ACTIVE.value,
        issued_at=transaction_time(session),
    )
    session.add(row)
    session.flush()
    text = to_text(token)
    mail = {"text": text, "last_valid_on": str(token.last_valid_on)}
    sealed = seal_for(session, keys, member_id, "mail", mail) if request.send_by_mail else None
    _tell(session, row, token.site_number, what="issued", by=by, sealed_mail=sealed)
    return row, text


def revoke_voucher(
    session: Session, keys: Keys, journal: Journal, voucher_id: bytes, *, by: Principal | str
) -> VoucherRow:
    """Take a voucher back. Doors that are offline still believe it until its last day.

    Raises:
        Rejected: ``voucher_unknown``.
    """
    row = session.get(VoucherRow, voucher_id)
    if row is None:
        raise Rejected("There is no such voucher.", code="voucher_unknown")
    if row.status == PassStatus.ACTIVE.value:
        now = transaction_time(session)
        _revoke(session, keys, row, at=now, by=by)
        journal.append(JOURNAL_KIND, UUID(int=int.from_bytes(voucher_id, "big")), now)
    return row


def revoke_again(session: Session, keys: Keys, journal_id: UUID, at: datetime) -> None:
    """Do after a restore what the journal says was done."""
    row = session.get(VoucherRow, journal_id.bytes[-8:])
    if row is not None and row.status == PassStatus.ACTIVE.value:
        _revoke(session, keys, row, at=at, by="restore")


def revoke_all(session: Session, keys: Keys, member_id: UUID) -> None:
    """Take back what an erased member could still show."""
    query = select(VoucherRow).where(VoucherRow.member_id == member_id, VoucherRow.status == PassStatus.ACTIVE.value)
    still_good = col(VoucherRow.last_valid_on) >= transaction_time(session).date() - _LIFE
    for row in session.exec(query.where(still_good)).all():
        _revoke(session, keys, row, at=transaction_time(session), by="system")


def _revoke(session: Session, keys: Keys, row: VoucherRow, *, at: datetime, by: Principal | str) -> None:
    row.status, row.revoked_at, row.version = PassStatus.REVOKED.value, at, row.version + 1
    session.add(row)
    session.flush()
    body = CredentialBody(
        kind=PassKind.VOUCHER,
        status=PassStatus.REVOKED,
        member_id=None,
        other_site=False,
        algorithm=None,
        public_key=None,
        wrapped_key=None,
    )
    placement.place_credential(session, lookup_hash(keys.pepper, PassKind.VOUCHER, row.id), body)
    _forget_old(session, keys, before=at.date() - _KEPT_REVOKED)
    _tell(session, row, None, what="revoked", by=by)


def _forget_old(session: Session, keys: Keys, *, before: date) -> None:
    """Doors need not be told of revoked vouchers that are over anyway."""
    query = select(VoucherRow).where(
        VoucherRow.status == PassStatus.REVOKED.value,
        col(VoucherRow.last_valid_on).between(before - timedelta(days=30), before),
    )
    for row in session.exec(query):
        placement.remove_credential(session, lookup_hash(keys.pepper, PassKind.VOUCHER, row.id))


def _sites(session: Session, request: VoucherRequest) -> list[UUID]:
    return roster.list_sites(session) if request.site_id is None else [request.site_id]


def _site(session: Session, site_id: UUID) -> SiteBody:
    body = roster.find_body(session, site_id=site_id, kind=RowKind.SITE, key=str(site_id))
    if body is None:
        raise Rejected("There is no such site.", code="site_unknown")
    return SiteBody.model_validate_json(body)


def _tell(
    session: Session,
    row: VoucherRow,
    site_number: int | None,
    *,
    what: str,
    by: Principal | str,
    sealed_mail: bytes | None = None,
) -> None:
    told = row.model_dump(include={"status", "site_id", "membership_id", "last_valid_on", "revoked_at"})
    audit.record(
        session, service="qr", actor=by, action=f"voucher.{what}", subject=row.id.hex(), member_id=row.member_id,
        before={} if what == "issued" else {**told, "status": PassStatus.ACTIVE, "revoked_at": None}, after=told,
    )  # fmt: skip
    payload = {
        "voucher_id": row.id.hex(),
        "kind": PassKind.VOUCHER.value,
        "member_id": str(row.member_id),
        "membership_id": None if row.membership_id is None else str(row.membership_id),
        "site_number": site_number,
        "last_valid_on": str(row.last_valid_on),
        "status": row.status,
        "sealed_mail": None if sealed_mail is None else to_base64(sealed_mail),
        "version": row.version,
    }
    publish(session, topic=TOPIC, type=f"pass.{what}", key=row.member_id, payload=payload)
