"""An Excel workbook that is written row by row. Its library takes a while to load: only who writes one imports this."""

import contextlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import WorkbookAlreadySaved

from admin_desktop.exporting.files import NotSaved
from admin_desktop.exporting.table import Value

_WIDE = 20
_TOO_LONG = 31
"""Excel's longest name of a sheet."""


class Excel:
    """Numbers, days and times are what they are; texts are texts, whatever they begin with."""

    def __init__(self, path: Path, name: str, titles: list[str], zone: ZoneInfo, *, most_rows: int) -> None:
        self._path, self._zone, self._left = path, zone, most_rows
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("".join(each for each in name if each not in r"[]:*?/\'")[:_TOO_LONG])
        self._sheet.freeze_panes = "A2"
        for column in range(1, len(titles) + 1):
            self._sheet.column_dimensions[get_column_letter(column)].width = _WIDE
        head = [self._text(title) for title in titles]
        for cell in head:
            cell.font = Font(bold=True)
        self._sheet.append(head)

    def write(self, values: Iterable[Value]) -> None:
        self._left -= 1
        if self._left < 0:
            raise NotSaved("long")
        self._sheet.append([self._cell(value) for value in values])

    def close(self) -> None:
        self._book.save(self._path)

    def give_up(self) -> None:
        """The rows are in a file of openpyxl's own until the workbook is saved."""
        with contextlib.suppress(OSError, WorkbookAlreadySaved):
            self._sheet.close()
            self._sheet._writer.cleanup()  # noqa: SLF001  # else the rows stay on the disk until the program ends

    def _text(self, text: str) -> Any:
        cell: Any = WriteOnlyCell(self._sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
        cell.data_type = "s"
        return cell

    def _cell(self, value: Value) -> Any:
        match value:
            case None | int():
                return value
            case str():
                return self._text(value)
            case datetime():
                return self._formatted(value.astimezone(self._zone).replace(tzinfo=None), "yyyy-mm-dd hh:mm")
            case date():
                return self._formatted(value, "yyyy-mm-dd")
            case _:
                places = max(0, -int(value.as_tuple().exponent))
                return self._formatted(value, f"#,##0.{'0' * places}" if places else "#,##0")

    def _formatted(self, value: date | Decimal, shape: str) -> Any:
        cell: Any = WriteOnlyCell(self._sheet)
        cell.value = value
        cell.number_format = shape
        return cell
