"""Which numbers of a stream have been heard of: everything up to the highest, except the gaps. Pure."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

Range = tuple[int, int]
"""Both ends belong to it."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """``high`` is the highest number closed, ``gaps`` the open ranges below it, ascending and apart."""

    high: int = 0
    gaps: tuple[Range, ...] = ()

    @property
    def have_up_to(self) -> int:
        """Every number from 1 to this one is closed."""
        return self.gaps[0][0] - 1 if self.gaps else self.high

    def __contains__(self, number: int) -> bool:
        return 1 <= number <= self.high and _gap_at(self.gaps, number) is None

    def close(self, numbers: Iterable[int]) -> "Numbers":
        """With these numbers (from 1) closed too. The order does not matter, closing twice changes nothing."""
        high, gaps = self.high, list(self.gaps)
        for number in sorted(set(numbers)):
            if number > high:
                if number > high + 1:
                    gaps.append((high + 1, number - 1))
                high = number
            elif (place := _gap_at(gaps, number)) is not None:
                first, last = gaps[place]
                gaps[place : place + 1] = [
                    part for part in ((first, number - 1), (number + 1, last)) if part[0] <= part[1]
                ]
        return Numbers(high, tuple(gaps))


def _gap_at(gaps: "tuple[Range, ...] | list[Range]", number: int) -> int | None:
    """The place of the gap that a number falls into."""
    place = bisect_right(gaps, number, key=lambda gap: gap[0]) - 1
    return place if place >= 0 and number <= gaps[place][1] else None
