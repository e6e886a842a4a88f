"""How members are reached: what ``gym`` told last, sealed under each member's own key."""

from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col

from cloud_api.common.outbox import Event
from cloud_api.notifications.tables import ContactRow, MailRow
from shared.contracts.base import from_base64
from shared.contracts.notifications import MailState

ERASED = "member_erased"


def learn_contact(session: Session, event: Event) -> None:
    """Take over a member's newest state. An older one changes nothing; the state told last may be told again."""
    data = event.data
    if "sealed_contact" not in data:  # told by release 0.1.0; gym told of these members again
        return
    member_id, sealed = UUID(data["member_id"]), data["sealed_contact"]
    row = session.get(ContactRow, member_id, with_for_update=True) or ContactRow(member_id=member_id, version=0)
    if row.version > data["version"]:
        return
    row.version, row.sealed = data["version"], None if sealed is None else from_base64(sealed)
    session.add(row)
    if data["erased"]:
        forget_mails(session, col(MailRow.member_id) == member_id, why=ERASED)


def forget_mails(session: Session, which: ColumnElement[bool], *, why: str) -> None:
    """Forget what mails say; those that wait will not go, and ``why`` is told."""
    queued = col(MailRow.state) == MailState.QUEUED.value
    session.execute(update(MailRow).where(which, queued).values(state=MailState.FAILED.value, error=why))
    session.execute(update(MailRow).where(which).values(content=None))
