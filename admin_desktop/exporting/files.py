"""Rows as CSV or as an Excel workbook. Blocks: not for the GUI thread. Qt-free."""

import csv
import errno
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from admin_desktop.exporting.table import Export, Value
from shared.domain.spreadsheets import as_text
from shared.errors import FitError

MOST_ROWS = 1_048_575
"""As many take their place under Excel's row of headings."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY}

Count = Callable[[int], None]
"""Told how many rows are written. What it raises ends the writing, and leaves no file."""


class Kind(Enum):
    """The value is the file's ending."""

    EXCEL = "xlsx"
    CSV = "csv"


class NotSaved(FitError):  # noqa: N818  # reads as what it is
    """``why``: ``full``, ``forbidden``, ``missing`` (the folder), ``long`` (for Excel) or ``other``.

    A file of before is still as it was.
    """

    def __init__(self, why: str) -> None:
        super().__init__(f"The file could not be written: {why}.")
        self.why = why


class _File(Protocol):
    def write(self, values: Iterable[Value]) -> None: ...

    def close(self) -> None:
        """All is written: make the file whole."""

    def give_up(self) -> None:
        """Let go of what is still open; nothing where it was closed."""


def save(export: Export[Any], path: Path, kind: Kind, *, language: str, count: Count = lambda _: None) -> int:
    """Write all rows, under another name until the file is whole; their number.

    Raises:
        NotSaved: the disk or the folder does not take it.
        Unavailable, Rejected: what the cloud answers.
    """
    rows = 0

    def write(part: Path) -> None:
        nonlocal rows
        rows = _write(export, part, kind, language, count)

    _replace(path, write)
    return rows


def put_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises NotSaved."""
    _replace(path, lambda part: part.write_bytes(content))


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """What is written under another name takes the name when it is whole."""
    part = path.with_name(f"{path.name}.part")
    try:
        try:
            write(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise NotSaved(_why(error)) from error


def file_name_of(name: str, kind: Kind) -> str:
    """A name that every system takes."""
    return "".join(each if each.isalnum() or each in " -_." else "-" for each in name) + f".{kind.value}"


def _write(export: Export[Any], part: Path, kind: Kind, language: str, count: Count) -> int:
    rows, titles = 0, [field.title for field in export.fields]
    file = _workbook(export, part, titles) if kind is Kind.EXCEL else _Csv(part, titles, export.zone, language)
    try:
        for page in export.pages():
            for values in page:
                file.write(values)
            rows += len(page)
            count(rows)
        file.close()
    finally:
        file.give_up()
    return rows


def _workbook(export: Export[Any], part: Path, titles: list[str]) -> _File:
    from admin_desktop.exporting.workbook import Excel  # noqa: PLC0415  # a library that is slow to load

    return Excel(part, export.name, titles, export.zone, most_rows=MOST_ROWS)


class _Csv:
    """UTF-8 with a mark, so that Excel takes it for that. Where people write 1,5 for a number, semicolons part cells."""

    def __init__(self, path: Path, titles: list[str], zone: ZoneInfo, language: str) -> None:
        self._zone, self._comma = zone, language == "da"
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter=";" if self._comma else ",")
        self._writer.writerow([as_text(title) for title in titles])

    def write(self, values: Iterable[Value]) -> None:
        self._writer.writerow([self._told(value) for value in values])

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def give_up(self) -> None:
        self._file.close()

    def _told(self, value: Value) -> str:
        match value:
            case None:
                return ""
            case str():
                return as_text(value)
            case datetime():
                return f"{value.astimezone(self._zone):%Y-%m-%d %H:%M}"
            case Decimal():
                return f"{value:f}".replace(".", "," if self._comma else ".")
            case _:
                return str(value)


def _why(error: OSError) -> str:
    if error.errno in _FULL:
        return "full"
    if error.errno in _FORBIDDEN:
        return "forbidden"
    return "missing" if error.errno in (errno.ENOENT, errno.ENOTDIR) else "other"
