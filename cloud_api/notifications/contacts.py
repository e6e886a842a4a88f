"""How members are reached: what ``gym`` told last, sealed under each member's own key."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select, update
from sqlmodel import Session, SQLModel, col

from cloud_api.common.outbox import Event
from cloud_api.common.rewriting import rewrite
from cloud_api.notifications.tables import ContactRow, MailRow
from shared.contracts.base import from_base64
from shared.contracts.notifications import MailState

ERASED = "member_erased"
_CONTACTS: Table = SQLModel.metadata.tables[str(ContactRow.__tablename__)]


def learn_contacts(session: Session, events: Sequence[Event]) -> None:
    """Take over members' newest states. An older one changes nothing; the state told last may be told again."""
    told: dict[UUID, dict[str, Any]] = {}
    for data in (event.data for event in events if "sealed_contact" in event.data):  # release 0.1.0 told without
        member_id = UUID(data["member_id"])
        if member_id not in told or told[member_id]["version"] <= data["version"]:
            told[member_id] = data
    known = _versions(session, told)
    news = {member_id: data for member_id, data in told.items() if known.get(member_id, 0) <= data["version"]}
    rewrite(session, _CONTACTS, [_row(member_id, data) for member_id, data in news.items()])
    if erased := [member_id for member_id, data in news.items() if data["erased"]]:
        forget_mails(session, col(MailRow.member_id).in_(erased), why=ERASED)


def forget_mails(session: Session, which: ColumnElement[bool], *, why: str) -> None:
    """Forget what mails say; those that wait will not go, and ``why`` is told."""
    queued = col(MailRow.state) == MailState.QUEUED.value
    session.execute(update(MailRow).where(which, queued).values(state=MailState.FAILED.value, error=why))
    session.execute(update(MailRow).where(which).values(content=None))


def _versions(session: Session, member_ids: Collection[UUID]) -> dict[UUID, int]:
    """Of those that are known, locked in the order of their ids."""
    by = _CONTACTS.c.member_id
    query = select(by, _CONTACTS.c.version).where(by.in_(member_ids)).order_by(by).with_for_update()
    return {row.member_id: row.version for row in session.execute(query)}


def _row(member_id: UUID, data: Mapping[str, Any]) -> dict[str, Any]:
    sealed = data["sealed_contact"]
    return {
        "member_id": member_id,
        "version": data["version"],
        "sealed": None if sealed is None else from_base64(sealed),
    }
