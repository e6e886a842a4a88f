"""Every sheet that saves, while the server is slow, away, cut off, or says no: nothing typed is lost, nothing done twice."""

import contextlib
import re
from uuid import UUID, uuid4

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
)
from shiboken6 import isValid

from admin_desktop.door.check_in import CheckInSheet
from admin_desktop.passes.cards import PassCard, Tray
from admin_desktop.passes.issuing import print_cards
from admin_desktop.pictures.cropping import CropSheet
from admin_desktop.shell.changing import AwayNote
from admin_desktop.shell.signed_out import SignedOut
from admin_desktop.widgets.sheet import Sheet
from shared.domain.roles import Group
from shared.passtoken.tokens import new_card, to_text
from tests.gui.desk.away import away, changing_presses, opens_a_change
from tests.gui.desk.pressing import BOUND
from tests.gui.desk.sheets import SHEETS, Scene, new_member
from tests.support.desk import PASSWORD, DeskGym, a_desk
from tests.support.fault_proxy import Fault, FaultProxy

NOES = (
    Fault.of_status(500, "internal_error"),
    Fault.of_status(409, "thing_changed"),
    Fault.of_status(422, "invalid_input"),
    Fault.of_status(403, "forbidden"),
)
_MACHINE_TALK = re.compile(r"Traceback|HTTP|http|\b[a-z]+_[a-z_]+\b|\{|\b[45]\d\d\b")


@pytest.fixture(scope="module")
def proxy():
    proxy = FaultProxy()
    yield proxy
    proxy.close()


def behind(proxy, gym):
    """The gym, which its desks reach through the proxy."""
    settings = gym.live.settings
    proxy.serve(target_port=gym.live.port, certificate=settings.certificate, key=settings.certificate_key)
    text = gym.connection.read_text(encoding="utf-8")
    gym.connection.write_text(text.replace(gym.live.base_url, proxy.url), encoding="utf-8")
    return gym


@pytest.fixture(scope="module")
def gym(tmp_path_factory, proxy):
    with contextlib.ExitStack() as stack:
        yield behind(proxy, DeskGym(tmp_path_factory.mktemp("desk"), stack))


@pytest.fixture(scope="module")
def scene(gym, qapp, tmp_path_factory):
    """One desk for all sheets, at which an Owner with a password is signed in."""
    data = tmp_path_factory.mktemp("pc")
    gym.sign_in(Group.OWNER, data, password=PASSWORD)
    with a_desk(gym, qapp, data, role=None) as desk:
        desk.wait_until(lambda: desk.window.frame is not None)
        desk.settle()
        yield Scene(desk, gym)


def typed(filled):
    """What stands in the fields."""
    fields = filled.fields
    return [
        *(each.text() for each in fields.findChildren(QLineEdit)),
        *(each.toPlainText() for each in fields.findChildren(QPlainTextEdit)),
        *(each.currentText() for each in fields.findChildren(QComboBox)),
        *(each.isChecked() for each in fields.findChildren(QCheckBox)),
        *(each.text() for each in fields.findChildren(QAbstractSpinBox)),
        *(each.isChecked() for each in fields.findChildren(QPushButton) if each.isCheckable()),
    ]


def said(filled):
    """The complaints that are on the screen."""
    labels = filled.fields.findChildren(QLabel)
    return " ".join(each.text() for each in labels if each.property("role") == "error" and each.isVisible())


def is_gone(sheet):
    return not isValid(sheet) or not sheet.isVisible()


def press(scene, filled):
    scene.desk.click(filled.send)


def assert_kept(filled, before, proxy):
    assert proxy.struck, "the fault struck nothing"
    assert filled.fields.isVisible(), "the sheet is gone"
    assert filled.send.isEnabled(), "the sheet waits for ever"
    assert not getattr(filled.fields, "is_busy", False)
    assert typed(filled) == before
    words = said(filled)
    assert words, "nothing is said"
    assert not _MACHINE_TALK.search(words), words


def sign_out_everywhere(scene):
    person = scene.desk.frame.context.me.person
    scene.call("POST", f"/v1/people/{person.id}/sign-out")


def sign_in_again(scene):
    cover = scene.desk.window.findChild(SignedOut)
    assert cover is not None, "nobody is asked to sign in"
    assert cover.isVisible()
    scene.desk.type(cover.page.password.line, PASSWORD)
    scene.desk.click(cover.page.press)
    scene.desk.wait_until(lambda: scene.desk.window.findChild(SignedOut) is None)


@pytest.fixture(autouse=True)
def _tidied(scene):
    """What a test left open is no matter of the next one."""
    yield
    scene.desk.tidy()


@pytest.fixture
def filled(request, scene):
    return request.param(scene)


@pytest.mark.parametrize("filled", SHEETS, indirect=True, ids=lambda open_it: open_it.__name__)
def test_a_sheet_survives_whatever_the_server_does(scene, proxy, filled):
    before, done_before = typed(filled), filled.done()
    for fault in (*NOES, Fault("down")):
        with proxy.failing(fault):
            press(scene, filled)
            assert_kept(filled, before, proxy)
    assert filled.done() == done_before
    sign_out_everywhere(scene)
    press(scene, filled)
    sign_in_again(scene)
    assert typed(filled) == before
    with proxy.failing(Fault("lost")):
        press(scene, filled)
        assert_kept(filled, before, proxy)
    with proxy.failing(Fault("held")):
        QTest.mouseClick(filled.send, Qt.MouseButton.LeftButton)
        scene.desk.wait_until(lambda: proxy.struck > 0)
        assert not filled.send.isEnabled(), "it can be pressed again while it is sent"
        assert typed(filled) == before
        proxy.release()
        scene.desk.settle()
    assert filled.done() == done_before + 1
    assert not isinstance(filled.fields, Sheet) or is_gone(filled.fields), said(filled)


@pytest.fixture
def untouched(qapp, tmp_path):
    """A gym and a desk at which nobody has done anything, and the proxy between them."""
    with contextlib.ExitStack() as stack:
        proxy = FaultProxy()
        stack.callback(proxy.close)
        gym = behind(proxy, DeskGym(tmp_path / "gym", stack))
        yield Scene(stack.enter_context(a_desk(gym, qapp, tmp_path / "pc")), gym), proxy


def test_while_the_server_is_away_nothing_that_changes_is_on_in_any_room(untouched, monkeypatch):
    scene, proxy = untouched
    for ask in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, ask, lambda *_, **__: ("", ""))  # these wait for an answer
    scene.receipt()
    scene.machine()
    new = {"site_id": scene.site, "name": scene.name(), "direction": "entry"}
    desk, device = scene.desk, scene.call("POST", "/v1/devices", json=new)
    desk.room("kiosks").choose(UUID(device["device_id"]))
    before = {act for act, press in changing_presses(desk).items() if press.isEnabled()}
    assert before >= BOUND.keys()
    with away(desk, proxy) as asked:
        waiting = changing_presses(desk)
        assert [act for act, press in waiting.items() if press.isEnabled()] == []
        assert [act for act, press in waiting.items() if "does not answer" not in press.toolTip()] == []
        assert list(opens_a_change(desk)) == []
        assert set(asked) <= {"GET"}
        desk.click(desk.frame.top.check_in)
        assert desk.on_top(CheckInSheet).main.isEnabled()
        assert not desk.on_top(CheckInSheet).findChildren(AwayNote)
        desk.tidy()
    assert {act for act, press in changing_presses(desk).items() if press.isEnabled()} == before


def test_an_open_sheet_says_that_it_waits_and_keeps_what_was_typed(scene, proxy):
    filled = new_member(scene)
    before, (note,) = typed(filled), filled.fields.findChildren(AwayNote)
    assert not note.isVisible()
    with away(scene.desk, proxy):
        assert note.isVisible()
        press(scene, filled)
        assert_kept(filled, before, proxy)
    assert not note.isVisible()
    press(scene, filled)
    assert filled.done() == 1


def a_picture(path):
    """Too rich to become small: its upload takes many portions."""
    noise = np.random.default_rng(7).integers(0, 255, (1200, 1800, 3), np.uint8)
    image = QImage(noise.tobytes(), 1800, 1200, 3 * 1800, QImage.Format.Format_RGB888)
    assert image.save(str(path))
    return path


def on_screen(scene, kind):
    return next(each for each in reversed(scene.desk.window.findChildren(kind)) if each.isVisible())


def test_a_photo_cut_off_in_the_middle_is_sent_again_whole(scene, proxy, tmp_path):
    member = scene.member()
    card = scene.show_member(member).card
    sheet = card.photo.open()
    sheet.take(a_picture(tmp_path / "a.png"))
    scene.desk.settle()
    with proxy.failing(Fault("cut")):
        scene.desk.click(on_screen(scene, CropSheet).main)
        assert proxy.struck
    assert "does not answer" in sheet.problem.text()
    assert not scene.gym.live.owner.get(f"/v1/members/{member['id']}/photo", params={"size": "large"}).is_success
    scene.desk.click(scene.desk.button("Try again"))
    assert scene.gym.live.owner.get(f"/v1/members/{member['id']}/photo", params={"size": "large"}).is_success


def test_a_machines_picture_cut_off_or_never_answered_is_there_once(scene, proxy, tmp_path, monkeypatch):
    machine, card = scene.show_machine()
    card.well.given.emit(a_picture(tmp_path / "a.png"))
    scene.desk.settle()
    with proxy.failing(Fault("cut")):
        scene.desk.click(on_screen(scene, CropSheet).main)
        assert proxy.struck
    assert "was not stored" in scene.desk.toast
    monkeypatch.setattr(proxy, "strikes", lambda method, path: method == "POST" and path.endswith("/images"))
    with proxy.failing(Fault("lost")):
        scene.desk.click(scene.desk.button("Try again"))
        assert proxy.struck
    assert "was not stored" in scene.desk.toast
    scene.desk.click(scene.desk.button("Try again"))
    assert len(scene.call("GET", f"/v1/machines/{machine['id']}")["images"]) == 1


def test_printing_two_hundred_cards_shows_how_far_it_is_and_can_be_stopped(scene, tmp_path):
    cards = [PassCard(uuid4(), to_text(new_card()), f"Nora {number}", "", "Gym") for number in range(200)]
    context = scene.desk.frame.context
    sheet = print_cards(context, cards, Tray.of(context.desk))
    seen = []
    sheet.save_to(tmp_path / "cards.pdf")
    sheet.progress.moved.connect(lambda: seen.append(sheet.bar.value()))
    scene.desk.wait_until(lambda: any(0 < percent < 100 for percent in seen))
    assert sheet.bar.isVisible()
    scene.desk.click(sheet.leave_button)
    assert sheet.isVisible()
    assert "stopped" in sheet.problem.text()
    assert not (tmp_path / "cards.pdf").exists()
    sheet.close_it()
