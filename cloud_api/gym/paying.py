"""What was paid for is given, and what was refunded taken back: each line of an order once (money before access).

Whoever paid gets it: a plan withdrawn meanwhile is honoured, a renewal extends whatever the membership is by now. What
cannot be given any more is refused with a note to staff, who pay back.
"""

import json
import logging
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.common.outbox import Event
from cloud_api.common.session import new_id, transaction_time
from cloud_api.gym.lookups import get_living_member, get_membership, get_plan, home_of, who_they_are
from cloud_api.gym.mapping import to_membership
from cloud_api.gym.memberships import begin, extend, save_terms
from cloud_api.gym.tables import MemberRow, MembershipRow, NoteRow, PaidLineRow
from shared.domain import membership as rules
from shared.domain.membership import Given
from shared.domain.time import local_day
from shared.errors import InvalidInput, Rejected

log = logging.getLogger(__name__)

PAYMENT_TOPIC = "payment"
BY = "payments"
"""Who the audit log of ``gym`` names; that of ``payments`` names the person."""
_GIVEN, _REFUSED, _TAKEN_BACK = "given", "refused", "taken_back"


def hear_of_payment(session: Session, event: Event, *, keys: Keys) -> None:
    """Take in what ``payments`` told; of corrections the member sees nothing."""
    if event.type == "order.paid":
        for line in event.data["lines"]:
            _give(session, keys, event.data, line)
    elif event.type == "payment.refunded" and event.data["ends_membership"]:
        for line in event.data["lines"]:
            _take_back(session, keys, event.data, line)


def _give(session: Session, keys: Keys, order: dict[str, Any], line: dict[str, Any]) -> None:
    if _find(session, order, line) is not None:
        return
    row = _row(order, line, _GIVEN)
    try:
        given = _sell(session, keys, order, line) if line["kind"] == "sale" else _renew(session, keys, order, line)
    except (Rejected, InvalidInput) as error:  # final, and nobody waits for an answer: money must not be lost silently
        row.outcome = _REFUSED
        _note_refused(session, order, line, getattr(error, "code", "invalid_input"))
    else:
        row.days, row.visits, row.lifted_end_on = given.days, given.visits, given.lifted_end
    session.add(row)


def _sell(session: Session, keys: Keys, order: dict[str, Any], line: dict[str, Any]) -> Given:
    member = _buyer(session, order)
    membership_id = UUID(line["membership_id"])
    if session.get(MembershipRow, membership_id) is not None:
        raise Rejected("This id names another membership.", code="id_taken")
    plan = get_plan(session, UUID(line["plan_id"]))
    starts_on = date.fromisoformat(line["starts_on"]) if line["starts_on"] else _day_paid(session, member, order)
    row = begin(session, keys, member, plan, membership_id=membership_id, starts_on=starts_on, by=BY)
    return rules.given_by(to_membership(row), before=None)


def _renew(session: Session, keys: Keys, order: dict[str, Any], line: dict[str, Any]) -> Given:
    member = _buyer(session, order)
    row = get_membership(session, UUID(line["membership_id"]))
    before = to_membership(row)
    extend(session, keys, member, row, today=_day_paid(session, member, order), by=BY)
    return rules.given_by(to_membership(row), before=before)


def _buyer(session: Session, order: dict[str, Any]) -> MemberRow:
    return get_living_member(session, _who(session, order), lock=True)


def _who(session: Session, order: dict[str, Any]) -> UUID:
    """Who paid; who turned out to be another member is that one."""
    member_id = UUID(order["member_id"])
    return who_they_are(session, [member_id]).get(member_id, member_id)


def _day_paid(session: Session, member: MemberRow, order: dict[str, Any]) -> date:
    """The day of the payment at the home site: a message that comes a day late costs nobody a day."""
    return local_day(datetime.fromisoformat(order["paid_at"]), home_of(session, member).zone)


def _take_back(session: Session, keys: Keys, order: dict[str, Any], line: dict[str, Any]) -> None:
    """Take back what a line gave. A refund that is heard of first keeps its line from giving anything."""
    paid = _find(session, order, line) or _row(order, line, _REFUSED)
    was_given = paid.outcome == _GIVEN
    paid.outcome = _TAKEN_BACK
    session.add(paid)
    member = session.get(MemberRow, _who(session, order), with_for_update=True)
    if was_given and member is not None and member.erased_at is None:
        row = get_membership(session, paid.membership_id)
        terms = rules.take_back(to_membership(row), Given(paid.days, paid.visits, paid.lifted_end_on))
        save_terms(session, keys, member, row, terms, what="taken_back", by=BY)


def _find(session: Session, order: dict[str, Any], line: dict[str, Any]) -> PaidLineRow | None:
    return session.get(PaidLineRow, (UUID(order["order_id"]), line["number"]))


def _row(order: dict[str, Any], line: dict[str, Any], outcome: str) -> PaidLineRow:
    return PaidLineRow(
        order_id=UUID(order["order_id"]),
        number=line["number"],
        membership_id=UUID(line["membership_id"]),
        outcome=outcome,
    )


def _note_refused(session: Session, order: dict[str, Any], line: dict[str, Any], code: str) -> None:
    detail = {"order_id": order["order_id"], "receipt_number": order["receipt_number"], "reason": code}
    log.warning("line %d of paid order %s could not be given: %s", line["number"], order["order_id"], code)
    session.add(
        NoteRow(
            id=new_id(session),
            member_id=_who(session, order),
            at=transaction_time(session),
            code="paid_not_given",
            detail=json.dumps(detail),
        )
    )
