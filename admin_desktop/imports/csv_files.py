"""CSV as it comes: in any of the usual encodings, with any of the usual delimiters, or some of what people call CSV."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from charset_normalizer import from_bytes

from admin_desktop.imports.problems import FileProblem
from shared.domain.spreadsheets import as_written

ENCODINGS = ("utf-8", "cp1252", "utf-16", "cp1250", "cp850", "mac-roman")
"""What can be chosen, the usual one first. A UTF-8 file may begin with a mark, which is no part of it."""
DELIMITERS = (";", ",", "\t", "|")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE_BYTES, _SAMPLE_ROWS = 64 * 1024, 50
_ASCII = 0x7F
_OWN_LETTERS = frozenset("æøåÆØÅ")


def find_encoding(data: bytes) -> str:
    """UTF-8 where the bytes are such: hardly any other text happens to be. Else what the letters look like.

    Raises:
        FileProblem: this is no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if _is_utf16(data):
        return "utf-16"
    if b"\0" in data:
        raise FileProblem("no_text")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(data)
    return "utf-8"


def decode(data: bytes, encoding: str) -> str:
    """Raises FileProblem: in this encoding it says nothing."""
    try:
        if encoding == "utf-16" and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise FileProblem("encoding") from error
    if "\0" in text:
        raise FileProblem("no_text")
    return text


def find_delimiter(text: str) -> str:
    """The one that gives the most rows of one width, and the widest ones."""

    def score(delimiter: str) -> tuple[int, int]:
        widths: Counter[int] = Counter()
        with suppress(FileProblem):  # parted otherwise it may be a list
            widths.update(len(row) for row in islice(_rows(text, delimiter), _SAMPLE_ROWS) if len(row) > 1)
        width, rows = widths.most_common(1)[0] if widths else (0, 0)
        return rows, width

    return max(DELIMITERS, key=score)


def read_rows(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    """The rows; a cell that was told to be text is as it was before. Raises FileProblem."""
    for row in _rows(text, delimiter):
        yield [as_written(cell) for cell in row]


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise FileProblem("quotes") from error


def _is_utf16(data: bytes) -> bool:
    """Whether every other byte of the beginning is mostly nothing, as in Western text without a mark."""
    sample = data[:4096]
    nothing = max(sample[::2].count(0), sample[1::2].count(0))
    return nothing > len(sample) // 4


def _guess(data: bytes) -> str:
    """The encoding in which most of what is not ASCII are letters, those of the desk's own languages before others.

    Where two are alike, the one that reads like a language.
    """
    strange = bytes(byte for byte in data if byte > _ASCII)
    names = [name for name in ENCODINGS if name not in ("utf-8", "utf-16")]
    scores = {name: _score(strange.decode(name, errors="ignore")) for name in names}
    likely = [name for name in names if scores[name] == max(scores.values())]
    return _by_language(data[:_SAMPLE_BYTES], likely) if len(likely) > 1 else likely[0]


def _score(text: str) -> int:
    return sum(letter.isalpha() + (letter in _OWN_LETTERS) for letter in text)


def _by_language(sample: bytes, likely: Sequence[str]) -> str:
    """A list of names is hardly ever like a language: then it is the usual encoding."""
    found = {
        codecs.lookup(match.encoding).name: match.coherence for match in from_bytes(sample, cp_isolation=list(likely))
    }
    return max(likely, key=lambda name: found.get(codecs.lookup(name).name, 0.0))
