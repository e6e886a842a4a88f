"""The memberships that a member has now, each with what is left of it as a bar."""

from datetime import timedelta

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from admin_desktop.members.freezing import ThawSheet, pauses_of
from admin_desktop.members.membership_sheet import Done
from admin_desktop.members.reading import left_of, membership_chip
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.look import palette
from shared.contracts.gym import MembershipView, MemberView, Pause
from shared.domain.membership import Standing

_MOST, _MOST_BARS, _HEIGHT, _GAP = 2, 20, 6, 4


class LeftBar(QWidget):
    """Visits as so many small bars, days as one: the part that is left is filled."""

    def __init__(self, left: int, of: int, *, in_bars: bool) -> None:
        super().__init__()
        self._left, self._of, self._in_bars = max(0, left), max(1, of), in_bars
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter, look = QPainter(self), palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        count = self._of if self._in_bars else 1
        wide = (self.width() + _GAP) / count - _GAP
        for place in range(count):
            box = QRectF(place * (wide + _GAP), 0, wide, _HEIGHT)
            painter.setBrush(QColor(look.line))
            painter.drawRoundedRect(box, 3, 3)
            filled = float(place < self._left) if self._in_bars else min(1.0, self._left / self._of)
            if filled:
                painter.setBrush(QColor(look.accent))
                painter.drawRoundedRect(QRectF(box.left(), 0, max(_HEIGHT, wide * filled), _HEIGHT), 3, 3)
        painter.end()


class PlanPanel(QWidget):
    """At most two; the others stand in the timeline."""

    def __init__(self, context: Context, done: Done) -> None:
        super().__init__()
        self._context, self._done = context, done
        self.thaws: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def show_member(self, member: MemberView) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        running = [view for view in member.memberships if view.standing is not Standing.ENDED]
        self.thaws.clear()
        shown = (running or member.memberships[-1:])[-_MOST:]
        for view in reversed(shown):
            self._column.addWidget(self._box(member, view))
        if not shown:
            self._column.addWidget(label(self._context.words("members.no_membership"), "muted"))

    def _box(self, member: MemberView, view: MembershipView) -> QFrame:
        words, today = self._context.words, self._context.today
        box = QFrame()
        box.setProperty("role", "note")
        column = QVBoxLayout(box)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label(view.plan_name, "name", wrap=True), 1)
        head.addWidget(ChipLabel(membership_chip(view, words)), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        until = words.day(view.paid_through_on, today=today)
        paid = f"{words('members.until')}: {until} · {left_of(view, words, today=today)}"
        column.addWidget(label(paid, "muted", wrap=True))
        if view.ends_on is not None and view.standing is not Standing.ENDED:
            column.addWidget(label(words("members.ends", day=words.day(view.ends_on, today=today)), "muted", wrap=True))
        column.addWidget(_bar(view, (view.paid_through_on - today).days + 1))
        for pause in pauses_of(view, today=today):
            column.addLayout(self._pause(member, view, pause))
        return box

    def _pause(self, member: MemberView, view: MembershipView, pause: Pause) -> QHBoxLayout:
        """From when to when, and the way out of it."""
        context, words, today = self._context, self._context.words, self._context.today
        row = QHBoxLayout()
        first, last = (words.day(day, today=today) for day in (pause.first, pause.end - timedelta(days=1)))
        row.addWidget(label(words("members.pause", first=first, last=last), "muted", wrap=True), 1)
        thaw = button(words("members.thaw"))
        changing(context, thaw, "membership.change")
        let(thaw, on=not member.erased)
        thaw.clicked.connect(lambda: ThawSheet(context, member, view, pause, self._done))
        self.thaws.append(thaw)
        row.addWidget(thaw)
        return row


def _bar(view: MembershipView, days_left: int) -> LeftBar:
    if view.visits_bought is not None and view.visits_left is not None:
        return LeftBar(view.visits_left, view.visits_bought, in_bars=view.visits_bought <= _MOST_BARS)
    return LeftBar(days_left, (view.paid_through_on - view.starts_on).days + 1, in_bars=False)
