"""What a member is on every day, past and to come: a few spans of days each, which the database filters and orders by.

The days of grace are a site's rule and may change: they are left to the question, so that no rule of a site is written
down for each of its members.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Table, and_, delete, false, insert, or_, true, update
from sqlmodel import Session, SQLModel, col

from cloud_api.common.session import transaction_time
from cloud_api.gym.tables import MemberSpanRow
from shared.contracts.members import MemberState
from shared.domain.membership import Membership, Standing, standing_on

_SPANS: Table = SQLModel.metadata.tables[str(MemberSpanRow.__tablename__)]
EVER, NEVER = date(1900, 1, 1), date(9999, 12, 31)
"""The first day of the first span and the last of the last; ``EVER`` stands for a day that is not, too."""
NOTHING = "none"
_BEST_FIRST = (Standing.ACTIVE, Standing.NOT_STARTED, Standing.FROZEN, Standing.OVERDUE, Standing.ENDED)
_DAY = timedelta(days=1)
_BEHIND = timedelta(days=2)
"""No site's day is further behind."""


@dataclass(frozen=True, slots=True)
class Span:
    """As a :class:`MemberSpanRow`, of nobody."""

    first_on: date
    last_on: date
    state: str
    plan_id: UUID | None
    until_on: date
    lapsed_on: date


_OF_SPAN = tuple(each.name for each in fields(Span))


def keep_spans(
    session: Session,
    held: Mapping[UUID, Sequence[Membership]],
    *,
    blocked: Collection[UUID] = (),
    fresh: bool = False,
) -> None:
    """Write down what these members are from now on, by all their memberships; ``fresh``: nothing is written yet."""
    if not fresh:
        forget_spans(session, held)
    since = transaction_time(session).date() - _BEHIND
    rows = [
        {"member_id": member_id, "is_blocked": member_id in blocked, **{name: getattr(span, name) for name in _OF_SPAN}}
        for member_id, memberships in held.items()
        for span in spans_of(memberships, since=since)
    ]
    session.execute(insert(_SPANS), rows)


def keep_blocked(session: Session, member_id: UUID, *, is_blocked: bool) -> None:
    """Write down whether staff let the member in, whatever the memberships say."""
    mine = col(MemberSpanRow.member_id) == member_id
    session.execute(update(MemberSpanRow).where(mine).values(is_blocked=is_blocked))


def forget_spans(session: Session, member_ids: Iterable[UUID]) -> None:
    session.execute(delete(MemberSpanRow).where(col(MemberSpanRow.member_id).in_(list(member_ids))))


def spans_of(memberships: Sequence[Membership], *, since: date = EVER) -> list[Span]:
    """Without a gap to ``NEVER``, from the one that the day ``since`` is in."""
    turns = sorted({EVER, *(day for each in memberships for day in _turns(each) if EVER < day <= NEVER)})
    lasts = [*(turn - _DAY for turn in turns[1:]), NEVER]
    spans: list[Span] = []
    for first, last in zip(turns, lasts, strict=True):
        span = _span(memberships, first, last)
        if spans and _same(spans[-1], span):
            span = Span(spans.pop().first_on, last, span.state, span.plan_id, span.until_on, span.lapsed_on)
        spans.append(span)
    return [span for span in spans if span.last_on >= since]


def is_today(today: date) -> ColumnElement[bool]:
    """The one span of each member that a day lies in."""
    return and_(col(MemberSpanRow.first_on) <= today, col(MemberSpanRow.last_on) >= today)


def is_in(state: MemberState, *, today: date, grace_days: int) -> ColumnElement[bool]:
    """Whether a member is this on a day. ``active`` takes in days of grace."""
    is_blocked = col(MemberSpanRow.is_blocked)
    if state is MemberState.BLOCKED:
        return is_blocked == true()
    kept_in = col(MemberSpanRow.lapsed_on) >= today - timedelta(days=grace_days)
    named = col(MemberSpanRow.state) == state.value
    said = or_(named, kept_in) if state is MemberState.ACTIVE else and_(named, ~kept_in)
    return and_(said, is_blocked == false())


def _turns(membership: Membership) -> Iterable[date]:
    yield membership.starts_on
    yield membership.paid_through_on + _DAY
    if membership.ends_on is not None:
        yield membership.ends_on + _DAY
    for freeze in membership.freezes:
        yield from (freeze.first, freeze.end)


def _span(memberships: Sequence[Membership], first: date, last: date) -> Span:
    stand = {each.id: standing_on(each, first, grace_days=0) for each in memberships}

    def rank(each: Membership) -> tuple[int, int]:
        return _BEST_FIRST.index(stand[each.id]), -each.paid_through_on.toordinal()

    best = min(memberships, key=rank, default=None)
    if best is None:
        return Span(first, last, NOTHING, None, EVER, EVER)
    is_in = stand[best.id] is Standing.ACTIVE
    lapsed = (
        EVER if is_in else max((each.paid_through_on for each in memberships if _lapsed(each, first)), default=EVER)
    )
    return Span(first, last, stand[best.id].value, best.plan_id, best.paid_through_on, lapsed)


def _lapsed(membership: Membership, day: date) -> bool:
    """Whether grace is what would let in on this day."""
    is_over = membership.ends_on is not None and day > membership.ends_on
    return not is_over and max(membership.starts_on, membership.paid_through_on + _DAY) <= day


def _same(one: Span, other: Span) -> bool:
    return (one.state, one.plan_id, one.until_on, one.lapsed_on) == (
        other.state,
        other.plan_id,
        other.until_on,
        other.lapsed_on,
    )
