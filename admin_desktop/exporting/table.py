"""What a file is to hold. Qt-free."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from admin_desktop.widgets.pages import Fetch
from shared.domain.money import decimals_of

Row = TypeVar("Row")
Value = str | int | Decimal | date | datetime | None
"""A datetime is aware, and written as the site's wall clock."""


@dataclass(frozen=True, slots=True)
class Field(Generic[Row]):
    """A column."""

    title: str
    value: Callable[[Row], Value]


@dataclass(frozen=True, slots=True)
class Export(Generic[Row]):
    """``name`` is the file's without its ending; ``fetch`` blocks, and gives the rows page by page."""

    name: str
    fields: Sequence[Field[Row]]
    fetch: Fetch[Row]
    zone: ZoneInfo

    def pages(self) -> Iterator[list[list[Value]]]:
        """All rows, not those on the screen alone. Blocks."""
        after = None
        while True:
            page = self.fetch(after)
            yield [[field.value(row) for field in self.fields] for row in page.rows]
            after = page.after
            if after is None:
                return


def amount(minor: int | None, currency: str) -> Decimal | None:
    """Minor units as a number that adds up exactly. Its currency is a column of its own."""
    return None if minor is None else Decimal(minor).scaleb(-decimals_of(currency))
