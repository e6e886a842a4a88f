"""A part of the room: it waits, fails and is tried again by itself, whatever becomes of the others."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.charts.view import ChartView
from admin_desktop.reports.shown import Shown
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from shared.desktop.tokens import DESK

Value = TypeVar("Value")
_PATIENCE_MS = 150


class Part(QFrame):
    """A title, a sentence below it, and ``body``. What was loaded stays while something else is asked for.

    One without a title is no card: its body has cards of its own.
    """

    def __init__(self, context: Context, title: str, body: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._context, self._is_loaded = context, False
        self._again: Callable[[], None] | None = None
        words = context.words
        self.title = label(title, "card", wrap=True)
        self.title.setVisible(bool(title))
        self.second = label("", "muted", wrap=True)
        self.problem = label("", "error", wrap=True)
        self.again = button(words("do.again"))
        self.again.clicked.connect(self.try_again)
        self.links = QHBoxLayout()
        self.links.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.title, 1, Qt.AlignmentFlag.AlignTop)
        head.addLayout(self.links)
        failure = QHBoxLayout()
        failure.addWidget(self.problem, 1)
        failure.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        self.body = body
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, 16, DESK.padding, 16)
        column.setSpacing(8)
        if not title:
            self.setProperty("role", "bare")
            column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.second)
        column.addLayout(failure)
        column.addWidget(body, 1)
        for each in (self.second, self.problem, self.again):
            each.hide()
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._show_waiting)

    @property
    def has_failed(self) -> bool:
        return not self.problem.isHidden()

    def ask(self, work: Callable[[], Value], show: Callable[[Value], None]) -> None:
        """Ask off the GUI thread; only the answer to the last question is shown."""
        self._again = lambda: self.ask(work, show)
        if not self._is_loaded:
            self._patience.start()
        self._context.ask(work, lambda value: self._came(show, value), failed=self._failed, owner=self, lane="part")

    def try_again(self) -> None:
        if self._again is not None:
            self._again()

    def say(self, sentence: str) -> None:
        """Below the title; nothing when empty."""
        self.second.setText(sentence)
        self.second.setVisible(bool(sentence))

    def add_link(self, text: str, press: Callable[[], None]) -> QWidget:
        made = button(text, kind="quiet")
        made.clicked.connect(lambda _=False: press())
        self.links.addWidget(made)
        return made

    def _came(self, show: Callable[[Value], None], value: Value) -> None:
        self._patience.stop()
        if not self._is_loaded:
            self.say("")
        self._is_loaded = True
        self.problem.hide()
        self.again.hide()
        self.body.show()
        show(value)

    def _failed(self, error: Exception) -> None:
        """What was there before stays, and is said to be of before."""
        self._patience.stop()
        words, failure = self._context.words, explain(error, self._context.words)
        before = words("reports.of_before") if self._is_loaded else ""
        self.problem.setText(" ".join(filter(None, (failure.title, failure.detail, before))))
        self.problem.show()
        self.again.setVisible(failure.again)
        self.body.setVisible(self._is_loaded)
        if not self._is_loaded:
            self.say("")

    def _show_waiting(self) -> None:
        self.say(self._context.words("reports.waiting"))


class ChartPart(Part):
    """A part that is a chart."""

    def __init__(self, context: Context, title: str, *, nothing: str, opened: Callable[[object], None]) -> None:
        self.chart = ChartView(title, nothing=nothing)
        super().__init__(context, title, self.chart)
        self.chart.opened.connect(opened)

    def show_chart(self, work: Callable[[], Shown]) -> None:
        """Ask for the picture and show it."""
        self.ask(work, self._show)

    def _show(self, shown: Shown) -> None:
        self.say(shown.second)
        self.chart.show_picture(shown.picture)
