"""Moving in at the desk: a file is dropped, tried out and imported with clicks; what goes wrong is told, and undone."""

import csv
import io

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog

from admin_desktop.exporting.sheet import ExportSheet
from admin_desktop.imports import sending, undoing
from admin_desktop.imports.checking import Fate
from admin_desktop.imports.fields import Field
from admin_desktop.imports.mapping import Instead
from admin_desktop.imports.sheets import NamesSheet, ReadingSheet
from admin_desktop.imports.undoing import ImportSheet
from admin_desktop.imports.values import DayOrder
from admin_desktop.widgets.sheet import Question
from shared.domain.roles import Group
from shared.errors import Unavailable

HEADINGS = ["Medlemsnr.", "Fornavn", "Efternavn", "E-mail", "Kort", "Abonnement", "Betalt til", "Bemærkning"]


@pytest.fixture
def a_file(tmp_path, request):
    """A Danish list of some members of the test's own; ``extra`` are further lines."""
    own = f"{abs(hash(request.node.name)) % 10**6}"

    def made(count=3, *extra, encoding="cp1252", plan="Monthly", name="medlemmer.csv"):
        rows = [
            [f"{own}-{at}", "Søren", f"Kjær {own} {at}", "", f"TAG-{own}-{at}", plan, "31.12.2027", ""]
            for at in range(count)
        ]
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows([HEADINGS, *rows, *extra])
        path = tmp_path / name
        path.write_bytes(out.getvalue().encode(encoding))
        return path

    made.own = own
    return made


def take(desk, room, path):
    room.take(path)
    desk.settle()
    desk.wait_until(lambda: room.work.is_checked or room.work.problem is not None)
    desk.settle()


def numbers(room):
    return {fate.value: label.text() for fate, label in room.page.numbers.numbers.items()}


def sheet(desk, kind):
    return next(each for each in desk.window.findChildren(kind) if each.isVisible())


def found(gym, search):
    return gym.live.call("GET", "/v1/members", params={"search": search})["items"]


def test_a_dropped_list_is_tried_out_at_once_and_moves_in_by_the_last_button(gym, desk, a_file):
    room, path = desk.room("imports"), a_file(3)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    move = Qt.DropAction.CopyAction
    room.start.drop.dropEvent(
        QDropEvent(QPointF(9, 9), move, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    )
    desk.settle()
    desk.wait_until(lambda: room.work.is_checked)
    assert desk.says("3 lines. Found: CP1252, semicolons, days like 31.12.2026.")
    assert numbers(room) == {"new": "3", "there": "0", "wrong": "0", "left_out": "0"}
    assert found(gym, a_file.own) == []
    assert room.page.main.text().strip() == "Import 3 members"
    desk.click(room.page.main)
    desk.wait_until(lambda: room.work.is_done)
    assert desk.toast == "3 members of medlemmer.csv have moved in."
    made = found(gym, a_file.own)
    assert {each["given_name"] for each in made} == {"Søren"}
    assert {each["memberships"][0]["paid_through_on"] for each in made} == {"2027-12-31"}
    holder = gym.live.call("POST", "/v1/pass-lookups", json={"text": f"TAG-{a_file.own}-1"})
    assert holder["member_id"] in {each["id"] for each in made}


def test_a_workbook_is_chosen_and_moves_in_by_keys(gym, desk, tmp_path, monkeypatch):
    book, path = openpyxl.Workbook(), tmp_path / "list.xlsx"
    for row in (["Name", "Number"], ["Xenia Workbook", "WB-1"], ["Yrsa Workbook", "WB-2"]):
        book.active.append(row)
    book.save(path)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    room = desk.room("imports")
    room.start.drop.setFocus()
    desk.key(Qt.Key.Key_Return)
    desk.wait_until(lambda: room.work.is_checked)
    assert desk.says("2 lines. Found: an Excel workbook.")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_until(lambda: room.work.is_done)
    assert len(found(gym, "Workbook")) == 2


def test_a_plan_that_the_gym_calls_otherwise_is_matched_once_for_all_lines(gym, desk, a_file):
    room = desk.room("imports")
    take(desk, room, a_file(4, plan="Guldkort"))
    assert numbers(room)["wrong"] == "4"
    assert not room.page.main.isEnabled()
    assert {entry.reason for entry in room.page.model.rows} == {"plan"}
    desk.click(desk.button("Plans and sites: 0 of 1 known"))
    names = sheet(desk, NamesSheet)
    choice = names.plan_fields["Guldkort"]
    choice.combo.setCurrentIndex(choice.combo.findText("Off-peak"))
    desk.click(names.main)
    desk.wait_until(lambda: room.work.is_checked)
    assert numbers(room)["new"] == "4"
    room.work.take_words({"Guldkort": Instead.LEAVE_OUT}, {})
    desk.wait_until(lambda: room.work.is_checked)
    assert numbers(room) == {"new": "0", "there": "0", "wrong": "0", "left_out": "4"}


def test_a_column_can_be_taken_for_something_else(desk, a_file):
    room = desk.room("imports")
    take(desk, room, a_file(2))
    picker = room.page.columns.pickers[0]
    picker.setCurrentIndex(picker.findData(Field.PHONE))
    picker.activated.emit(picker.currentIndex())
    desk.wait_until(lambda: room.work.is_checked)
    assert room.work.draft.reading.columns[0] is Field.PHONE
    assert {entry.ready.member.number for entry in room.work.entries} == {None}


def test_how_the_file_is_read_can_be_changed(desk, a_file):
    room = desk.room("imports")
    take(desk, room, a_file(2, encoding="cp850"))
    assert room.work.entries[0].ready.member.given_name == "Søren"
    desk.click(room.page.change)
    reading = sheet(desk, ReadingSheet)
    encoding = reading.form.fields["encoding"].combo
    encoding.setCurrentIndex(encoding.findText("CP1252"))
    desk.click(reading.main)
    desk.wait_until(lambda: room.work.is_checked)
    assert room.work.entries[0].ready.member.given_name != "Søren"
    desk.click(room.page.change)
    order = sheet(desk, ReadingSheet).form.fields["order"].combo
    order.setCurrentIndex(order.findText("days like 12/31/2026"))
    desk.click(sheet(desk, ReadingSheet).main)
    desk.wait_until(lambda: room.work.is_checked)
    assert room.work.draft.reading.order is DayOrder.MONTH_FIRST
    assert numbers(room)["wrong"] == "2"


def test_what_is_wrong_is_counted_looked_at_and_saved(desk, a_file, tmp_path):
    room = desk.room("imports")
    take(
        desk, room, a_file(2, ["", "", "", "x", "", "", "", "first"], ["9", "Ole", "Lund", "", "", "", "1.1.2027", ""])
    )
    assert numbers(room) == {"new": "3", "there": "0", "wrong": "1", "left_out": "0"}
    desk.click(room.page.filter.chips[Fate.WRONG])
    assert [entry.reason for entry in room.page.model.rows] == ["given_name"]
    desk.click(room.page.errors)
    out = tmp_path / "errors.csv"
    sheet(desk, ExportSheet).kind.combo.setCurrentIndex(1)
    sheet(desk, ExportSheet).save_to(out)
    desk.wait_until(out.exists)
    desk.settle()
    lines = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"), newline="")))
    assert [line[:2] for line in lines] == [["Line", "Reason"], ["4", "no name"]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "There is nothing in this file."),
        (b"PK\x03\x04", "This workbook is damaged."),
        (b"Name\nNo\0ra\n", "This is no list."),
    ],
)
def test_what_is_no_list_is_told_in_plain_words(desk, tmp_path, data, said):
    room, path = desk.room("imports"), tmp_path / "any.csv"
    path.write_bytes(data)
    room.take(path)
    desk.settle()
    assert desk.says(said)
    assert room.pages.currentIndex() == 0


def test_a_cancelled_import_keeps_what_was_sent_and_goes_on_where_it_was(gym, desk, a_file, monkeypatch):
    monkeypatch.setattr(sending, "PORTION", 2)
    room = desk.room("imports")
    take(desk, room, a_file(6))
    take_in, moving = room.context.desk.moving.take_in, room.context.desk.moving

    def stop_after(import_id, portion):
        results = take_in(import_id, portion)
        room.work.progress._stop.set()  # somebody presses cancel meanwhile
        return results

    with monkeypatch.context() as slow:
        slow.setattr(moving, "take_in", stop_after)
        desk.click(room.page.main)
        desk.wait_until(lambda: not room.work.is_sending)
    assert desk.toast == "Stopped. 2 members have moved in and stay."
    assert len(found(gym, a_file.own)) == 2
    desk.click(desk.button("Go on with the import"))
    desk.wait_until(lambda: room.work.is_done)
    assert len(found(gym, a_file.own)) == 6
    assert room.start.model.rows


def test_a_cloud_that_goes_away_is_told_and_nobody_comes_twice(gym, desk, a_file, monkeypatch):
    room = desk.room("imports")
    take(desk, room, a_file(3))
    moving = room.context.desk.moving
    take_in = moving.take_in

    def lose_the_answer(import_id, portion):
        take_in(import_id, portion)
        raise Unavailable("cut")

    with monkeypatch.context() as cut:
        cut.setattr(moving, "take_in", lose_the_answer)
        desk.click(room.page.main)
        desk.wait_until(lambda: not room.work.is_sending)
    assert "Going on makes nobody twice." in room.page.problem.text()
    desk.click(desk.button("Go on with the import"))
    desk.wait_until(lambda: room.work.is_done)
    assert len(found(gym, a_file.own)) == 3


def test_an_import_is_undone_after_a_question_and_says_whom_it_kept(gym, desk, a_file, monkeypatch):
    room = desk.room("imports")
    take(desk, room, a_file(4))
    desk.click(room.page.main)
    desk.wait_until(lambda: room.work.is_done)
    visitor = found(gym, a_file.own)[0]
    gym.live.call("POST", f"/v1/members/{visitor['id']}/block", json={})
    desk.click(desk.button("Done"))
    assert room.start.model.rows[0].made == 4
    room.start.table.choose(0)
    room.start.table.setFocus()
    desk.key(Qt.Key.Key_Return)
    shown = sheet(desk, ImportSheet)
    desk.click(shown.main)
    assert desk.says("4 members are erased for good")
    desk.click(sheet(desk, Question).safe)
    assert len(found(gym, a_file.own)) == 4
    desk.click(shown.main)
    desk.click(sheet(desk, Question).yes)
    desk.wait_until(lambda: not shown.kept.isHidden())
    assert desk.toast == "3 members erased, 1 kept."
    assert visitor["number"] in shown.kept.text()
    assert shown.kept.text().endswith("was changed")
    assert [each["id"] for each in found(gym, a_file.own)] == [visitor["id"]]
    assert room.start.model.rows[0].undone_at is not None


def test_undoing_can_be_stopped_and_goes_on(gym, desk, a_file, monkeypatch):
    room = desk.room("imports")
    take(desk, room, a_file(3))
    desk.click(room.page.main)
    desk.wait_until(lambda: room.work.is_done)
    desk.click(desk.button("Done"))
    room.start.open_import(room.start.model.rows[0])
    shown = sheet(desk, ImportSheet)

    def stopped(_desk, _view, progress):
        progress.stop()
        progress.tell(1, 2)

    with monkeypatch.context() as slow:
        slow.setattr(undoing, "undo_all", stopped)
        shown.undo()
        desk.settle()
    assert "Undo again to go on." in shown.problem.text()
    shown.undo()
    desk.settle()
    assert found(gym, a_file.own) == []


def test_all_members_go_out_into_a_file_that_can_move_in(gym, desk, tmp_path):
    room, out = desk.room("imports"), tmp_path / "all.xlsx"
    desk.click(room.out)
    sheet(desk, ExportSheet).save_to(out)
    desk.wait_until(out.exists)
    desk.settle()
    take(desk, room, out)
    every = len(room.work.entries)
    assert numbers(room) == {"new": "0", "there": str(every), "wrong": "0", "left_out": "0"}
    assert room.work.draft.unmatched == 0


def test_staff_have_no_such_room(open_desk):
    desk = open_desk(role=Group.STAFF)
    assert "imports" not in [spec.name for spec in desk.frame.rooms]
    assert "imports" in [spec.name for spec in open_desk(role=Group.ADMIN).frame.rooms]


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_file_on_its_page_can_be_read_at_the_smallest_size(open_desk, a_file, theme, language):
    from tests.support.looking import cut_headings, cut_texts, unreadable_texts

    desk = open_desk(theme=theme, language=language, size=(1180, 720))
    room = desk.room("imports")
    take(desk, room, a_file(2, ["1", "Ole", "", "", "", "Guldkort", "", ""]))
    assert (cut_texts(desk.window), cut_headings(desk.window), unreadable_texts(desk.window)) == ([], [], [])
