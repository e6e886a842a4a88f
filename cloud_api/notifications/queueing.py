"""Asking for a mail: a row, written with the message that asked for it, and so once."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Table, update
from sqlmodel import Session, SQLModel, col, select

from cloud_api.common import audit
from cloud_api.common.confidential import seal_for
from cloud_api.common.keys import Keys
from cloud_api.common.outbox import Event
from cloud_api.common.placement import living_members
from cloud_api.common.portions import among, some_keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import touch, transaction_time
from cloud_api.notifications.contacts import forget_mails
from cloud_api.notifications.tables import MailRow
from shared.contracts.base import from_base64
from shared.contracts.notifications import MailKind, MailState
from shared.errors import Rejected

TOUCHED = "notifications.mail"
"""What a transaction touches (``session.touch``) that left a mail to send."""
PURPOSE = "mail"
_LISTED = 200
_TOLD = {"kind", "state", "round"}
_MAIL: Table = SQLModel.metadata.tables["notifications_mail"]


def hear_of_pass(session: Session, event: Event) -> None:
    """A pass or purchase code that is to be mailed; or one that was revoked, and is not to be sent any more."""
    data = event.data
    kind = MailKind.VOUCHER if data["kind"] == "voucher" else MailKind.PASS
    about = data["voucher_id"] if kind is MailKind.VOUCHER else data["pass_id"]
    if event.type == "pass.revoked":
        forget_mails(session, col(MailRow.about) == about, why="revoked")
    elif event.type == "pass.issued" and data.get("sealed_mail") is not None:
        _queue(session, event, kind, about=about, content=from_base64(data["sealed_mail"]))


def hear_of_payment(session: Session, keys: Keys, event: Event) -> None:
    """A payment or refund whose receipt is to be mailed."""
    kind = {"order.paid": MailKind.RECEIPT, "payment.refunded": MailKind.REFUND}.get(event.type)
    member_id = UUID(event.data["member_id"]) if kind is not None else None
    if kind is None or member_id is None or not event.data.get("receipt_by_mail"):
        return
    if not living_members(session, [member_id]):
        return
    content = seal_for(session, keys, member_id, PURPOSE, _facts(event.data))
    _queue(session, event, kind, about=event.data["order_id"], content=content)


def send_again(session: Session, mail_id: UUID, *, by: Principal) -> MailRow:
    """Have a mail sent (again), at once. One that waits is only hurried.

    Raises:
        Rejected: ``mail_unknown``; ``mail_forgotten``: what it said is not kept any more.
    """
    row = session.get(MailRow, mail_id, with_for_update=True)
    if row is None:
        raise Rejected("There is no such mail.", code="mail_unknown")
    if row.content is None:
        raise Rejected("What this mail said is not kept any more.", code="mail_forgotten")
    now = transaction_time(session)
    if row.state != MailState.QUEUED.value:
        before = row.model_dump(include=_TOLD)
        row.state, row.error, row.claimed_until = MailState.QUEUED.value, None, None
        row.round, row.tries = row.round + 1, 0
        audit.record(
            session, service="notifications", actor=by, action="mail.sent_again", subject=row.id,
            member_id=row.member_id, before=before, after=row.model_dump(include=_TOLD),
        )  # fmt: skip
    row.next_try_at = now
    session.add(row)
    touch(session, TOUCHED, row.id)
    return row


def list_mails(session: Session, member_id: UUID) -> list[MailRow]:
    """Newest first."""
    query = select(MailRow).where(MailRow.member_id == member_id)
    return list(session.exec(query.order_by(col(MailRow.queued_at).desc(), col(MailRow.id)).limit(_LISTED)))


def forget_old(session: Session, *, older_than: datetime) -> int:
    """Forget what a portion of the mails said that went, or failed, and were queued before an instant; how many."""
    done = col(MailRow.state) != MailState.QUEUED.value
    old = done & (col(MailRow.queued_at) < older_than) & col(MailRow.content).is_not(None)
    found = some_keys(session, _MAIL, old)
    if found:
        session.execute(update(_MAIL).where(among(_MAIL, found), old).values(content=None))
    return len(found)


def _queue(session: Session, event: Event, kind: MailKind, *, about: str, content: bytes) -> None:
    mail_id, now = uuid5(event.id, kind.value), transaction_time(session)
    if session.get(MailRow, mail_id) is not None:
        return
    session.add(
        MailRow(
            id=mail_id,
            member_id=UUID(event.data["member_id"]),
            kind=kind.value,
            about=about,
            content=content,
            state=MailState.QUEUED.value,
            queued_at=now,
            next_try_at=now,
        )
    )
    touch(session, TOUCHED, mail_id)


def _facts(data: dict[str, Any]) -> dict[str, Any]:
    """What a receipt says, of an event's payload."""
    return {
        "number": data["receipt_number"],
        "at": data.get("paid_at") or data["at"],
        "site_id": data["site_id"],
        "method": data["method"],
        "amount_minor": data.get("amount_minor", data["total_minor"]),
        "currency": data["currency"],
        "refers_to": data.get("refers_to"),
        "lines": [{"name": line["plan_name"], "price_minor": line["price_minor"]} for line in data["lines"]],
    }
