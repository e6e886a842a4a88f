"""The lines of a site's pages: a rule with its meaning and its usual value, or a fact."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from admin_desktop.shell.context import Context
from admin_desktop.sites.editors import Editor, TextEditor, capacity_editor, rule_editor
from admin_desktop.sites.hours import ClosingsEditor, WeekEditor
from admin_desktop.sites.lines import Line
from admin_desktop.sites.rules import RULES, default_of, in_words
from admin_desktop.widgets.labels import bare

PAGES = {"rules": tuple(RULES), "hours": ("hours", "exceptions"), "site": ("name", "zone", "capacity")}
"""The names of the lines on each."""


class LinePages(QStackedWidget):
    """A page for each of ``PAGES``, whose lines are made one a turn of the event loop: all at once are a standstill."""

    ready = Signal()
    """All lines are there; until then there is nothing to show a site in."""
    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.lines: dict[str, Line] = {}
        self._columns = [self._add_page() for _ in PAGES]
        self._to_make = [name for names in PAGES.values() for name in names]
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._make_next)
        self._turn.start()

    @property
    def is_ready(self) -> bool:
        return not self._to_make

    def _add_page(self) -> QVBoxLayout:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        column.addStretch(1)
        self.addWidget(bare(body))
        return column

    def _make_next(self) -> None:
        name = self._to_make.pop(0)
        line = self.lines[name] = _line(self._context, name)
        line.changed.connect(self.changed)
        column = self._columns[page_of(name)]
        column.insertWidget(column.count() - 1, line)  # above the stretch
        if self._to_make:
            self._turn.start()
        else:
            self.ready.emit()


def page_of(name: str) -> int:
    """The place of the page that a line is on."""
    return next(place for place, names in enumerate(PAGES.values()) if name in names)


def _line(context: Context, name: str) -> Line:
    words = context.words
    if name == "hours":
        return Line(words("sites.hours"), words("sites.hours.about"), WeekEditor(words), below=True)
    if name == "exceptions":
        editor = ClosingsEditor(words, lambda: context.today)
        return Line(words("sites.closings"), words("sites.closings.about"), editor, below=True)
    about = words(f"sites.about.{name}")
    if name in RULES:
        about += " " + words("sites.usual", value=in_words(name, default_of(name), words))
    return Line(words(f"sites.field.{name}"), about, _editor(context, name))


def _editor(context: Context, name: str) -> Editor:
    words = context.words
    match name:
        case "name":
            return TextEditor(words("sites.field.name"), longest=120)
        case "zone":
            return TextEditor(words("sites.field.zone"), longest=64)
        case "capacity":
            return capacity_editor(words)
        case _:
            return rule_editor(name, words)
