"""The card of one kiosk: its name, seven lights, and two sentences when something is wrong."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from admin_desktop.kiosks.health import Health
from admin_desktop.kiosks.reading import lights, state_chip, trouble_of, where
from admin_desktop.shell.context import Context
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.lights import LightLabel
from shared.desktop.tokens import DESK

_IN_ONE_ROW = 690
"""Narrower cards have their lights in two rows."""


class KioskCard(QFrame):
    """Shows one kiosk; can be chosen by pointer, Enter and arrows."""

    chosen = Signal()
    moved = Signal(int)

    def __init__(self, context: Context, health: Health) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._context = context
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, 14, DESK.padding, 16)
        column.setSpacing(14)
        self.name, self.where = label("", "card"), label("", "muted")
        self.chip = ChipLabel(state_chip(health, context.words))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.name)
        head.addWidget(self.where)
        head.addStretch(1)
        head.addWidget(self.chip)
        column.addLayout(head)
        self.lights = [LightLabel(light.name) for light in lights(health, context.words)]
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(12)
        column.addLayout(self._grid)
        self._columns = 0
        self._note = _Note()
        column.addWidget(self._note)
        for each in (self.name, self.where):
            each.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._lay_out(len(self.lights))
        self.show_health(health)

    def show_health(self, health: Health) -> None:
        """The kiosk as it is now; nothing jumps when nothing changed."""
        self.health = health
        words, info = self._context.words, health.info
        self.name.setText(info.name)
        self.where.setText(where(info.site_id, info.direction, self._context))
        self.chip.show_chip(state_chip(health, words))
        for shown, light in zip(self.lights, lights(health, words), strict=True):
            tone = words(f"kiosks.tone.{light.tone.value}")
            spoken = words("kiosks.spoken", name=light.name, value=light.value, tone=tone)
            shown.show_light(light.value, light.tone, spoken=spoken)
        trouble = trouble_of(health, self._context)
        self._note.show_trouble("" if trouble is None else trouble.what, "" if trouble is None else trouble.todo)
        self.setAccessibleName(f"{info.name}: {self.chip.chip.text}")
        self.setAccessibleDescription(self._note.said)

    @property
    def note(self) -> str:
        """What it says of its trouble; empty when it is well."""
        return self._note.said

    def mark(self, *, chosen: bool) -> None:
        self.setProperty("chosen", "true" if chosen else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.setFocus()
        self.chosen.emit()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._lay_out(len(self.lights) if self.width() >= _IN_ONE_ROW else (len(self.lights) + 1) // 2)
        super().resizeEvent(event)

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place, light in enumerate(self.lights):
            self._grid.addWidget(light, place // columns, place % columns)
        for column in range(len(self.lights)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)


class _Note(QFrame):
    """What happened, and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "note")
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(4)
        self._what, self._todo = label("", "name", wrap=True), label("", "muted", wrap=True)
        self._what.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        column.addWidget(self._what)
        column.addWidget(self._todo)

    @property
    def said(self) -> str:
        return f"{self._what.text()} {self._todo.text()}".strip()

    def show_trouble(self, what: str, todo: str) -> None:
        self._what.setText(what)
        self._todo.setText(todo)
        self.setVisible(bool(what))
