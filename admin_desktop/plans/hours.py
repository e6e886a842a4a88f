"""The hours of a plan: any, or some lines of weekdays with a beginning and an end."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTimeEdit, QVBoxLayout, QWidget

from admin_desktop.plans.reading import Band, bands_of
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import Field
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.tick import Tick
from shared.contracts.gym import WindowDraft
from shared.contracts.roster import WindowBody
from shared.desktop.drawings import Icon
from shared.errors import InvalidInput

_DAY_MINUTES = 24 * 60
_USUAL = Band((0, 1, 2, 3, 4), 9 * 60, 15 * 60)


class _Line(QWidget):
    """Some weekdays, from when to when. An end before its beginning is on the next day."""

    changed = Signal()

    def __init__(self, words: Words, band: Band) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.days = [_day(words, day, on=day in band.days) for day in range(7)]
        row = QHBoxLayout()
        row.setSpacing(4)
        for press in self.days:
            row.addWidget(press, 1)
            press.clicked.connect(lambda _=False: self.changed.emit())
        column.addLayout(row)
        self.opens, self.closes = _time(band.opens), _time(band.closes)
        self.less = button("", kind="quiet", icon=Icon.CLOSE, name=words("plans.hours.less"))
        hours = QHBoxLayout()
        for text, edit in ((words("plans.hours.from"), self.opens), (words("plans.hours.to"), self.closes)):
            edit.setAccessibleName(text)
            hours.addWidget(label(text, "muted"))
            hours.addWidget(edit, 1)
            edit.timeChanged.connect(lambda _: self.changed.emit())
        hours.addWidget(self.less)
        column.addLayout(hours)

    def band(self) -> Band:
        opens, closes = _minute(self.opens), _minute(self.closes)
        days = tuple(day for day, press in enumerate(self.days) if press.isChecked())
        return Band(days, opens, closes if closes > opens else closes + _DAY_MINUTES)


class HoursField(Field[list[WindowDraft] | None]):
    """Windows of a week; None for any hour."""

    def __init__(self, words: Words, windows: Sequence[WindowBody] | None) -> None:
        box = QWidget()
        super().__init__(words("plans.field.hours"), box, self._read)
        self.caption.hide()
        self._words = words
        self.lines: list[_Line] = []
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        tick = Tick(words("plans.field.hours"), on=windows is not None)
        self.only = tick.box
        column.addWidget(tick)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(14)
        column.addLayout(self._lines)
        self.more = button(words("plans.hours.more"), kind="quiet", icon=Icon.PLUS)
        column.addWidget(self.more)
        self.more.clicked.connect(lambda _=False: self._add(_USUAL))
        self.only.clicked.connect(lambda _=False: self._show())
        for band in bands_of(windows or ()):
            self._add(band)
        self._show()

    def _add(self, band: Band) -> None:
        line = _Line(self._words, band)
        line.changed.connect(self.changed)
        line.less.clicked.connect(lambda _=False: self._remove(line))
        self.lines.append(line)
        self._lines.addWidget(line)
        self.changed.emit()

    def _remove(self, line: _Line) -> None:
        self.lines.remove(line)
        line.hide()
        line.deleteLater()
        if not self.lines:
            self.only.setChecked(False)
        self._show()

    def _show(self) -> None:
        only = self.only.isChecked()
        if only and not self.lines:
            self._add(_USUAL)
        for part in (*self.lines, self.more):
            part.setVisible(only)
        self.complain("")
        self.changed.emit()

    def _read(self) -> list[WindowDraft] | None:
        if not self.only.isChecked():
            return None
        bands = [line.band() for line in self.lines]
        if not all(band.days for band in bands):
            raise InvalidInput(self._words("plans.wrong.hours"))
        return [WindowDraft(weekday=day, opens=band.opens, closes=band.closes) for band in bands for day in band.days]


def _day(words: Words, day: int, *, on: bool) -> QPushButton:
    press = button(words(f"plans.day.{day}"), kind="filter")
    press.setCheckable(True)
    press.setChecked(on)
    press.setMinimumWidth(0)
    return press


def _time(minute: int) -> QTimeEdit:
    edit = QTimeEdit(QTime(minute // 60 % 24, minute % 60))
    edit.setDisplayFormat("HH:mm")
    edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return edit


def _minute(edit: QTimeEdit) -> int:
    return edit.time().hour() * 60 + edit.time().minute()
