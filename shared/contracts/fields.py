"""Types of fields that several messages share."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

_FIRST_DAY, _LAST_DAY, _FIRST_BIRTHDAY = date(2000, 1, 1), date(2199, 12, 31), date(1900, 1, 1)

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
MemberNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
PhoneNumber = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[0-9+()/ .-]+$")]
Symbology = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{1,24}$")]


def _near(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        message = f"a day must lie between {_FIRST_DAY} and {_LAST_DAY}"
        raise ValueError(message)
    return day


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = "not a time zone of the IANA database, such as Europe/Copenhagen"
        raise ValueError(message) from error
    return name


def _of_a_person(day: date) -> date:
    if not _FIRST_BIRTHDAY <= day <= _LAST_DAY:
        message = f"a birthday must lie after {_FIRST_BIRTHDAY}"
        raise ValueError(message)
    return day


Birthday = Annotated[date, AfterValidator(_of_a_person)]
"""A day since 1900."""
Day = Annotated[date, AfterValidator(_near)]
"""A site-local day between 2000 and 2199."""
ZoneName = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
