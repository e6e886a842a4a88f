"""Lists of other systems as they come: found out, read alike in every form, and refused in plain words when they are none."""

import csv
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_desktop.imports import table as tables
from admin_desktop.imports.csv_files import DELIMITERS
from admin_desktop.imports.fields import Field, guess
from admin_desktop.imports.problems import FileProblem
from admin_desktop.imports.table import read_table
from admin_desktop.imports.texts import TEXTS
from admin_desktop.imports.values import DayOrder, find_order, read_day, read_whole, read_yes, split_name

DANISH = "Nummer;Fornavn;Efternavn\n1;Åse;Ødegård\n2;Søren;Kjær\n"
ROWS = [
    ["Number", "First name", "Last name"],
    ["1", "Nora", "Berg"],
    ["2", "Ole", "Lund; junior"],
    ["3", 'Per "P"', "Holm\nHansen"],
]


def write(tmp_path, data, name="members.csv"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def cells(table):
    return [list(table.headings), *(list(line.cells) for line in table.lines)]


def as_csv(rows, delimiter=",", **options):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, **options).writerows(rows)
    return out.getvalue()


def a_workbook(rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "cp850", "mac-roman", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_letters_are_read_in_the_encoding_they_were_written_in(tmp_path, encoding):
    table = read_table(write(tmp_path, DANISH.encode(encoding)))
    assert cells(table) == [["Nummer", "Fornavn", "Efternavn"], ["1", "Åse", "Ødegård"], ["2", "Søren", "Kjær"]]


def test_polish_letters_are_told_from_danish_ones(tmp_path):
    table = read_table(write(tmp_path, "Name\nŁukasz Wiśniewski\nZażółć Gęślą\n".encode("cp1250")))
    assert (table.encoding, table.lines[0].cells) == ("cp1250", ("Łukasz Wiśniewski",))


def test_another_encoding_can_be_chosen(tmp_path):
    path = write(tmp_path, "Name\nKjær\n".encode("cp850"))
    assert read_table(path, encoding="cp850").lines[0].cells == ("Kjær",)
    with pytest.raises(FileProblem) as caught:
        read_table(path, encoding="utf-8")
    assert caught.value.code == "encoding"


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_columns_are_parted_where_they_are_parted(tmp_path, delimiter, end):
    table = read_table(write(tmp_path, as_csv(ROWS, delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)))
    assert (table.delimiter, cells(table)) == (delimiter, ROWS)


def test_a_list_of_one_column_is_one(tmp_path):
    assert cells(read_table(write(tmp_path, "Name\nNora Berg\n"))) == [["Name"], ["Nora Berg"]]


def test_lines_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    table = read_table(write(tmp_path, "\nName\n\nNora\n;;\nOle\n"))
    assert [(line.number, line.cells[0]) for line in table.lines] == [(4, "Nora"), (6, "Ole")]


def test_a_workbook_says_the_same_as_a_csv_file(tmp_path):
    rows = [["Number", "Name", "Paid through", "Visits", "Blocked"], [10428, "Nora", date(2026, 12, 31), 3.0, True]]
    rows.append(["007", "Åse", datetime(2026, 1, 2, 3, 4), 2.5, None])  # noqa: DTZ001  # a workbook knows no zones
    table = read_table(write(tmp_path, a_workbook(rows), "members.xlsx"))
    assert table.is_workbook
    assert cells(table)[1:] == [
        ["10428", "Nora", "2026-12-31", "3", "yes"],
        ["007", "Åse", "2026-01-02 03:04:00", "2.5"],
    ]


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs", "Cc"]), max_size=12
).map(str.strip)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(_TEXT, min_size=3, max_size=3).filter(any), min_size=1, max_size=8),
    delimiter=st.sampled_from(DELIMITERS),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_stands_in_the_cells_comes_out_again(tmp_path_factory, rows, delimiter, encoding):
    """Texts that a spreadsheet would calculate are written with an apostrophe, as our own export does."""
    from shared.domain.spreadsheets import as_text

    rows = [["One", "Two", "Three"], *rows]
    told = as_csv([[as_text(cell) for cell in row] for row in rows], delimiter, quoting=csv.QUOTE_ALL)
    path = tmp_path_factory.mktemp("list") / "any.csv"
    path.write_bytes(told.encode(encoding))
    assert cells(read_table(path, delimiter=delimiter)) == rows


@settings(max_examples=100, deadline=None)
@given(data=st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda data: b"PK\x03\x04" + data)))
def test_whatever_the_bytes_are_it_is_a_table_or_a_problem_in_plain_words(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("list") / "any.csv"
    path.write_bytes(data)
    problem = None
    try:
        read_table(path)
    except FileProblem as error:
        problem = error.code
    assert problem is None or f"imports.file.{problem}" in TEXTS["en"]


def a_zip(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name.replace("_", "."), data)
    return out.getvalue()


def bent_workbook(old, new):
    """A workbook with something else in the XML of its sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_workbook([["Name"], ["Nora"]]))) as source, zipfile.ZipFile(out, "w") as bent:
        for part in source.namelist():
            bent.writestr(part, source.read(part).replace(old, new))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b";;;\n;;;\n", "empty"),
        (b"Name;Number\n", "headings_only"),
        (b"Name\nNo\0ra\n", "no_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook", "old_office"),
        (b"PK\x03\x04 not a zip file", "damaged"),
        (a_zip(hello_txt=b"not a workbook"), "damaged"),
        (a_workbook([["Name"], ["Nora"]])[:-200], "damaged"),
        (a_zip(bomb_xml=b" " * (201 * 1024 * 1024)), "bomb"),
        (bent_workbook(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'), "damaged"),
        (bent_workbook(b'<row r="2"', b'<row r="99999999"'), "long"),
        (",".join("x" * 1_000_000).encode() + b"\ny\n", "wide"),
        (b'Name\n"' + b"x" * 200_000 + b"\n", "quotes"),
    ],
    ids=["nothing", "blanks", "mark", "delimiters", "headings", "nul", "ole", "no zip", "no book", "cut", "bomb", "entities", "row", "wide", "quote"],
)  # fmt: skip
def test_what_is_no_list_is_refused_for_what_it_is(tmp_path, data, code):
    with pytest.raises(FileProblem) as caught:
        read_table(write(tmp_path, data))
    assert caught.value.code == code


def test_a_file_that_is_gone_is_told(tmp_path):
    with pytest.raises(FileProblem) as caught:
        read_table(tmp_path / "none.csv")
    assert caught.value.code == "gone"


def test_a_list_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_LINES", 2)
    assert len(read_table(write(tmp_path, "Name\na\nb\n\n\n")).lines) == 2
    with pytest.raises(FileProblem) as caught:
        read_table(write(tmp_path, "Name\na\nb\nc\n"))
    assert caught.value.code == "long"
    monkeypatch.setattr(tables, "MAX_BYTES", 8)
    with pytest.raises(FileProblem) as caught:
        read_table(write(tmp_path, "Name\nNora\n"))
    assert caught.value.code == "large"


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Member no.", "First Name", "Surname", "E-Mail"], [Field.NUMBER, Field.GIVEN, Field.FAMILY, Field.EMAIL]),
        (["Medlemsnr.", "Fornavn", "Efternavn", "Mobil"], [Field.NUMBER, Field.GIVEN, Field.FAMILY, Field.PHONE]),
        (["Mitgl.-Nr.", "Name", "Vorname", "Karte"], [Field.NUMBER, Field.FAMILY, Field.GIVEN, Field.CODE]),
        (["Navn", "Abonnement", "Udløber", "Spærret"], [Field.NAME, Field.PLAN, Field.PAID, Field.BLOCKED]),
        (["Name", "Name", "Tag", "Card number", "Notes"], [Field.NAME, None, Field.CODE, Field.CODE, None]),
        (["Last name", "First name", "Name"], [Field.FAMILY, Field.GIVEN, None]),
    ],
)  # fmt: skip
def test_headings_say_what_a_column_is(headings, fields):
    assert guess(headings) == fields


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_headings_of_our_own_export_are_known_in_each_language(language):
    wanted = [field for field in Field if field is not Field.NAME]
    assert guess([TEXTS[language][f"imports.field.{field.value}"] for field in wanted]) == wanted


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-12-31", DayOrder.MONTH_FIRST, date(2026, 12, 31)),
        ("2026/1/2 00:00:00", DayOrder.MONTH_FIRST, date(2026, 1, 2)),
        ("20261231", DayOrder.DAY_FIRST, date(2026, 12, 31)),
        ("31.12.2026", DayOrder.DAY_FIRST, date(2026, 12, 31)),
        ("3/4-26", DayOrder.DAY_FIRST, date(2026, 4, 3)),
        ("3/4/2026", DayOrder.MONTH_FIRST, date(2026, 3, 4)),
        ("03-04-98", DayOrder.DAY_FIRST, date(1998, 4, 3)),
        ("31-12-2026 00:00:00", DayOrder.DAY_FIRST, date(2026, 12, 31)),
        ("", DayOrder.DAY_FIRST, None),
        ("0000-00-00", DayOrder.DAY_FIRST, None),
    ],
)
def test_a_day_is_read_in_the_order_that_it_is_written_in(text, order, day):
    assert read_day(text, order) == day


@pytest.mark.parametrize("text", ["31.12.2026", "12/31/2026", "2026-13-01", "soon", "1.1.1", "45291"])
def test_what_is_no_day_is_none(text):
    order = DayOrder.MONTH_FIRST if text[0] == "3" else DayOrder.DAY_FIRST
    with pytest.raises(ValueError, match=r".*"):
        read_day(text, order)


@pytest.mark.parametrize(
    ("texts", "order", "known"),
    [
        (["01/02/2026", "13/02/2026"], DayOrder.DAY_FIRST, True),
        (["01/02/2026", "02/13/2026"], DayOrder.MONTH_FIRST, True),
        (["01/02/2026", "2026-12-31", ""], DayOrder.DAY_FIRST, False),
        (["13/02/2026", "02/13/2026"], DayOrder.DAY_FIRST, False),
    ],
)
def test_the_days_say_which_way_round_they_are(texts, order, known):
    assert find_order(texts, usual=DayOrder.DAY_FIRST) == (order, known)


@pytest.mark.parametrize(("text", "number"), [("3", 3), (" 12 ", 12), ("3,0", 3), ("3.00", 3), ("", None), ("-", None)])
def test_a_whole_number_is_read_with_either_mark(text, number):
    assert read_whole(text) == number


@pytest.mark.parametrize("text", ["3,5", "-2", "three", "1e3"])
def test_half_a_visit_is_none(text):
    with pytest.raises(ValueError, match=r".*"):
        read_whole(text)


@pytest.mark.parametrize(
    ("text", "yes"), [("Ja", True), ("x", True), ("1", True), ("nej", False), ("", False), ("No", False)]
)
def test_yes_and_no_are_read_in_both_languages(text, yes):
    assert read_yes(text) is yes
    with pytest.raises(ValueError, match="perhaps"):
        read_yes("perhaps")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Nora Berg", ("Nora", "Berg")),
        ("Nora Maria Berg", ("Nora Maria", "Berg")),
        ("Berg, Nora Maria", ("Nora Maria", "Berg")),
        ("Cher", ("Cher", "")),
        ("", ("", "")),
    ],
)
def test_a_whole_name_is_parted(text, names):
    assert split_name(text) == names
