"""Visits are derived from check-ins; whoever uploads first changes nothing (hard case: packs are computed)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from shared.domain.attendance import CheckIn
from shared.domain.device import Direction
from shared.domain.ids import EventId, MemberId, SiteId

LONGEST_VISIT = timedelta(hours=16)
"""An exit later than this after an entry closes nothing: the way out was forgotten."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay. ``opened_by`` is its first check-in; ``closed_at`` is None while no exit was seen. Times are aware UTC."""

    member_id: MemberId
    site_id: SiteId
    opened_by: EventId
    opened_at: datetime
    closed_at: datetime | None
    check_ins: tuple[EventId, ...]


def _owner(check_in: CheckIn) -> tuple[int, int]:
    return check_in.member_id.int, check_in.site_id.int


def derive_visits(
    check_ins: Iterable[CheckIn], *, dwell: timedelta, voided: Collection[EventId] = frozenset()
) -> tuple[Visit, ...]:
    """Group check-ins into visits: per member and site, one visit for all entries within ``dwell`` of its first.

    Ordered by effective time and, where that ties, by event id, so every upload order gives the same visits. An entry
    after an exit within the dwell goes on with the same visit: a pack is not charged for fetching a towel.
    """
    kept = {item.event_id: item for item in check_ins if item.event_id not in voided}
    ordered = sorted(kept.values(), key=lambda item: (_owner(item), item.at, item.event_id.int))
    return tuple(
        visit for _, group in groupby(ordered, key=_owner) for visit in _visits_of_one_member(group, dwell=dwell)
    )


def _visits_of_one_member(check_ins: Iterable[CheckIn], *, dwell: timedelta) -> list[Visit]:
    visits: list[Visit] = []
    for item in check_ins:
        last = visits[-1] if visits else None
        if item.direction is Direction.EXIT:
            if last is not None and item.at - last.opened_at < LONGEST_VISIT:
                visits[-1] = replace(last, closed_at=item.at)
        elif last is not None and item.at - last.opened_at < dwell:
            visits[-1] = replace(last, closed_at=None, check_ins=(*last.check_ins, item.event_id))
        else:
            visits.append(Visit(item.member_id, item.site_id, item.event_id, item.at, None, (item.event_id,)))
    return visits


def visits_left(*, bought: int, visits: Collection[Visit]) -> int:
    """A pack's balance: bought minus derived. Below zero when two offline doors each let the last visit in."""
    return bought - len(visits)
