"""Receipts as events tell of them: by reference, since they never change."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import Session, col, func, select

from cloud_api.common.database import Database, ignoring
from cloud_api.common.outbox import Item, Source, publish_reference
from cloud_api.payments.outgoing import TOPIC
from cloud_api.payments.tables import CounterRow, LineRow, ReceiptRow
from shared.domain.time import local_day

ISSUED, TOLD = "receipt.issued", "receipt.told"
_DONE = "receipts_told"
_A_ROW = 500
"""So many receipts of before are told of by one row of the outbox."""


def tell_issued(session: Session, row: ReceiptRow) -> None:
    publish_reference(session, topic=TOPIC, type=ISSUED, reference=row.number)


def announce_receipts(database: Database) -> bool:
    """Tell once of all receipts of before, which earlier releases did not; whether it was done now."""
    with database.reading() as session:
        if session.get(CounterRow, _DONE) is not None:
            return False
    with database.transaction() as session:
        newest = session.exec(select(func.max(ReceiptRow.number))).one() or 0
        for portion in range(-(-newest // _A_ROW)):
            publish_reference(session, topic=TOPIC, type=TOLD, reference=portion)
        session.execute(ignoring(session, insert(CounterRow)), [{"name": _DONE, "value": newest}])
    return True


def _issued(session: Session, reference: int) -> Sequence[Item]:
    return _items(session, range(reference, reference + 1), "issued")


def _told(session: Session, reference: int) -> Sequence[Item]:
    return _items(session, range(reference * _A_ROW + 1, (reference + 1) * _A_ROW + 1), "told")


sources: dict[str, Source] = {ISSUED: _issued, TOLD: _told}


def _items(session: Session, numbers: range, what: str) -> list[Item]:
    """``receipt`` events; the id of each follows from the receipt's, so that it is the same however often it is read."""
    found = col(ReceiptRow.number).between(numbers.start, numbers.stop - 1)
    rows = session.exec(select(ReceiptRow).where(found).order_by(col(ReceiptRow.number))).all()
    lines = defaultdict[UUID, list[dict[str, Any]]](list)
    ordered = col(LineRow.order_id).in_({row.order_id for row in rows})
    for line in session.exec(select(LineRow).where(ordered).order_by(col(LineRow.number))):
        told = {"number": line.number, "plan_id": str(line.plan_id), "price_minor": line.price_minor}
        lines[line.order_id].append(told)
    return [(uuid5(row.id, what), row.member_id, _payload(row, lines[row.order_id])) for row in rows]


def _payload(row: ReceiptRow, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "receipt_number": row.number,
        "kind": row.kind,
        "member_id": str(row.member_id),
        "site_id": str(row.site_id),
        "local_on": str(local_day(row.at, ZoneInfo(row.zone))),
        "method": row.method,
        "currency": row.currency,
        "amount_minor": row.amount_minor,
        "lines": lines,
    }
