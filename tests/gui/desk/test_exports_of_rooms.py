"""Every list of the desk as a file, against a real server: all its rows, whatever is on the screen."""

import csv
import io
import threading
from datetime import datetime

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from admin_desktop.exporting import files
from admin_desktop.exporting.files import Kind
from admin_desktop.exporting.sheet import ExportSheet
from shared.domain.roles import Group
from shared.errors import Unavailable
from tests.gui.desk.busy_day import have_a_busy_day


@pytest.fixture(scope="module")
def busy(gym):
    have_a_busy_day(gym)
    return gym


def open_export(desk, within):
    """Press the export that is on the screen."""
    (press,) = [
        each
        for each in within.findChildren(QPushButton)
        if each.accessibleName() in ("Export", "Eksportér") and each.isVisible()
    ]
    desk.click(press)
    return open_sheets(desk)[-1]


def save(desk, within, folder, kind):
    sheet = open_export(desk, within)
    sheet.kind.combo.setCurrentIndex(list(Kind).index(kind))
    path = folder / f"list.{kind.value}"
    sheet.save_to(path)
    desk.settle()
    assert not open_sheets(desk), sheet.problem.text()
    assert path.name in desk.toast
    return path


def open_sheets(desk):
    return [each for each in desk.window.findChildren(ExportSheet) if each.isVisible()]


def read_excel(path):
    sheet = openpyxl.load_workbook(path).active
    head, *rows = sheet.iter_rows(values_only=True)
    assert sheet.freeze_panes == "A2"
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return [dict(zip(head, row, strict=True)) for row in rows]


def read_csv(path, delimiter=","):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def go(desk, name):
    """Enter a room, at the list that is meant; what the export stands in."""
    room_name, _, tab = name.partition(" ")
    room = desk.room(room_name)
    if room_name == "passes":
        room.table.choose(3)
        desk.settle()
    if tab:
        room.tabs.setCurrentIndex(room.pages.indexOf(getattr(room, tab)))
        desk.settle()
    return room


LISTS = {
    "members": "Member number",
    "passes": "Issued",
    "machines": "Serial number",
    "kiosks": "Last seen",
    "plans": "Price",
    "payments receipts": "Amount",
    "payments overdue": "Overdue",
    "payments till": "Expected in cash",
    "payments ledger": "Account",
    "staff": "Role",
    "door": "What the door said",
}


def test_every_list_can_be_taken_away(busy, desk, tmp_path):
    for name, heading in LISTS.items():
        room = go(desk, name)
        rows = read_excel(save(desk, room, tmp_path, Kind.EXCEL))
        assert rows, name
        told = read_csv(save(desk, room, tmp_path, Kind.CSV))
        assert len(told) == len(rows), name
        assert list(told[0]) == list(rows[0]), name
        assert heading in told[0], name


def test_every_list_can_be_taken_away_in_danish(busy, open_desk, tmp_path):
    desk = open_desk(language="da")
    for name in LISTS:
        assert read_csv(save(desk, go(desk, name), tmp_path, Kind.CSV), ";"), name


def test_all_pages_go_and_not_those_on_the_screen_alone(busy, desk, tmp_path, monkeypatch):
    monkeypatch.setattr("admin_desktop.members.room.PAGE", 5)
    room = desk.room("members")
    shown = len(room.model.rows)
    rows = read_csv(save(desk, room, tmp_path, Kind.CSV))
    assert shown < len(rows)
    numbers = [row["Member number"] for row in rows]
    assert len(set(numbers)) == len(numbers) >= 40


def test_the_list_goes_as_it_is_searched(busy, desk, tmp_path):
    room = desk.room("members")
    desk.type(room.search, "nora")
    desk.wait_until(lambda: desk.window.ask.is_idle and len(room.model.rows) < 40)
    rows = read_excel(save(desk, room, tmp_path, Kind.EXCEL))
    assert len(rows) == len(room.model.rows)
    assert all("Nora" in f"{row['Given name']}" for row in rows)


def test_money_goes_as_numbers_and_moments_as_moments(busy, desk, tmp_path):
    room = go(desk, "payments receipts")
    rows = read_excel(save(desk, room, tmp_path, Kind.EXCEL))
    assert {(row["Amount"], row["Currency"]) for row in rows} == {(349, "DKK")}
    when = next(value for value in rows[0].values() if isinstance(value, datetime))
    assert (
        abs(
            (
                when - desk.frame.context.clock.now().astimezone(desk.frame.context.sites.zone).replace(tzinfo=None)
            ).total_seconds()
        )
        < 3600
    )


def test_the_books_add_up_in_a_spreadsheet(busy, desk, tmp_path):
    rows = read_excel(save(desk, go(desk, "payments ledger"), tmp_path, Kind.EXCEL))
    assert sum(row["Amount"] for row in rows) == 0


def test_where_the_file_goes_is_asked(busy, desk, tmp_path):
    sheet = open_export(desk, desk.room("plans"))
    desk.click(sheet.main)
    (dialog,) = desk.window.findChildren(QFileDialog)
    assert dialog.defaultSuffix() == "xlsx"
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.selectedFiles()[0].endswith("Plans.xlsx")
    dialog.fileSelected.emit(str(tmp_path / "plans.xlsx"))
    dialog.close()
    desk.settle()
    assert read_excel(tmp_path / "plans.xlsx")
    dialog.deleteLater()


def test_a_folder_that_takes_nothing_is_said_and_another_one_does(busy, desk, tmp_path):
    sheet = open_export(desk, desk.room("plans"))
    sheet.save_to(tmp_path / "gone" / "plans.xlsx")
    desk.settle()
    assert "the folder is not there any more" in sheet.problem.text()
    assert sheet.main.isEnabled()
    sheet.save_to(tmp_path / "plans.xlsx")
    desk.settle()
    assert not open_sheets(desk)
    assert read_excel(tmp_path / "plans.xlsx")


def test_a_full_disk_is_said(busy, desk, tmp_path, monkeypatch):
    monkeypatch.setattr(files.Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    sheet = open_export(desk, desk.room("plans"))
    sheet.save_to(tmp_path / "plans.xlsx")
    desk.settle()
    assert "the disk is full" in sheet.problem.text()
    assert list(tmp_path.glob("plans*")) == []


def test_a_server_that_goes_away_is_said_and_nothing_is_left(busy, desk, tmp_path, monkeypatch):
    room = desk.room("plans")

    def away():
        raise Unavailable("away")

    monkeypatch.setattr(desk.window.desk.staff, "plans", away)
    sheet = open_export(desk, room)
    sheet.save_to(tmp_path / "plans.xlsx")
    desk.settle()
    assert "does not answer" in sheet.problem.text()
    assert list(tmp_path.glob("plans*")) == []


def test_esc_stops_it_and_says_how_far_it_was(busy, desk, tmp_path, monkeypatch):
    monkeypatch.setattr("admin_desktop.members.room.PAGE", 5)
    room = desk.room("members")
    go_on, staff = threading.Event(), desk.window.desk.staff
    real, calls = staff.find_members, []

    def slow(asked):
        calls.append(asked)
        if len(calls) > 2:
            assert go_on.wait(30)
        return real(asked)

    monkeypatch.setattr(staff, "find_members", slow)
    sheet = open_export(desk, room)
    sheet.save_to(tmp_path / "members.csv")
    desk.wait_until(lambda: sheet.progress is not None and sheet.progress.counted >= 10)
    assert "10 rows so far" in sheet.count.text()
    assert sheet.bar.isVisible()
    sheet.setFocus()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    go_on.set()
    desk.settle()
    assert sheet.isVisible()
    assert "No file was written" in sheet.problem.text()
    assert list(tmp_path.glob("members*")) == []


def test_staff_take_no_list_of_members_away(busy, open_desk):
    desk = open_desk(role=Group.STAFF)
    press = desk.button("Export", desk.room("members"))
    assert not press.isEnabled()
    assert "Admin" in press.toolTip()
