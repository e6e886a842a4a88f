"""The buttons of the rooms, and which of them ask for more than their room does."""

from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from admin_desktop.widgets.sheet import Overlay
from tests.gui.desk.gallery import choose_something

BOUND = {
    ("members", "Export"): "import.run",
    ("machines", "New machine"): "machine.change",
    ("kiosks", "Pair a kiosk"): "device.create",
    ("plans", "New plan"): "plan.change",
    ("plans", "Edit"): "plan.change",
    ("plans", "Take off sale"): "plan.change",
    ("payments", "Give back …"): "payment.refund",
    ("payments", "Correct …"): "payment.correct",
}
"""The buttons that ask for more than their room does, by the text on them, and what they are about."""


def presses(room):
    """The buttons on the screen, by what they say."""
    found = [press for press in room.findChildren(QPushButton) if press.isVisible()]
    return {press.text().strip() or press.accessibleName(): press for press in found}


def entered(desk, name):
    room = desk.room(name)
    choose_something(desk, room)
    return room


def close_all(desk):
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()
    for dialog in desk.window.findChildren(QFileDialog):
        dialog.close()
    for overlay in reversed(desk.window.findChildren(Overlay)):
        if overlay.isVisible():
            overlay.close_it()
    desk.settle()
