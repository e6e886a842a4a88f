"""The long list of members: found by words, bounded by what they are today, in one of some orders, a page at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
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

_ID, _SPAN_OF = col(MemberRow.id), col(MemberSpanRow.member_id)


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
    """Living members as they are asked for. The first page says how many were found, and of how many."""
    order, asked = _ORDERS.get(wanted.sort, _BY_SPAN), _Asked(session, wanted)
    bounds = [] if wanted.after is None else [_after(order, wanted)]
    query = (
        asked.of(*order.columns, orders_members=order is not _BY_SPAN)
        .where(*bounds)
        .order_by(*_directed(order, wanted))
        .limit(wanted.limit + 1)
    )
    keys, following = cut(session.execute(query).all(), wanted.limit, tuple)
    items = _views(session, [key[-1] for key in keys])
    if wanted.after is not None:
        return MemberPage(items=items, next=following)
    total = count_living(session)
    found = total if wanted.bounds_nothing else int(session.scalar(asked.of(func.count())) or 0)
    return MemberPage(items=items, next=following, found=found, total=total)


def _views(session: Session, ids: Sequence[UUID]) -> list[MemberView]:
    rows = {row.id: row for row in session.exec(select_rows(MemberRow).where(_ID.in_(ids)))}
    return member_views(session, [rows[member_id] for member_id in ids])


def _after(order: _Order, wanted: MemberQuery) -> ColumnElement[bool]:
    return beyond(order.columns, wanted.after or "", order.types, descending=wanted.descending)


def _directed(order: _Order, wanted: MemberQuery) -> list[Any]:
    return [each.desc() if wanted.descending else each for each in order.columns]


class _Asked:
    """The question without order and page. Only the tables that it needs are in it: each costs time."""

    def __init__(self, session: Session, wanted: MemberQuery) -> None:
        sites = {row.id: to_site(row) for row in session.exec(select_rows(SiteRow).order_by(col(SiteRow.number)))}
        self._on_members = list(_on_members(wanted, sites))
        self._on_spans = list(_on_spans(session, wanted, sites))
        self._joins = len(_rules(session, sites)) > 1 or bool(self._on_members)
        self._by_span = bool(self._on_spans)
        self._words = [begins_with(word) for word in asked_for(wanted.search or "")]

    def of(self, *columns: Any, orders_members: bool = False) -> Select[Any]:
        """A SELECT of these. ``orders_members``: columns of members are among them."""
        query = select(*columns)
        if not self._by_span:
            return query.select_from(MemberRow).where(
                col(MemberRow.erased_at).is_(None), *self._on_members, *self._named(_ID)
            )
        if not (self._joins or orders_members):
            return query.select_from(MemberSpanRow).where(*self._on_spans, *self._named(_SPAN_OF))
        joined = query.select_from(MemberRow).join(MemberSpanRow, _SPAN_OF == _ID)
        return joined.where(*self._on_members, *self._on_spans, *self._named(_ID))

    def _named(self, who: Any) -> Iterator[ColumnElement[bool]]:
        word = col(MemberWordRow.word)
        for first, end in self._words:
            yield who.in_(select(col(MemberWordRow.member_id)).where(word >= first, word < end))


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
