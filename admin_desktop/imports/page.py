"""One file on one page: what it is taken for, how its lines will look, the dry run; nothing is written until the last button."""

from collections import Counter
from collections.abc import Callable, Mapping
from uuid import UUID

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from admin_desktop.imports.checking import Entry, Fate, count
from admin_desktop.imports.columns import ColumnsPanel
from admin_desktop.imports.numbers import NumbersPanel
from admin_desktop.imports.reading import entry_columns, found_words
from admin_desktop.imports.working import Work
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.filters import FilterChips
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Page, PagedModel
from admin_desktop.widgets.sheet import is_covered
from admin_desktop.widgets.table import Table
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

PREVIEW = 500
"""So many lines of each kind can be looked at; all that are wrong are in the error file."""
_COLUMNS, _NUMBERS = 268, 196
_SHOWN = (Fate.NEW, Fate.THERE, Fate.WRONG, Fate.LEFT_OUT)


class FilePage(QFrame):
    """Shows a :class:`Work`; the acts are the room's."""

    def __init__(self, context: Context, work: Work, acts: Mapping[str, Callable[[], None]]) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._context, self._work, self._acts = context, work, acts
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        column.setSpacing(DESK.gap)
        column.addLayout(self._head())
        parts = QHBoxLayout()
        parts.setSpacing(DESK.gap)
        self.columns = ColumnsPanel(context.words, acts["match"])
        self.columns.setFixedWidth(_COLUMNS)
        self.columns.taken.connect(work.take_column)
        parts.addWidget(self.columns)
        parts.addLayout(self._preview(), 1)
        parts.addLayout(self._numbers())
        column.addLayout(parts, 1)
        column.addLayout(self._foot())
        self.shown: list[Entry] | None = None
        self._counts: Counter[Fate] = Counter()
        self.plan_names: dict[UUID, str] = {}
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self, self._do_main)
        work.changed.connect(self.show_work)
        work.opened.connect(self._begin)

    def _head(self) -> QHBoxLayout:
        words, head, texts = self._context.words, QHBoxLayout(), QVBoxLayout()
        texts.setSpacing(2)
        self.name, self.found = label("", "card"), label("", "muted", wrap=True)
        texts.addWidget(self.name)
        texts.addWidget(self.found)
        head.addLayout(texts, 1)
        self.change = button(words("imports.change"), kind="quiet")
        self.change.clicked.connect(self._acts["change"])
        head.addWidget(self.change)
        return head

    def _preview(self) -> QVBoxLayout:
        words, column = self._context.words, QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(label(words("imports.preview"), "name"))
        self.filter: FilterChips[Fate | None] = FilterChips(None)
        self.filter.chosen.connect(self._show_lines)
        column.addWidget(self.filter)
        self.model: PagedModel[Entry] = PagedModel(self._context.ask, entry_columns(words, self._plan_name), self)
        self.table = Table(self.model, name=words("imports.preview"), row_height=DESK.row_compact)
        column.addWidget(self.table, 1)
        return column

    def _numbers(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(label(self._context.words("imports.dry"), "name"))
        self.numbers = NumbersPanel(self._context.words)
        self.numbers.setFixedWidth(_NUMBERS)
        column.addWidget(self.numbers, 1)
        return column

    def _foot(self) -> QHBoxLayout:
        words, foot = self._context.words, QHBoxLayout()
        self.away, self.other = button(words("imports.put_away")), button(words("imports.other"))
        for press, act in ((self.away, "away"), (self.other, "other")):
            press.clicked.connect(self._acts[act])
            foot.addWidget(press)
        self.problem = label("", "error", wrap=True)
        foot.addWidget(self.problem, 1)
        self.again = button(words("do.again"))
        self.again.clicked.connect(self._work.check)
        self.errors = button(words("imports.errors"), icon=Icon.RECEIPT)
        self.errors.clicked.connect(self._acts["errors"])
        self.cancel = button(words("do.cancel"))
        self.cancel.clicked.connect(self._work.stop)
        self.main = button("", kind="main", icon=Icon.IMPORT)
        self.main.clicked.connect(self._acts["send"])
        for press in (self.again, self.errors, self.cancel, self.main):
            foot.addWidget(press)
        return foot

    def _begin(self) -> None:
        self.filter.reset()
        self.show_work()
        self.columns.pickers[0].setFocus()

    def _do_main(self) -> None:
        if not is_covered(self):
            self.main.click()

    def show_work(self) -> None:
        work, words = self._work, self._context.words
        if work.draft is None:
            return
        self.name.setText(work.draft.table.name)
        self.found.setText(found_words(work.draft, words))
        self.columns.show_draft(work.draft)
        is_news = work.entries is not self.shown
        if is_news:
            self.shown, self._counts = work.entries, count(work.entries)
        self.numbers.show_counts(self._counts, known=work.is_checked)
        self._show_state()
        self._show_foot()
        if is_news:
            self._show_filter()
            self._show_lines()

    def _show_state(self) -> None:
        work, words = self._work, self._context.words
        percent = None if work.progress is None else work.progress.percent
        key = "imports.sending" if work.is_sending else "imports.checking"
        self.numbers.show_state("" if percent is None else words(key, percent=percent), percent)
        problem = "" if work.problem is None else self._explained(work.problem)
        self.problem.setText(problem)

    def _explained(self, error: Exception) -> str:
        words, run = self._context.words, self._work.run
        failure = explain(error, words)
        so_far = "" if run is None else words("imports.so_far", n=words.number(run.made))
        return f"{failure.title} {failure.detail} {so_far}".strip()

    def _show_foot(self) -> None:
        work, words = self._work, self._context.words
        busy, new, wrong = work.is_sending, self._counts[Fate.NEW], self._counts[Fate.WRONG]
        goes_on = work.run is not None and not busy
        for part in (self.away, self.other, self.change, self.columns):
            part.setEnabled(not busy)
        for part in (self.change, self.columns):
            part.setEnabled(not busy and not work.is_done)
        self.errors.setEnabled(wrong > 0 and not busy)
        self.cancel.setVisible(busy)
        self.again.setVisible(work.problem is not None and work.run is None)
        self.main.setVisible(not busy)
        text = words("imports.send", n=words.number(new))
        if goes_on:
            text = words("imports.finish" if work.is_done else "imports.go_on")
        self.main.setText(f" {text}")
        self.main.setAccessibleName(text)
        self.main.setEnabled(work.is_checked and (new > 0 or goes_on))

    def _show_filter(self) -> None:
        words, counts = self._context.words, self._counts
        every = [(None, words("imports.fate.all"), len(self._work.entries))]
        kinds = [(fate, words(f"imports.fate.{fate.value}"), counts[fate]) for fate in _SHOWN]
        self.filter.show_choices([*every, *(kind for kind in kinds if kind[2])])

    def _show_lines(self) -> None:
        wanted = self.filter.current
        rows = [entry for entry in self._work.entries if wanted in (None, entry.fate)][:PREVIEW]
        page = Page(rows, None)
        self.model.begin(page, lambda _: page)

    def _plan_name(self, plan_id: UUID | None) -> str:
        return "" if plan_id is None else self.plan_names.get(plan_id, "")
