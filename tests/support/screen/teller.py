"""``teller SOCKET [ARGUMENT ...]``: ``fit-admin`` with these arguments, which says what stands on its screen.

The product runs as it is. A line on the socket is a question, a line of JSON the answer: ``look``, or ``shoot FILE``
for a picture of the whole screen. Nothing here moves or presses anything.
"""

import json
import os
import queue
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDateTimeEdit,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

KINDS = (
    (QAbstractButton, "button"),
    (QLineEdit, "line"),
    (QPlainTextEdit, "line"),
    (QComboBox, "choice"),
    (QDateTimeEdit, "line"),
    (QLabel, "text"),
)


class Teller(QObject):
    """Answers on the GUI thread what a thread of its own hears."""

    _asked = Signal(str)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._answers: queue.Queue[str] = queue.Queue()
        self._asked.connect(self._answer)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(1)
        threading.Thread(target=self._serve, name="teller", daemon=True).start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rw") as lines:
            for line in lines:
                self._asked.emit(line.strip())
                lines.write(self._answers.get() + "\n")
                lines.flush()

    def _answer(self, question: str) -> None:
        try:
            what, _, rest = question.partition(" ")
            self._answers.put(json.dumps(look() if what == "look" else shoot(rest)))
        except Exception as error:  # noqa: BLE001  # a widget that dies while it is asked: ask again
            self._answers.put(json.dumps({"error": repr(error)}))


def look() -> dict[str, Any]:
    """What can be seen and reached: each thing with what it says and where it is, and the window for the keyboard."""
    windows = [each for each in QApplication.topLevelWidgets() if each.isVisible() and not _is_popup(each)]
    front = QApplication.activeModalWidget() or next(iter(windows), None)
    places = [each for each in (QApplication.activePopupWidget(), front) if each is not None]
    things = [thing for place in places for thing in _things(place)]
    return {"things": things, "keyboard": None if front is None else int(front.winId())}


def shoot(path: str) -> dict[str, Any]:
    return {"saved": QApplication.primaryScreen().grabWindow(0).save(path)}


def _is_popup(window: QWidget) -> bool:
    return window.windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip)


def _things(window: QWidget) -> Iterator[dict[str, Any]]:
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisible() or widget.window() is not window:
            continue
        match widget:
            case QAbstractItemView():
                yield from _rows(widget)
            case QTabBar():
                yield from _tabs(widget)
            case QMenu():
                yield from _entries(widget)
            case _ if (kind := _kind(widget)) is not None:
                yield from _thing(widget, kind)


def _kind(widget: QWidget) -> str | None:
    for kind, name in KINDS:
        if isinstance(widget, kind):
            return name
    return "thing" if widget.accessibleName() else None


def _thing(widget: QWidget, kind: str) -> Iterator[dict[str, Any]]:
    box = widget.visibleRegion().boundingRect()
    if box.isEmpty():
        return
    facts: dict[str, Any] = {"name": _name(widget), "checked": False, "focus": widget.hasFocus()}
    match widget:
        case QAbstractButton():
            facts |= {"says": _without_mnemonic(widget.text()), "checked": widget.isChecked()}
        case QPlainTextEdit():
            facts["says"] = widget.toPlainText()
        case QComboBox():
            facts["says"] = widget.currentText()
        case QLineEdit() | QDateTimeEdit() | QLabel():
            facts["says"] = widget.text()
            facts["hint"] = widget.placeholderText() if isinstance(widget, QLineEdit) else ""
        case _:
            facts["says"] = widget.accessibleName()
    yield from _placed(widget, box, kind, enabled=widget.isEnabled(), facts=facts)


def _name(widget: QWidget) -> str:
    """What a screen reader calls it: its own name, or the label that it belongs to."""
    if widget.accessibleName() or not isinstance(widget, QLineEdit | QComboBox):
        return widget.accessibleName()
    labels = [each for each in widget.parentWidget().findChildren(QLabel) if each.buddy() is widget]
    return _without_mnemonic(labels[0].text()) if labels else ""


def _without_mnemonic(text: str) -> str:
    return text.replace("&", "").strip()


def _rows(view: QAbstractItemView) -> Iterator[dict[str, Any]]:
    model, root = view.model(), view.rootIndex()
    if model is None:
        return
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(root)
    for row in range(model.rowCount(root)):
        cells = [model.index(row, column, root) for column in range(columns)]
        box = QRect()
        for cell in cells:
            box = box.united(view.visualRect(cell))
        box &= view.viewport().rect()
        if box.isEmpty():
            continue
        says = " | ".join(str(cell.data() or "") for cell in cells)
        last = view.visualRect(cells[-1])
        facts = {"name": view.accessibleName(), "says": says, "last": _point(view.viewport(), last.center())}
        yield from _placed(view.viewport(), box, "row", enabled=view.isEnabled(), facts=facts)


def _tabs(bar: QTabBar) -> Iterator[dict[str, Any]]:
    for place in range(bar.count()):
        facts = {"name": bar.accessibleName(), "says": bar.tabText(place), "checked": place == bar.currentIndex()}
        yield from _placed(bar, bar.tabRect(place), "tab", enabled=bar.isTabEnabled(place), facts=facts)


def _entries(menu: QMenu) -> Iterator[dict[str, Any]]:
    for action in menu.actions():
        facts = {"name": "", "says": action.text()}
        yield from _placed(menu, menu.actionGeometry(action), "entry", enabled=action.isEnabled(), facts=facts)


def _placed(
    widget: QWidget, box: QRect, kind: str, *, enabled: bool, facts: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Nothing for what something else lies over."""
    middle = widget.mapToGlobal(box.center())
    hit = QApplication.widgetAt(middle)
    if hit is not None and (hit is widget or widget.isAncestorOf(hit)):
        x, y, width, height = box.translated(widget.mapToGlobal(QPoint(0, 0))).getRect()
        yield {"kind": kind, "enabled": enabled, "box": [x, y, width, height], **facts}


def _point(widget: QWidget, at: QPoint) -> list[int]:
    there = widget.mapToGlobal(at)
    return [there.x(), there.y()]


def main() -> int:
    from admin_desktop.__main__ import main as fit_admin  # the product

    path = Path(sys.argv[1]).absolute()
    os.chdir(path.parent)  # where dialogs for files begin
    _teller = Teller(path)
    return fit_admin(sys.argv[2:])
