"""A person the gym knows."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.domain.ids import MemberId


@dataclass(frozen=True, slots=True)
class Block:
    """Staff closed the door to someone. ``until`` is an aware UTC instant, not part of the block; None is for good."""

    until: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        return self.until is None or at < self.until


FULL_AGE = 18
"""Whoever is younger needs a guardian: years."""


def is_under_age(born_on: date, today: date) -> bool:
    """Whether someone's eighteenth birthday is still to come. Who was born on 29 February has it on 1 March."""
    return (today.year - born_on.year, (today.month, today.day) >= (born_on.month, born_on.day)) < (FULL_AGE, True)


def public_name(given: str, family: str) -> str:
    """The name a kiosk may show to the room: the given name and one initial."""
    initial = family.strip()[:1]
    return " ".join(part for part in (given.strip(), initial and f"{initial}.") if part)


@dataclass(frozen=True, slots=True)
class Member:
    """A member as staff see one. ``number`` is the gym's own member number, often printed on old cards."""

    id: MemberId
    number: str
    given_name: str
    family_name: str
    email: str | None = None
    phone: str | None = None
    block: Block | None = None
    host_id: MemberId | None = None
    document_missing: bool = False
