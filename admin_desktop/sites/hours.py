"""When a site is open: hours by weekday, and days with their own hours or none."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QDate, Qt, QTime, Signal
from PySide6.QtWidgets import QDateEdit, QGridLayout, QHBoxLayout, QLabel, QTimeEdit, QVBoxLayout, QWidget

from admin_desktop.shell.words import Words
from admin_desktop.sites.editors import Editor
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.tick import Tick
from shared.desktop.calendars import CALENDARS
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

_DAY = 24 * 60
_USUAL = (6 * 60, 22 * 60)
_MONDAY = date(2024, 1, 1)
_NAME, _TIME = 120, 84
Spans = tuple[tuple[int, int], ...]
"""Opens, closes: minutes of the day; what closes the next morning closes after 1440."""


class DayHours(QWidget):
    """The hours of one day: none for closed, or some spans, each from a time to a time."""

    changed = Signal()

    def __init__(self, words: Words, day: str) -> None:
        super().__init__()
        self._words, self._day = words, day
        self._spans: list[tuple[QTimeEdit, QTimeEdit, QWidget]] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        self.closed = label(words("sites.closed"), "muted")
        self.more = button("", kind="quiet", icon=Icon.PLUS, name=words("sites.more", day=day))
        self.more.clicked.connect(lambda _=False: self._edited(lambda: self.add(*_USUAL)))
        self._rows.addWidget(self.closed)
        row.addLayout(self._rows)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch(1)

    def show_spans(self, spans: Spans) -> None:
        for _, _, row in self._spans:
            row.hide()
            row.deleteLater()
        self._spans.clear()
        for opens, closes in spans:
            self.add(opens, closes)
        self._show()

    def spans(self) -> Spans:
        found = []
        for first, last, _ in self._spans:
            opens, closes = _minute(first), _minute(last)
            found.append((opens, closes if closes > opens else closes + _DAY))
        return tuple(sorted(found))

    def add(self, opens: int, closes: int) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        edits = []
        for key, minute in (("sites.from", opens), ("sites.to", closes)):
            edit = _time(minute)
            edit.setAccessibleName(f"{self._day} {self._words(key)}")
            edit.timeChanged.connect(lambda _: self.changed.emit())
            line.addWidget(label(self._words(key), "muted"))
            line.addWidget(edit)
            edits.append(edit)
        less = button("", kind="quiet", icon=Icon.CLOSE, name=self._words("sites.less", day=self._day))
        less.clicked.connect(lambda _=False: self._edited(lambda: self._remove(row)))
        line.addWidget(less)
        self._spans.append((edits[0], edits[1], row))
        self._rows.addWidget(row)
        self._show()

    def _remove(self, row: QWidget) -> None:
        self._spans = [each for each in self._spans if each[2] is not row]
        row.hide()
        row.deleteLater()
        self._show()

    def _edited(self, act: Callable[[], None]) -> None:
        act()
        self.changed.emit()

    def _show(self) -> None:
        self.closed.setVisible(not self._spans)


class WeekEditor(Editor):
    """Hours by weekday; None for always open."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._always = Tick(words("sites.hours.always"))
        self.always = self._always.box
        self.column.addWidget(self._always)
        self._week = QWidget()
        grid = QGridLayout(self._week)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, _NAME)
        grid.setColumnStretch(1, 1)
        calendar = CALENDARS[words.language]
        self.days: list[DayHours] = []
        for number in range(7):
            name = calendar.weekday(_MONDAY + timedelta(days=number))
            day = DayHours(words, name)
            day.changed.connect(self.changed)
            grid.addWidget(_day_name(name[:1].upper() + name[1:]), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(day, number, 1)
            self.days.append(day)
        self.column.addWidget(self._week)
        self.always.clicked.connect(lambda _=False: self._toggled())
        self.setFocusProxy(self._always)

    def show_value(self, value: Any) -> None:
        self.always.setChecked(value is None)
        for number, day in enumerate(self.days):
            usual = (_USUAL,) if value is None else ()
            own = tuple((opens, closes) for weekday, opens, closes in value or () if weekday == number)
            day.show_spans(own or usual)
        self._week.setVisible(value is not None)

    def read(self) -> tuple[tuple[int, int, int], ...] | None:
        if self.always.isChecked():
            return None
        return tuple((number, *span) for number, day in enumerate(self.days) for span in day.spans())

    def _toggled(self) -> None:
        self._week.setVisible(not self.always.isChecked())
        self.changed.emit()


class ClosingsEditor(Editor):
    """Days with their own hours. Days that are over are kept and not shown."""

    def __init__(self, words: Words, today: Callable[[], date]) -> None:
        super().__init__()
        self._words, self._today = words, today
        self._over: dict[date, Spans] = {}
        self.days: dict[date, tuple[DayHours, QWidget]] = {}
        self.nothing = label(words("sites.closings.none"), "muted")
        self.column.addWidget(self.nothing)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.column.addLayout(self._rows)
        self.first, self.last = _day_edit(today()), _day_edit(today())
        self.first.dateChanged.connect(lambda day: self.last.setDate(max(day, self.last.date())))
        self.add = button(words("sites.closings.add"), icon=Icon.PLUS)
        self.add.clicked.connect(lambda _=False: self._add_days())
        foot = QHBoxLayout()
        for key, edit in (("first", self.first), ("last", self.last)):
            edit.setAccessibleName(words(f"sites.closings.{key}"))
            foot.addWidget(label(words(f"sites.closings.{key}"), "muted"))
            foot.addWidget(edit)
        foot.addWidget(self.add)
        foot.addStretch(1)
        self.column.addLayout(foot)
        self.setFocusProxy(self.first)

    def show_value(self, value: Any) -> None:
        for _, row in self.days.values():
            row.hide()
            row.deleteLater()
        self.days.clear()
        today = self._today()
        self._over = {day: spans for day, spans in value.items() if day < today}
        for day, spans in sorted(value.items()):
            if day >= today:
                self._add(day, spans)
        self.nothing.setVisible(not self.days)

    def read(self) -> dict[date, Spans]:
        return self._over | {day: hours.spans() for day, (hours, _) in sorted(self.days.items())}

    def _add_days(self) -> None:
        first, last = _day_of(self.first), _day_of(self.last)
        for ahead in range(max(0, (last - first).days) + 1):
            day = first + timedelta(days=ahead)
            if day not in self.days and day >= self._today():
                self._add(day, ())
        self.nothing.setVisible(not self.days)
        self.changed.emit()

    def _add(self, day: date, spans: Spans) -> None:
        row, said = QWidget(), self._words.day(day, today=self._today())
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        hours = DayHours(self._words, said)
        hours.more.setToolTip(self._words("sites.closings.more", day=said))
        hours.show_spans(spans)
        hours.changed.connect(self.changed)
        less = button("", kind="quiet", icon=Icon.UNDO, name=self._words("sites.closings.remove", day=said))
        less.clicked.connect(lambda _=False: self._remove(day))
        line.addWidget(_day_name(said), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(hours, 1)
        line.addWidget(less, 0, Qt.AlignmentFlag.AlignTop)
        self.days[day] = (hours, row)
        self._rows.insertWidget(sorted(self.days).index(day), row)

    def _remove(self, day: date) -> None:
        _, row = self.days.pop(day)
        row.hide()
        row.deleteLater()
        self.nothing.setVisible(not self.days)
        self.changed.emit()


def _day_name(said: str) -> QLabel:
    """As high as the hours beside it."""
    name = label(said)
    name.setMinimumWidth(_NAME)
    name.setFixedHeight(DESK.control)
    return name


def _time(minute: int) -> QTimeEdit:
    edit = QTimeEdit(QTime(minute // 60 % 24, minute % 60))
    edit.setDisplayFormat("HH:mm")
    edit.setAlignment(Qt.AlignmentFlag.AlignCenter)
    edit.setFixedWidth(_TIME)
    return edit


def _minute(edit: QTimeEdit) -> int:
    return edit.time().hour() * 60 + edit.time().minute()


def _day_of(edit: QDateEdit) -> date:
    day = edit.date()
    return date(day.year(), day.month(), day.day())


def _day_edit(day: date) -> QDateEdit:
    edit = QDateEdit(QDate(day.year, day.month, day.day))
    edit.setMinimumDate(QDate(day.year, day.month, day.day))
    edit.setCalendarPopup(True)
    edit.setDisplayFormat("d MMM yyyy")
    return edit
