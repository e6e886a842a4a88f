"""Rows as messages. No response is a table."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.placement import living_members
from cloud_api.qr.issuer_keys import living_keys, signing_key
from cloud_api.qr.tables import IssuerKeyRow, PassRow, VoucherRow
from shared.contracts.qr import IssuerKeyList, IssuerKeyView, PassList, PassView, VoucherList, VoucherView
from shared.contracts.roster import KeyAlgorithm
from shared.domain.passes import PassKind, PassStatus
from shared.errors import Rejected


def pass_view(row: PassRow) -> PassView:
    return PassView(
        id=row.id,
        member_id=row.member_id,
        kind=PassKind(row.kind),
        status=PassStatus(row.status),
        label=row.label,
        algorithm=None if row.algorithm is None else KeyAlgorithm(row.algorithm),
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
    )


def voucher_view(row: VoucherRow) -> VoucherView:
    return VoucherView(
        id=row.id.hex(),
        member_id=row.member_id,
        membership_id=row.membership_id,
        site_id=row.site_id,
        last_valid_on=row.last_valid_on,
        status=PassStatus(row.status),
        issued_at=row.issued_at,
    )


def list_passes(session: Session, member_id: UUID) -> PassList:
    """Newest first. Raises Rejected ``member_unknown``."""
    _must_live(session, member_id)
    order = (col(PassRow.issued_at).desc(), col(PassRow.id).desc())
    rows = session.exec(select(PassRow).where(PassRow.member_id == member_id).order_by(*order))
    return PassList(items=[pass_view(row) for row in rows])


def list_vouchers(session: Session, member_id: UUID) -> VoucherList:
    """Newest first. Raises Rejected ``member_unknown``."""
    _must_live(session, member_id)
    order = (col(VoucherRow.issued_at).desc(), col(VoucherRow.id))
    rows = session.exec(select(VoucherRow).where(VoucherRow.member_id == member_id).order_by(*order))
    return VoucherList(items=[voucher_view(row) for row in rows])


def list_issuer_keys(session: Session) -> IssuerKeyList:
    """All there ever were, newest first."""
    signing = signing_key(session).number if living_keys(session) else None
    rows = session.exec(select(IssuerKeyRow).order_by(col(IssuerKeyRow.number).desc()))
    return IssuerKeyList(items=list(_key_views(rows, signing)))


def issuer_key_view(session: Session, row: IssuerKeyRow) -> IssuerKeyView:
    return next(iter(_key_views([row], signing_key(session).number)))


def _key_views(rows: Iterable[IssuerKeyRow], signing: int | None) -> Iterable[IssuerKeyView]:
    for row in rows:
        yield IssuerKeyView(
            number=row.number,
            public_key=row.public_key,
            created_at=row.created_at,
            signs=row.number == signing,
            retired_at=row.retired_at,
        )


def _must_live(session: Session, member_id: UUID) -> None:
    if not living_members(session, [member_id]):
        raise Rejected("There is no such member.", code="member_unknown")
