"""What staff write down about a member: sealed under the member's key, lost with it. Medical ones open one by one."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from cloud_api.common import audit
from cloud_api.common.confidential import open_sealed, seal_for
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.gym.lookups import get_living_member
from cloud_api.gym.tables import RemarkRow
from shared.contracts.remarks import NewRemark, RemarkKind, RemarkList, RemarkView
from shared.errors import Rejected

_NEWEST = 200


def write_remark(session: Session, keys: Keys, member_id: UUID, new: NewRemark, *, by: Principal) -> RemarkView:
    """Write it down. Asked again with the same id, it gives what was written.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``; ``id_taken``: it names a remark about somebody else.
    """
    get_living_member(session, member_id, lock=True)
    known = session.get(RemarkRow, new.id)
    if known is not None and known.member_id != member_id:
        raise Rejected("This id names another remark.", code="id_taken")
    if known is not None:
        return _view(session, keys, known, opened=True)
    row = RemarkRow(
        id=new.id,
        member_id=member_id,
        at=transaction_time(session),
        written_by=by.subject,
        kind=new.kind.value,
        sealed=seal_for(session, keys, member_id, purpose_of(new.id), new.text),
    )
    session.add(row)
    _record(session, row, "remark_written", by=by)
    return _view(session, keys, row, opened=True)


def list_remarks(session: Session, keys: Keys, member_id: UUID) -> RemarkList:
    """The newest two hundred; medical ones closed.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``.
    """
    get_living_member(session, member_id)
    order = (col(RemarkRow.at).desc(), col(RemarkRow.id).desc())
    rows = session.exec(select(RemarkRow).where(RemarkRow.member_id == member_id).order_by(*order).limit(_NEWEST))
    return RemarkList(items=[_view(session, keys, row, opened=False) for row in rows])


def open_remark(session: Session, keys: Keys, member_id: UUID, remark_id: UUID, *, by: Principal) -> RemarkView:
    """Read one whole, also a medical one: who did so is written down.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``, ``remark_unknown``.
    """
    row = _get(session, member_id, remark_id)
    if row.kind == RemarkKind.MEDICAL.value:
        _record(session, row, "medical_remark_opened", by=by)
    return _view(session, keys, row, opened=True)


def remove_remark(session: Session, member_id: UUID, remark_id: UUID, *, by: Principal) -> None:
    """Take it away for good.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``, ``remark_unknown``.
    """
    row = _get(session, member_id, remark_id)
    session.delete(row)
    _record(session, row, "remark_removed", by=by)


def forget_remarks(session: Session, member_ids: Collection[UUID]) -> None:
    session.execute(delete(RemarkRow).where(col(RemarkRow.member_id).in_(member_ids)))


def purpose_of(remark_id: UUID) -> str:
    """Binds a remark to its row."""
    return f"remark {remark_id}"


def _get(session: Session, member_id: UUID, remark_id: UUID) -> RemarkRow:
    get_living_member(session, member_id)
    row = session.get(RemarkRow, remark_id)
    if row is None or row.member_id != member_id:
        raise Rejected("There is no such remark.", code="remark_unknown")
    return row


def _view(session: Session, keys: Keys, row: RemarkRow, *, opened: bool) -> RemarkView:
    kind = RemarkKind(row.kind)
    text = None
    if opened or kind is RemarkKind.GENERAL:
        text = open_sealed(session, keys, row.member_id, purpose_of(row.id), row.sealed)
    return RemarkView(id=row.id, member_id=row.member_id, at=row.at, by=row.written_by, kind=kind, text=text)


def _record(session: Session, row: RemarkRow, what: str, *, by: Principal) -> None:
    audit.record(
        session,
        service="gym",
        actor=by,
        action=f"member.{what}",
        subject=row.id,
        member_id=row.member_id,
        before={"kind": row.kind} if what == "remark_removed" else {},
        after={} if what == "remark_removed" else {"kind": row.kind},
    )
