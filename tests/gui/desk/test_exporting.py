"""Every list as a file: all its rows, read back as a spreadsheet reads them, and never half a file."""

import csv
import errno
import gc
import io
import resource
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from admin_desktop.exporting import files
from admin_desktop.exporting.files import Kind, NotSaved, file_name_of, save
from admin_desktop.exporting.table import Export, Field, amount
from admin_desktop.shell.progress import Progress, Stopped
from admin_desktop.widgets.pages import Page
from shared.errors import Unavailable


@dataclass(frozen=True)
class Row:
    name: str
    visits: int
    on: date
    at: datetime
    paid: int | None


ROWS = [
    Row("=1+1", 3, date(2026, 11, 20), datetime(2026, 11, 20, 16, 42, tzinfo=UTC), 34_900),
    Row("+45 1234", 0, date(2026, 1, 2), datetime(2026, 7, 1, 23, 30, tzinfo=UTC), -105),
    Row('Åse; "Ø", d\'Å\n2', 12, date(2025, 12, 31), datetime(2026, 1, 1, 0, 0, tzinfo=UTC), None),
    Row("bell \x07 rung", 1, date(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC), 0),
]
FIELDS = [
    Field("Name", lambda row: row.name),
    Field("Visits", lambda row: row.visits),
    Field("=Day", lambda row: row.on),
    Field("At", lambda row: row.at),
    Field("Paid", lambda row: amount(row.paid, "DKK")),
]


def an_export(rows=ROWS, *, a_page=2, name="Members"):
    def fetch(after):
        start = int(after or 0)
        end = start + a_page
        return Page(rows[start:end], str(end) if end < len(rows) else None)

    return Export(name, FIELDS, fetch, ZoneInfo("Europe/Copenhagen"))


def read_csv(path, delimiter=","):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.fixture(autouse=True, scope="module")
def nothing_left_open():
    yield
    gc.collect()


def test_csv_says_it_is_utf_8_and_tells_texts_to_be_texts(tmp_path):
    path = tmp_path / "members.csv"
    assert save(an_export(), path, Kind.CSV, language="en") == 4
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_csv(path)[:4] == [
        ["Name", "Visits", "'=Day", "At", "Paid"],
        ["'=1+1", "3", "2026-11-20", "2026-11-20 17:42", "349.00"],
        ["'+45 1234", "0", "2026-01-02", "2026-07-02 01:30", "-1.05"],
        ['Åse; "Ø", d\'Å\n2', "12", "2025-12-31", "2026-01-01 01:00", ""],
    ]


def test_csv_is_parted_as_danish_excel_parts_it(tmp_path):
    path = tmp_path / "medlemmer.csv"
    save(an_export(), path, Kind.CSV, language="da")
    assert read_csv(path, ";")[1] == ["'=1+1", "3", "2026-11-20", "2026-11-20 17:42", "349,00"]


def test_excel_holds_numbers_days_and_times_and_no_formula(tmp_path):
    path = tmp_path / "members.xlsx"
    assert save(an_export(), path, Kind.EXCEL, language="en") == 4
    sheet = openpyxl.load_workbook(path).active
    assert sheet.freeze_panes == "A2"
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == ["Name", "Visits", "=Day", "At", "Paid"]
    assert {cell.data_type for cell in rows[0]} == {"s"}
    assert rows[0][0].font.bold
    first = rows[1]
    day, moment = datetime.fromisoformat("2026-11-20"), datetime.fromisoformat("2026-11-20T17:42")
    assert [cell.value for cell in first] == ["=1+1", 3, day, moment, 349]
    assert [cell.data_type for cell in first] == ["s", "n", "d", "d", "n"]
    assert first[4].number_format == "#,##0.00"
    assert rows[2][4].value == -1.05
    assert rows[3][4].value is None
    assert rows[4][0].value == "bell  rung"


def test_an_amount_has_the_digits_of_its_currency():
    assert amount(34_900, "DKK") == Decimal("349.00")
    assert amount(349, "JPY") == Decimal(349)
    assert amount(1, "KWD") == Decimal("0.001")


@pytest.mark.parametrize("kind", Kind)
def test_who_stops_it_keeps_the_file_of_before(tmp_path, kind):
    path, progress = tmp_path / f"members.{kind.value}", Progress()
    path.write_bytes(b"before")

    def count(rows):
        progress.stop()
        progress.count(rows)

    with pytest.raises(Stopped):
        save(an_export(), path, kind, language="en", count=count)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", Kind)
def test_a_cloud_that_goes_away_leaves_no_file(tmp_path, kind):
    def fetch(after):
        if after is None:
            return Page(ROWS, "more")
        raise Unavailable("away")

    with pytest.raises(Unavailable):
        save(Export("x", FIELDS, fetch, ZoneInfo("UTC")), tmp_path / "x", kind, language="en")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    ("number", "why"),
    [(errno.ENOSPC, "full"), (errno.EACCES, "forbidden"), (errno.EROFS, "forbidden"), (errno.EIO, "other")],
)
def test_why_a_file_was_not_written_is_told(tmp_path, monkeypatch, kind, number, why):
    path = tmp_path / "members"
    path.write_bytes(b"before")

    def fail(*_):
        raise OSError(number, "said by the system")

    monkeypatch.setattr(files.Path, "replace", fail)
    with pytest.raises(NotSaved) as caught:
        save(an_export(), path, kind, language="en")
    assert caught.value.why == why
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", Kind)
def test_a_disk_that_is_full_midway_leaves_the_file_of_before(tmp_path, kind):
    path, (soft, hard) = tmp_path / "members", resource.getrlimit(resource.RLIMIT_FSIZE)
    path.write_bytes(b"before")
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        with pytest.raises(NotSaved) as caught:
            save(an_export(ROWS * 500, a_page=100), path, kind, language="en")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.why == "full"
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", Kind)
def test_a_folder_that_is_gone_is_told(tmp_path, kind):
    with pytest.raises(NotSaved) as caught:
        save(an_export(), tmp_path / "gone" / "members", kind, language="en")
    assert caught.value.why == "missing"


def test_more_rows_than_excel_takes_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    with pytest.raises(NotSaved) as caught:
        save(an_export(), tmp_path / "members.xlsx", Kind.EXCEL, language="en")
    assert caught.value.why == "long"
    assert save(an_export(), tmp_path / "members.csv", Kind.CSV, language="en") == 4


def test_a_name_is_one_that_every_system_takes(tmp_path):
    assert file_name_of("Refused: a/b?", Kind.CSV) == "Refused- a-b-.csv"
    save(an_export(name="[Nora's] x/y: " * 4), tmp_path / "x.xlsx", Kind.EXCEL, language="en")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames == ["Noras xy Noras xy Noras xy Nora"]
