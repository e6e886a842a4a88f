"""The machines' room, against a real server."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from admin_desktop.machines.acts import ActSheet
from admin_desktop.machines.editing import MachineSheet
from admin_desktop.machines.reading import By, Filter, found, offered, sticker_id, sticker_text
from admin_desktop.pictures.cropping import CropSheet
from admin_desktop.printing.sheet import PrintSheet
from admin_desktop.widgets.sheet import Question
from shared.clock import SystemClock
from shared.contracts.machines import MachineDetail
from shared.domain.ids import uuid7
from shared.domain.machine import MachineStatus
from shared.domain.roles import Group
from shared.errors import Unavailable
from tests.support.paper import draw_pages, has_pixels, page_sizes_mm, read_codes

TODAY = date(2026, 11, 20)


def on_screen(desk, kind):
    return next(each for each in desk.window.findChildren(kind) if each.isVisible())


def a_machine(gym, name="Rower 1", **facts):
    new = {"site_id": str(gym.live.site_id), "name": name, "category": "Cardio", **facts}
    return MachineDetail.model_validate(gym.live.call("POST", "/v1/machines", json=new))


def now(gym, machine):
    return MachineDetail.model_validate(gym.live.call("GET", f"/v1/machines/{machine.id}"))


def a_picture(path: Path, *, width=900, height=600, colour="#446688") -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    return path


def show(desk, machine):
    room = desk.room("machines")
    room.go_to(machine.id)
    desk.wait_until(lambda: room.card is not None)
    desk.settle()
    return room


def drop(desk, widget, at, path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(at), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    widget.dropEvent(event)
    desk.settle()


def test_a_machine_is_written_down_with_the_keyboard_and_opens(gym, desk):
    room = desk.room("machines")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    sheet = on_screen(desk, MachineSheet)
    desk.type(desk.window.focusWidget(), "Treadmill 3")
    desk.type(sheet.form.fields["category"].editor, "Cardio")
    desk.type(sheet.form.fields["maintenance_every_days"].editor, "90")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_until(lambda: room.card is not None)
    made = now(gym, room.card.machine)
    assert (made.name, made.category, made.maintenance_every_days) == ("Treadmill 3", "Cardio", 90)
    assert made.maintenance_due_on is not None
    assert "Treadmill 3" in desk.toast


def test_what_was_typed_stays_when_the_answer_is_lost_and_trying_again_makes_one_machine(gym, desk, monkeypatch):
    desk.room("machines").make_new()
    sheet = on_screen(desk, MachineSheet)
    desk.type(sheet.form.fields["name"].editor, "Stepper 9")
    desk.type(sheet.form.fields["category"].editor, "Cardio")
    cloud = desk.window.desk.machines
    real = cloud.create_machine

    def lose_the_answer(draft):
        real(draft)
        raise Unavailable("cut")

    monkeypatch.setattr(cloud, "create_machine", lose_the_answer)
    desk.click(sheet.main)
    assert "does not answer" in sheet.problem.text()
    assert sheet.form.fields["name"].editor.text() == "Stepper 9"
    monkeypatch.undo()
    desk.click(sheet.main)
    desk.wait_until(lambda: "Stepper 9" in desk.toast)
    names = [each["name"] for each in gym.live.call("GET", "/v1/machines")["items"]]
    assert names.count("Stepper 9") == 1


def test_whoever_was_overtaken_is_told_what_was_saved_and_chooses(gym, desk):
    machine = a_machine(gym)
    room = show(desk, machine)
    desk.click(room.card.edit_button)
    sheet = on_screen(desk, MachineSheet)
    faster = {
        "site_id": str(machine.site_id),
        "name": machine.name,
        "category": "Endurance",
        "version": machine.version,
    }
    gym.live.call("PUT", f"/v1/machines/{machine.id}", json=faster)
    desk.type(sheet.form.fields["name"].editor, "Rower A")
    desk.click(sheet.main)
    assert "Somebody else was faster" in sheet.problem.text()
    assert "Endurance" in sheet.form.fields["category"].complaint
    assert now(gym, machine).name == machine.name
    desk.click(sheet.main)
    assert now(gym, machine).name == "Rower A"


def test_a_plan_that_is_no_number_is_said_at_its_place(desk):
    desk.room("machines").make_new()
    sheet = on_screen(desk, MachineSheet)
    desk.type(sheet.form.fields["name"].editor, "Bike")
    desk.type(sheet.form.fields["category"].editor, "Cardio")
    desk.type(sheet.form.fields["maintenance_every_days"].editor, "soon")
    desk.click(sheet.main)
    assert sheet.isVisible()
    assert sheet.form.fields["maintenance_every_days"].complaint


def test_a_fault_puts_it_out_of_order_and_the_last_one_resolved_puts_it_back(gym, desk):
    machine = a_machine(gym, "Cable tower")
    room = show(desk, machine)
    desk.click(room.card.report_button)
    sheet = on_screen(desk, ActSheet)
    QTest.keyClicks(desk.window.focusWidget(), "Cable frays")
    sheet.form.fields["status"].combo.setCurrentIndex(1)
    desk.click(sheet.main)
    assert room.card.chip.chip.text == "Out of order"
    assert now(gym, machine).reason == "Cable frays"
    desk.click(desk.button("Resolved", room.card))
    desk.click(on_screen(desk, ActSheet).main)
    assert room.card.chip.chip.text == "In order"
    assert now(gym, machine).faults[0].resolved_at is not None
    assert desk.says("Cable frays", room.card)


def test_out_of_order_needs_a_reason_and_says_since_when(gym, desk):
    machine = a_machine(gym, "Leg press")
    room = show(desk, machine)
    desk.click(room.card.status_button)
    sheet = on_screen(desk, ActSheet)
    sheet.form.fields["status"].combo.setCurrentIndex(list(MachineStatus).index(MachineStatus.OUT_OF_ORDER))
    desk.click(sheet.main)
    assert sheet.form.fields["reason"].complaint
    sheet.form.fields["reason"].box.setPlainText("Seat is torn")
    desk.click(sheet.main)
    assert now(gym, machine).status is MachineStatus.OUT_OF_ORDER
    assert desk.says("Seat is torn", room.card)
    assert desk.says("In this state since: Today", room.card)


def test_a_state_can_be_taken_back_beside_the_sheet_that_is_open(gym, desk):
    machine = a_machine(gym, "Undone")
    room = show(desk, machine)
    desk.click(room.card.status_button)
    sheet = on_screen(desk, ActSheet)
    sheet.form.fields["status"].combo.setCurrentIndex(list(MachineStatus).index(MachineStatus.NEEDS_ATTENTION))
    sheet.form.fields["reason"].box.setPlainText("Squeaks")
    desk.click(sheet.main)
    toast = desk.frame.toasts.current
    assert toast.geometry().right() < room.card.frame.geometry().left()
    assert desk.window.childAt(toast.mapTo(desk.window, toast.rect().center())) in (toast, *toast.children())
    desk.click(desk.button("Undo"))
    assert now(gym, machine).status is MachineStatus.IN_ORDER
    assert room.card.chip.chip.text == "In order"


def test_service_that_was_done_moves_the_next_one(gym, desk):
    today = SystemClock().now().date()
    machine = a_machine(gym, "Bike 4", maintenance_every_days=30, maintenance_due_on=str(today - timedelta(days=3)))
    room = show(desk, machine)
    assert room.card.chip.chip.text == "Service due"
    desk.click(room.card.maintain_button)
    desk.click(on_screen(desk, ActSheet).main)
    assert now(gym, machine).maintenance_due_on > today
    assert room.card.chip.chip.text == "In order"


def test_a_machine_with_a_history_is_not_removed_and_one_without_is_after_a_question(gym, desk):
    kept, gone = a_machine(gym, "Kept"), a_machine(gym, "Gone")
    gym.live.call("POST", f"/v1/machines/{kept.id}/faults", json={"description": "Squeaks"})
    room = show(desk, kept)
    desk.click(room.card.remove_button)
    question = on_screen(desk, Question)
    assert desk.window.focusWidget() is question.safe
    desk.click(question.yes)
    assert "Retire it first" in desk.toast
    room.card.close_it()
    show(desk, gone)
    desk.click(room.card.remove_button)
    desk.click(on_screen(desk, Question).yes)
    names = [each.name for each in room.machines]
    assert "Kept" in names
    assert "Gone" not in names


def test_a_picture_dropped_on_a_card_is_cut_to_shape_with_the_keyboard_and_stored(gym, desk, tmp_path):
    machine = a_machine(gym, "Pictured")
    room = desk.room("machines")
    place = next(i for i, each in enumerate(room.gallery.shown.machines) if each.id == machine.id)
    index = room.gallery.shown.index(place, 0)
    room.gallery.scrollTo(index)
    at = room.gallery.visualRect(index).center()
    drop(desk, room.gallery, at, a_picture(tmp_path / "a.png", width=600, height=900))
    sheet = on_screen(desk, CropSheet)
    before = sheet.view.crop.part
    desk.key(Qt.Key.Key_Up)
    assert sheet.view.crop.part.top < before.top
    QTest.keyClicks(sheet.view, "+")
    assert sheet.view.crop.part.width < before.width
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_until(lambda: now(gym, machine).picture is not None)
    picture = now(gym, machine).picture
    assert abs(picture.width / picture.height - 1.5) < 0.01


def test_a_new_picture_becomes_the_first_and_the_old_one_stays(gym, desk, tmp_path):
    machine = a_machine(gym, "Twice")
    room = show(desk, machine)
    for name, colour in (("one.png", "#aa2222"), ("two.png", "#2222aa")):
        drop(desk, room.card.well, QPointF(5, 5), a_picture(tmp_path / name, colour=colour))
        desk.click(on_screen(desk, CropSheet).main)
    images = now(gym, machine).images
    assert len(images) == 2
    assert room.card.strip.current.id == images[0].id
    desk.wait_until(lambda: room.card.well.picture is not None)
    assert room.card.well.picture.pixelColor(50, 50).blue() > 100
    desk.click(room.card.strip.later)
    assert [each.id for each in now(gym, machine).images] == [images[1].id, images[0].id]
    desk.click(room.card.strip.remove)
    desk.click(on_screen(desk, Question).yes)
    assert len(now(gym, machine).images) == 1


def test_a_picture_can_be_pasted(gym, desk):
    machine = a_machine(gym, "Pasted")
    room = show(desk, machine)
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#228822"))
    QApplication.clipboard().setImage(image)
    room.card.well.setFocus()
    desk.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    desk.click(on_screen(desk, CropSheet).main)
    assert now(gym, machine).picture is not None


def test_stopping_a_picture_keeps_the_old_one(gym, desk, tmp_path, monkeypatch):
    machine = a_machine(gym, "Stopped")
    room = show(desk, machine)
    drop(desk, room.card.well, QPointF(5, 5), a_picture(tmp_path / "a.png"))
    sheet = on_screen(desk, CropSheet)
    real = gym_files(desk).send

    def press_cancel_first(ticket, content, *, sent):
        desk_stop.append(True)
        room.new_pictures.sending(machine.id)._stop.set()
        real(ticket, content, sent=sent)

    desk_stop = []
    monkeypatch.setattr(gym_files(desk), "send", press_cancel_first)
    desk.click(sheet.main)
    assert desk_stop
    assert "was not sent" in desk.toast
    assert now(gym, machine).picture is None
    assert room.new_pictures.sending(machine.id) is None


def gym_files(desk):
    return desk.window.desk.machines._files


def test_an_upload_that_is_cut_is_said_and_trying_again_stores_one_picture(gym, desk, tmp_path, monkeypatch):
    machine = a_machine(gym, "Cut")
    room = show(desk, machine)
    drop(desk, room.card.well, QPointF(5, 5), a_picture(tmp_path / "a.png"))
    cloud = desk.window.desk.machines
    real = cloud.add_image

    def lose_the_answer(*arguments, **options):
        real(*arguments, **options)
        raise Unavailable("cut")

    monkeypatch.setattr(cloud, "add_image", lose_the_answer)
    desk.click(on_screen(desk, CropSheet).main)
    assert "was not stored" in desk.toast
    monkeypatch.undo()
    desk.click(desk.button("Try again"))
    assert len(now(gym, machine).images) == 1
    assert "has a new picture" in desk.toast


def unfit_files(folder):
    whole = a_picture(folder / "whole.png").read_bytes()
    return {
        "no picture": b"not a picture at all",
        "damaged": whole[: len(whole) // 2],
        "million pixels": a_png_that_says_it_is(60_000, 60_000),
    }


@pytest.mark.parametrize("said", ["no picture", "damaged", "million pixels"])
def test_what_is_no_fit_picture_is_refused_in_plain_words(gym, desk, tmp_path, said):
    machine = a_machine(gym, f"Refused {said}")
    path = tmp_path / "unfit.png"
    path.write_bytes(unfit_files(tmp_path)[said])
    room = show(desk, machine)
    drop(desk, room.card.well, QPointF(5, 5), path)
    assert said in desk.toast
    assert now(gym, machine).picture is None


def a_png_that_says_it_is(width: int, height: int) -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_filters_count_and_show_and_the_search_finds_a_part(gym, desk):
    a_machine(gym, "Zumba box", category="Studio")
    broken = a_machine(gym, "Xenon rower", category="Studio")
    gym.live.call("POST", f"/v1/machines/{broken.id}/faults", json={"description": "Stuck", "status": "out_of_order"})
    room = desk.room("machines")
    studio = Filter(By.CATEGORY, "Studio")
    assert room.filters.chips[studio].text() == "Studio 2"
    desk.click(room.filters.chips[studio])
    assert {each.name for each in room.gallery.shown.machines} == {"Zumba box", "Xenon rower"}
    desk.click(room.filters.chips[Filter()])
    desk.type(room.search, "xenon")
    assert [each.name for each in room.gallery.shown.machines] == ["Xenon rower"]
    desk.click(room.as_list)
    assert [each.name for each in room.model.rows] == ["Xenon rower"]


def test_a_sticker_scanned_into_the_search_opens_its_machine(gym, desk):
    machine = a_machine(gym, "Scanned")
    room = desk.room("machines")
    desk.type(room.search, sticker_text(machine.id))
    desk.key(Qt.Key.Key_Return)
    desk.wait_until(lambda: room.card is not None)
    assert room.card.machine.id == machine.id
    assert room.search.text() == ""


def test_arrows_move_and_enter_opens(gym, desk):
    a_machine(gym, "A first one")
    room = desk.room("machines")
    room.gallery.setFocus()
    room.gallery.setCurrentIndex(room.gallery.shown.index(0, 0))
    desk.key(Qt.Key.Key_Right)
    chosen = room.gallery.current
    desk.key(Qt.Key.Key_Return)
    desk.wait_until(lambda: room.card is not None)
    assert room.card.machine.id == chosen.id
    QTest.keyClick(room.card, Qt.Key.Key_Escape)
    assert room.card is None


def test_four_cards_stand_in_a_row_and_fewer_where_it_is_narrow(gym, desk):
    for number in range(5):
        a_machine(gym, f"Row {number}")
    room = desk.room("machines")
    assert in_the_first_row(room) == 4
    desk.window.resize(1180, 720)
    room.gallery.setFixedWidth(700)
    desk.wait_until(lambda: in_the_first_row(room) == 2)


def in_the_first_row(room):
    model = room.gallery.shown
    tops = [room.gallery.visualRect(model.index(at, 0)).top() for at in range(model.rowCount())]
    return tops.count(tops[0])


def test_staff_care_for_machines_and_do_not_change_them(gym, open_desk):
    machine = a_machine(gym, "Guarded")
    desk = open_desk(role=Group.STAFF)
    room = show(desk, machine)
    assert not room.new.isEnabled()
    assert not room.card.edit_button.isEnabled()
    assert not room.card.remove_button.isEnabled()
    assert not room.card.strip.add.isVisible()
    assert "Only an Admin" in room.card.edit_button.toolTip()
    assert room.card.report_button.isEnabled()


def test_a_stickers_printed_code_is_read_back_and_names_the_machine(gym, desk, tmp_path):
    machine = a_machine(gym, "Stickered")
    room = show(desk, machine)
    desk.click(room.card.sticker_button)
    sheet = on_screen(desk, PrintSheet)
    sheet.save_to(tmp_path / "sticker.pdf")
    desk.wait_until(lambda: "Saved as sticker.pdf" in desk.toast)
    pdf = (tmp_path / "sticker.pdf").read_bytes()
    assert page_sizes_mm(pdf) == [(90, 50)]
    assert not has_pixels(pdf)
    assert read_codes(draw_pages(pdf)[0]) == [sticker_text(machine.id)]


def test_stickers_of_all_that_are_shown_fill_sheets_of_a4(gym, desk, tmp_path):
    wanted = {sticker_text(a_machine(gym, f"Sheet {number}", category="Sheets").id) for number in range(11)}
    room = desk.room("machines")
    desk.type(room.search, "sheets")
    desk.click(room.stickers)
    sheet = on_screen(desk, PrintSheet)
    assert "11 on 2 pages" in sheet.count.text()
    sheet.save_to(tmp_path / "many.pdf")
    desk.wait_until(lambda: "Saved" in desk.toast)
    pages = draw_pages((tmp_path / "many.pdf").read_bytes())
    corner = pages[1].copy(0, 0, pages[1].width() // 2, pages[1].height() // 5 + 60)
    assert len(pages) == 2
    (code,) = read_codes(corner)
    assert code in wanted


def a_view(name="Bike", **facts):
    return MachineDetail(
        **{
            "id": uuid7(1), "site_id": uuid7(2), "name": name, "category": "Cardio", "serial": None,
            "status": MachineStatus.IN_ORDER, "reason": None, "since_on": TODAY, "maintenance_every_days": None,
            "maintenance_due_on": None, "open_faults": 0, "picture": None, "version": 1, "images": [], "faults": [],
            "maintenance": [], **facts,
        }
    )  # fmt: skip


def test_a_retired_machine_is_in_its_own_filter_alone():
    machines = [a_view(), a_view("Old", status=MachineStatus.RETIRED, reason="Sold", maintenance_due_on=TODAY)]
    assert offered(machines, today=TODAY) == [(Filter(), 1), (Filter(By.RETIRED), 1)]
    assert [each.name for each in found(machines, Filter(By.RETIRED), "", today=TODAY)] == ["Old"]


def test_service_is_due_on_its_day_and_not_before():
    due, later = a_view(maintenance_due_on=TODAY), a_view("Later", maintenance_due_on=TODAY + timedelta(days=1))
    assert found([due, later], Filter(By.DUE), "", today=TODAY) == [due]


def test_a_stickers_text_leads_back_to_its_machine_and_nothing_else_does():
    machine_id = uuid7(5)
    assert sticker_id(sticker_text(machine_id) + "\n") == machine_id
    assert sticker_id("FIT-MACHINE-nothing") is None
    assert sticker_id("Bike") is None
