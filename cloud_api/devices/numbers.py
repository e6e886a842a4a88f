"""Which numbers of a stream are closed: everything up to the highest one heard of, except the gaps. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

Range = tuple[int, int]
"""Both ends belong to it."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """``high`` is the highest number heard of, ``gaps`` the open ranges up to it, ascending and apart."""

    high: int = 0
    gaps: tuple[Range, ...] = ()

    @property
    def have_up_to(self) -> int:
        """Every number from 1 to this one is closed."""
        return self.gaps[0][0] - 1 if self.gaps else self.high

    def __contains__(self, number: int) -> bool:
        return 1 <= number <= self.high and _gap_at(self.gaps, number) is None

    def hear_of(self, last: int) -> "Numbers":
        """With all numbers up to this one known to have been given: what is not closed is a gap until it comes."""
        return Numbers(last, _extended(self.gaps, self.high + 1, last)) if last > self.high else self

    def close(self, numbers: Iterable[int]) -> "Numbers":
        """With these numbers (from 1) closed too. The order does not matter, closing twice changes nothing."""
        high, gaps = self.high, list(self.gaps)
        for number in sorted(set(numbers)):
            if number > high:
                gaps[:] = _extended(gaps, high + 1, number - 1)
                high = number
            elif (place := _gap_at(gaps, number)) is not None:
                first, last = gaps[place]
                gaps[place : place + 1] = [
                    part for part in ((first, number - 1), (number + 1, last)) if part[0] <= part[1]
                ]
        return Numbers(high, tuple(gaps))


def _extended(gaps: Iterable[Range], first: int, last: int) -> tuple[Range, ...]:
    """The gaps with one more behind them; together with the last where they touch."""
    before = tuple(gaps)
    if last < first:
        return before
    if before and before[-1][1] + 1 == first:
        return (*before[:-1], (before[-1][0], last))
    return (*before, (first, last))


def _gap_at(gaps: "tuple[Range, ...] | list[Range]", number: int) -> int | None:
    """The place of the gap that a number falls into."""
    place = bisect_right(gaps, number, key=lambda gap: gap[0]) - 1
    return place if place >= 0 and number <= gaps[place][1] else None
