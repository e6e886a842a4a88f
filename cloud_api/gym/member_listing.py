"""The long list of members: found by words, bounded by what they are today, in one of some orders, a page at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, distinct, func, or_, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from cloud_api.common.paging import beyond, cut
from cloud_api.common.placement import count_living
from cloud_api.gym import spans
from cloud_api.gym.listing import member_views
from cloud_api.gym.lookups import today_at
from cloud_api.gym.mapping import to_site
from cloud_api.gym.tables import MemberRow, MemberSpanRow, MemberWordRow, SiteRow
from cloud_api.gym.words import asked_for, begins_with
from shared.contracts.gym import MemberPage, MemberView
from shared.contracts.members import MemberQuery, MemberSort
from shared.domain.site import Site

_ID, _SPAN_OF, _WORD_OF = col(MemberRow.id), col(MemberSpanRow.member_id), col(MemberWordRow.member_id)
_MANY = 2000


@dataclass(frozen=True, slots=True)
class _Order:
    """The columns of an order, the id last, and what they hold."""

    columns: Sequence[Any]
    types: Sequence[type]


_ORDERS = {
    MemberSort.NAME: _Order([col(MemberRow.family_name), col(MemberRow.given_name), _ID], [str, str, UUID]),
    MemberSort.NUMBER: _Order([col(MemberRow.number_order), _ID], [str, UUID]),
    MemberSort.JOINED: _Order([col(MemberRow.joined_at), _ID], [datetime, UUID]),
    MemberSort.LAST_VISIT: _Order([col(MemberRow.last_visit_at), _ID], [datetime, UUID]),
}
_BY_SPAN = _Order([col(MemberSpanRow.until_on), _SPAN_OF], [date, UUID])
_Rule = tuple[date, int]
"""Today, and the days of grace: what a home site's clock and rules say."""


def list_members(session: Session, wanted: MemberQuery) -> MemberPage:
    """Living members as they are asked for. The first page says how many there are."""
    order, asked = _ORDERS.get(wanted.sort, _BY_SPAN), _Asked(session, wanted)
    found = asked.count() if wanted.after is None or asked.by_span else None
    query = asked.of(*order.columns) if order is _BY_SPAN else asked.of_members(order.columns, are_many=found)
    if wanted.after is not None:
        query = query.where(beyond(order.columns, wanted.after, order.types, descending=wanted.descending))
    query = query.order_by(*_directed(order, wanted)).limit(wanted.limit + 1)
    keys, following = cut(session.execute(query).all(), wanted.limit, tuple)
    items = _views(session, [key[-1] for key in keys])
    return MemberPage(items=items, next=following, found=found if wanted.after is None else None)


def _views(session: Session, ids: Sequence[UUID]) -> list[MemberView]:
    rows = {row.id: row for row in session.exec(select_rows(MemberRow).where(_ID.in_(ids)))}
    return member_views(session, [rows[member_id] for member_id in ids])


def _directed(order: _Order, wanted: MemberQuery) -> list[Any]:
    return [each.desc() if wanted.descending else each for each in order.columns]


class _Asked:
    """The question without order and page. Only the tables that it needs are in it: each costs time."""

    def __init__(self, session: Session, wanted: MemberQuery) -> None:
        self._session = session
        sites = {row.id: to_site(row) for row in session.exec(select_rows(SiteRow).order_by(col(SiteRow.number)))}
        self._on_members = list(_on_members(wanted, sites))
        self._on_spans = list(_on_spans(session, wanted, sites))
        self._joins = len(_rules(session, sites)) > 1 or bool(self._on_members)
        self.by_span = bool(self._on_spans)
        self._named = [
            (col(MemberWordRow.word) >= first) & (col(MemberWordRow.word) < end)
            for first, end in map(begins_with, asked_for(wanted.search or ""))
        ]

    def count(self) -> int:
        """How many there are."""
        if self.by_span:
            query = self.of(func.count())
        elif self._on_members:
            query = self.of_members([func.count()])
        elif self._named:
            first, *others = self._named
            query = select(func.count(distinct(_WORD_OF))).where(first, *_who(_WORD_OF, others))
        else:
            return count_living(self._session)
        return int(self._session.scalar(query) or 0)

    def of(self, *columns: Any) -> Select[Any]:
        """A SELECT of spans, with their members where they are asked about."""
        if self._joins:
            return self.of_members(columns)
        return select(*columns).select_from(MemberSpanRow).where(*self._on_spans, *_who(_SPAN_OF, self._named))

    def of_members(self, columns: Sequence[Any], *, are_many: int | None = None) -> Select[Any]:
        """A SELECT of members, with their spans where they are asked about.

        ``are_many`` is how many there are: among many, the first ones of an order are found by going along it, which
        MySQL does not see by itself.
        """
        query = select(*columns).select_from(MemberRow).where(*self._on_members, *_who(_ID, self._named))
        if not self.by_span:
            return query.where(col(MemberRow.erased_at).is_(None))
        if are_many is not None and are_many > _MANY:
            query = query.prefix_with("STRAIGHT_JOIN", dialect="mysql")
        return query.join(MemberSpanRow, _SPAN_OF == _ID).where(*self._on_spans)


def _who(member_id: Any, named: Iterable[ColumnElement[bool]]) -> Iterator[ColumnElement[bool]]:
    """Those who have a word of each kind."""
    for word in named:
        yield member_id.in_(select(_WORD_OF).where(word))


def _on_members(wanted: MemberQuery, sites: Mapping[UUID, Site]) -> Iterator[ColumnElement[bool]]:
    if wanted.site_id is not None:
        yield col(MemberRow.home_site_id) == wanted.site_id
    zone = next((site.zone for site_id, site in sites.items() if wanted.site_id in (None, site_id)), UTC)
    if wanted.joined_first is not None:
        yield col(MemberRow.joined_at) >= datetime.combine(wanted.joined_first, time.min, zone)
    if wanted.joined_last is not None:
        yield col(MemberRow.joined_at) < datetime.combine(wanted.joined_last + timedelta(days=1), time.min, zone)


def _on_spans(session: Session, wanted: MemberQuery, sites: Mapping[UUID, Site]) -> Iterator[ColumnElement[bool]]:
    """What is asked of the day; nothing when the day does not matter."""
    if wanted.plan_id is not None:
        yield col(MemberSpanRow.plan_id) == wanted.plan_id
    if wanted.until_last is not None:
        yield col(MemberSpanRow.until_on) <= wanted.until_last
    if wanted.state or wanted.plan_id or wanted.until_last or wanted.sort is MemberSort.UNTIL:
        yield or_(*(_on_a_day(wanted, rule, at) for rule, at in _rules(session, sites).items()))


def _on_a_day(wanted: MemberQuery, rule: _Rule, at: Sequence[UUID] | None) -> ColumnElement[bool]:
    today, grace_days = rule
    said = [spans.is_today(today)]
    if wanted.state is not None:
        said.append(spans.is_in(wanted.state, today=today, grace_days=grace_days))
    if at is not None:
        said.append(col(MemberRow.home_site_id).in_(at))
    return and_(*said)


def _rules(session: Session, sites: Mapping[UUID, Site]) -> Mapping[_Rule, Sequence[UUID] | None]:
    """The home sites by what holds there today; None for all of them."""
    found: defaultdict[_Rule, list[UUID]] = defaultdict(list)
    for site_id, site in sites.items():
        found[today_at(session, site), site.policy.grace_days].append(site_id)
    return dict.fromkeys(found) if len(found) == 1 else found
