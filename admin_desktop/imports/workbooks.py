"""The first sheet of an Excel workbook, as texts. A workbook is a zip file of XML: both are looked at before they are opened."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from admin_desktop.imports.problems import FileProblem

MAX_UNPACKED = 200 * 1024 * 1024
_MAX_PARTS = 2000
_LAST_ROW = 1_048_576
_BEGINNING = 2048
_BROKEN = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, EOFError, OSError)


def read_rows(data: bytes) -> Iterator[Sequence[str]]:
    """The rows of the first sheet, one after the other.

    Raises:
        FileProblem: it is damaged, would unpack to too much, or is no workbook.
    """
    _look_at(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = next(iter(book.worksheets), None)
        if sheet is None:
            raise FileProblem("empty")
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > _LAST_ROW:
                raise FileProblem("long")
            yield [as_text(value) for value in row]
    except _BROKEN as error:
        raise FileProblem("damaged") from error


def as_text(value: Any) -> str:
    """What a cell shows, with days as ISO writes them and numbers without ornament."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _look_at(data: bytes) -> None:
    """Refuse what would unpack to too much, and XML that defines entities: no spreadsheet program writes such."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            listed = parts.infolist()
            if len(listed) > _MAX_PARTS or sum(part.file_size for part in listed) > MAX_UNPACKED:
                raise FileProblem("bomb")
            for part in listed:
                with parts.open(part) as file:
                    if part.filename.endswith((".xml", ".rels")) and b"<!" in file.read(_BEGINNING):
                        raise FileProblem("damaged")
    except (*_BROKEN, RuntimeError) as error:
        raise FileProblem("damaged") from error
