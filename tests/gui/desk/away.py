"""The desk without its server: how it goes and comes back, and what can be pressed meanwhile."""

import contextlib
from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QPushButton, QWidget

from admin_desktop.door.check_in import CheckInSheet
from admin_desktop.payments.selling import SellSheet
from admin_desktop.shell.changing import Changing
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.sheet import Question
from tests.gui.desk.pressing import close_all, entered, presses
from tests.support.desk import DeskAtWork
from tests.support.fault_proxy import Fault, FaultProxy

_CHANGES = (FormSheet, SellSheet, Question)
_OF_THIS_PC = {("passes", "Throw away")}
"""What asks a question and changes nothing in the cloud: the tray of cards that wait for the printer."""


@contextlib.contextmanager
def away(desk: DeskAtWork, proxy: FaultProxy) -> Iterator[list[str]]:
    """Nothing is answered while this is open, and the desk has noticed. What was asked meanwhile, by its method."""
    asked: list[str] = []
    strikes, proxy.strikes = proxy.strikes, lambda method, _path: asked.append(method) is None
    with proxy.failing(Fault("down")):
        _look(desk)
        assert not desk.window.ask.contact.online
        yield asked
    proxy.strikes = strikes
    _look(desk)
    assert desk.window.ask.contact.online


def _look(desk: DeskAtWork) -> None:
    desk.frame._try_now()
    desk.settle()


def changing_presses(desk: DeskAtWork) -> dict[tuple[str, str], QPushButton]:
    """The changing buttons on the screen of each room, as they are when one has been to all of them."""
    found: dict[tuple[str, str], Any] = {}
    for spec in desk.frame.rooms:
        room: QWidget = entered(desk, spec.name)
        held = {each.press for each in room.findChildren(Changing)}
        found |= {(spec.name, text): press for text, press in presses(room).items() if press in held}
    return found


def opens_a_change(desk: DeskAtWork) -> Iterator[tuple[str, str]]:
    """Presses each button that is on, and tells which open a form or a question, but for the check-in by hand."""
    for spec in desk.frame.rooms:
        for text in presses(entered(desk, spec.name)):
            press = presses(desk.frame.room).get(text)
            if press is None or not press.isEnabled() or press.isCheckable():
                continue  # a chip bounds a list, also for the next test
            press.click()
            desk.settle()
            opened = [each for kind in _CHANGES for each in desk.window.findChildren(kind) if each.isVisible()]
            if any(not isinstance(each, CheckInSheet) for each in opened) and (spec.name, text) not in _OF_THIS_PC:
                yield spec.name, text
            close_all(desk)
