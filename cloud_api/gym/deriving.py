"""Which check-ins must be looked at again when one came, late or not, or was taken back.

Pure. A *cut* is an entry with no other entry within the dwell before it: it opens a visit whatever came earlier, so
that what lies before a cut and what lies after it can be derived apart.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from shared.domain.attendance import CheckIn
from shared.domain.device import Direction
from shared.domain.visits import LONGEST_VISIT


@dataclass(frozen=True, slots=True)
class Span:
    """Instants ``[first, last]``, both part of it."""

    first: datetime
    last: datetime

    def including(self, at: datetime) -> "Span":
        return Span(min(self.first, at), max(self.last, at))

    def widened(self, by: timedelta) -> "Span":
        return Span(self.first - by, self.last + by)


@dataclass(frozen=True, slots=True)
class Window:
    """Instants ``[start, end)`` between two cuts: visits in it depend on check-ins in it alone."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end


def find_window(
    check_ins: Sequence[CheckIn], *, touched: Collection[datetime], loaded: Span, dwell: timedelta
) -> Window | None:
    """The smallest window around the ``touched`` instants; None when more must be loaded to be sure.

    ``check_ins`` are one member's at one site within ``loaded``. ``touched`` are the times of check-ins that were
    added or taken back: as entries that are there now or were before, they keep others from being cuts. An exit
    belongs to the visit of the entry before it, so the window reaches back to that visit; at the same instant as an
    entry it may belong to the visit before that, so no window ends there.
    """
    first, last = min(touched), max(touched)
    times = sorted({item.at for item in check_ins if item.direction is Direction.ENTRY} | set(touched))
    cuts = [at for before, at in pairwise([loaded.first, *times]) if at - before >= dwell]
    earlier = max((at for at in times if at < first), default=loaded.first)
    anchor = earlier if first - earlier < LONGEST_VISIT else first
    start = max((at for at in cuts if at <= anchor), default=None)
    exits = {item.at for item in check_ins if item.direction is Direction.EXIT}
    end = min((at for at in cuts if at > last and at not in exits), default=None)
    if end is None and loaded.last - times[-1] >= max(dwell, LONGEST_VISIT):
        end = loaded.last
    return None if start is None or end is None else Window(start, end)
