"""What a cell's text means: days in either order, whole numbers with either decimal mark, yes and no in either language."""

import re
from collections.abc import Iterable
from datetime import date
from enum import Enum

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_BARE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_USUAL = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})\.?(?:[T ].*)?")
_WHOLE = re.compile(r"(\d{1,6})(?:[.,]0+)?")
_LAST_MONTH = 12
_THIS_CENTURY_TO = 70
_NOTHING = frozenset({"", "-", "–", "n/a", "null", "none", "0000-00-00", "00-00-0000", "00/00/0000", "00.00.0000"})
_YES = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "sand", "blocked", "spærret", "blokeret"})
_NO = frozenset({"no", "n", "false", "0", "nej", "falsk", "active", "aktiv"})


class DayOrder(Enum):
    """How days are written that do not begin with the year."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


def is_nothing(text: str) -> bool:
    """Whether a cell stands for no value."""
    return text.strip().casefold() in _NOTHING


def find_order(texts: Iterable[str], *, usual: DayOrder) -> tuple[DayOrder, bool]:
    """How days are written here, and whether the texts themselves say so."""
    says = {DayOrder.DAY_FIRST: 0, DayOrder.MONTH_FIRST: 0}
    for text in texts:
        found = None if _ISO.fullmatch(text) else _USUAL.fullmatch(text)
        if found is not None and int(found[1]) > _LAST_MONTH:
            says[DayOrder.DAY_FIRST] += 1
        elif found is not None and int(found[2]) > _LAST_MONTH:
            says[DayOrder.MONTH_FIRST] += 1
    if says[DayOrder.DAY_FIRST] == says[DayOrder.MONTH_FIRST]:
        return usual, False
    return max(says, key=lambda order: says[order]), True


def read_day(text: str, order: DayOrder) -> date | None:
    """The day; None for no day. Raises ValueError."""
    text = text.strip()
    if is_nothing(text):
        return None
    if found := _ISO.fullmatch(text) or _BARE.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    found = _USUAL.fullmatch(text)
    if found is None:
        raise ValueError(text)
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if len(found[3]) == 2:  # noqa: PLR2004  # a year without its century
        year += 2000 if year < _THIS_CENTURY_TO else 1900
    return date(year, second, first) if order is DayOrder.DAY_FIRST else date(year, first, second)


def read_whole(text: str) -> int | None:
    """A whole number, however its nothing after the mark is written; None for no number. Raises ValueError."""
    if is_nothing(text):
        return None
    found = _WHOLE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return int(found[1])


def read_yes(text: str) -> bool:
    """Nothing is no. Raises ValueError."""
    word = text.strip().casefold()
    if word in _YES:
        return True
    if is_nothing(text) or word in _NO:
        return False
    raise ValueError(text)


def split_name(text: str) -> tuple[str, str]:
    """Given and family name: parted by a comma, family first, or by the last blank."""
    family, comma, given = text.partition(",")
    if comma and given.strip():
        return given.strip(), family.strip()
    given, _, family = text.strip().rpartition(" ")
    return (given.strip(), family) if given else (family, "")
