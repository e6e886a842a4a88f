"""A file of lines and cells, read whole and within bounds. No Qt; it belongs off the GUI thread."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from admin_desktop.imports import csv_files
from admin_desktop.imports.problems import FileProblem

MAX_BYTES = 50 * 1024 * 1024
MAX_LINES = 100_000
MAX_COLUMNS = 200
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Line:
    """``number`` is the row as a spreadsheet counts it, from 1, headings and empty rows included."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is the file's, without its folder. ``encoding`` and ``delimiter`` are empty for a workbook."""

    name: str
    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def is_workbook(self) -> bool:
        return not self.encoding


def read_table(path: Path, *, encoding: str = "", delimiter: str = "") -> Table:
    """Read a CSV file or an Excel workbook, told apart by what is in it. Empty: find out encoding and delimiter.

    Raises:
        FileProblem: it is no such file, damaged, too large, or there is nothing in it.
    """
    data = _read(path)
    if data.startswith(_OLD_OFFICE):
        raise FileProblem("old_office")
    if data.startswith(_ZIP):
        from admin_desktop.imports import workbooks  # noqa: PLC0415  # a library that is slow to load

        return _table(path.name, "", "", workbooks.read_rows(data))
    encoding = encoding or csv_files.find_encoding(data)
    text = csv_files.decode(data, encoding)
    delimiter = delimiter or csv_files.find_delimiter(text)
    return _table(path.name, encoding, delimiter, csv_files.read_rows(text, delimiter))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileProblem("gone") from error
    if len(data) > MAX_BYTES:
        raise FileProblem("large")
    if not data.strip():
        raise FileProblem("empty")
    return data


def _table(name: str, encoding: str, delimiter: str, rows: Iterable[Sequence[str]]) -> Table:
    """The first line with anything in it is the headings."""
    lines = _lines(rows)
    headings = next(lines, None)
    if headings is None:
        raise FileProblem("empty")
    found: list[Line] = []
    for line in lines:
        if len(found) == MAX_LINES:
            raise FileProblem("long")
        found.append(line)
    if not found:
        raise FileProblem("headings_only")
    return Table(name, encoding, delimiter, headings.cells, tuple(found))


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        if len(row) > MAX_COLUMNS and any(row[MAX_COLUMNS:]):
            raise FileProblem("wide")
        cells = tuple(cell.strip() for cell in row[:MAX_COLUMNS])
        if any(cells):
            yield Line(number, cells)
