"""Fields for amounts of money and for counts, and how an amount is read as people type it."""

import re
from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from admin_desktop.widgets.forms import Field
from shared.domain.money import decimals_of
from shared.errors import InvalidInput

_LONGEST = 10**9
"""In minor units, as the cloud takes it."""


def read_amount(text: str, currency: str) -> int | None:
    """Minor units of ``1.234,50`` or ``1,234.50`` or ``1234``; None when it is no amount.

    A point or comma with as few digits after it as the currency has ends the whole number, any other one groups.
    """
    digits = decimals_of(currency)
    behind = rf"(?:[.,](\d{{1,{digits}}}))?" if digits else "()"
    found = re.match(rf"^(\d[\d ., \u00a0]*?){behind}$", text.strip())
    if found is None:
        return None
    whole, part = re.sub(r"\D", "", found[1]), (found[2] or "")
    minor = int(whole) * 10**digits + int(part.ljust(digits, "0") or 0)
    return minor if minor <= _LONGEST else None


def write_amount(minor: int, currency: str, *, comma: bool) -> str:
    """An amount as one types it: no groups and no currency."""
    digits = decimals_of(currency)
    whole, part = divmod(minor, 10**digits)
    return f"{whole}{',' if comma else '.'}{part:0{digits}d}" if digits else str(whole)


class AmountField(Field[int]):
    """Minor units of a currency that may change while it is typed."""

    def __init__(
        self, caption: str, currency: Callable[[], str], *, wrong: str, text: str = "", hint: str = "", least: int = 0
    ) -> None:
        """``wrong`` is the sentence for what is no amount, or is under ``least``."""
        self.line = QLineEdit(text)
        self.line.setMaxLength(16)
        super().__init__(caption, self.line, self._read, hint=hint)
        self._currency, self._wrong, self._least = currency, wrong, least
        self.line.textEdited.connect(lambda _: self._edited())

    def _edited(self) -> None:
        self.complain("")
        self.changed.emit()

    def so_far(self) -> int | None:
        """The amount so far; None while it is none."""
        minor = read_amount(self.line.text(), self._currency())
        return minor if minor is not None and minor >= self._least else None

    def _read(self) -> int:
        minor = self.so_far()
        if minor is None:
            raise InvalidInput(self._wrong)
        return minor


class CountField(Field[int | None]):
    """A whole number between two; None when it is left empty and may be."""

    def __init__(
        self,
        caption: str,
        count: int | None,
        *,
        least: int,
        most: int,
        wrong: str,
        needed: bool = True,
        hint: str = "",
    ) -> None:
        self.line = QLineEdit("" if count is None else str(count))
        self.line.setMaxLength(len(str(most)))
        super().__init__(caption, self.line, self._read, hint=hint)
        self._least, self._most, self._wrong, self._needed = least, most, wrong, needed
        self.line.textEdited.connect(lambda _: self._edited())

    def _edited(self) -> None:
        self.complain("")
        self.changed.emit()

    def _read(self) -> int | None:
        text = self.line.text().strip()
        if not text and not self._needed:
            return None
        if not (text.isascii() and text.isdigit()) or not self._least <= int(text) <= self._most:
            raise InvalidInput(self._wrong)
        return int(text)
