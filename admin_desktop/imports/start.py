"""Where a file goes, and the imports so far."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from admin_desktop.imports.reading import import_columns, who
from admin_desktop.imports.undoing import ImportSheet
from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.widgets.labels import IconLabel, label
from admin_desktop.widgets.look import palette
from admin_desktop.widgets.pages import Page, PagedModel
from admin_desktop.widgets.table import Table
from shared.contracts.gym import PlanView
from shared.contracts.identity import Person
from shared.contracts.imports import ImportView
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

_HEIGHT = 168


class DropPlace(QWidget):
    """``dropped`` carries the path of a file, ``asked`` is a click or Enter."""

    dropped = Signal(object)
    asked = Signal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(words("imports.drop"))
        self._over = False
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.setSpacing(6)
        column.addWidget(IconLabel(Icon.IMPORT, size=32), 0, Qt.AlignmentFlag.AlignHCenter)
        for text, role in (("imports.drop", "name"), ("imports.drop.kinds", "muted")):
            line = label(words(text), role)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)  # a click on it asks for a file
            column.addWidget(line, 0, Qt.AlignmentFlag.AlignHCenter)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if _file_in(event) is not None:
            event.acceptProposedAction()
            self._show_over(over=True)

    def dragLeaveEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._show_over(over=False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        self._show_over(over=False)
        path = _file_in(event)
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            self.asked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        look, painter = palette(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = look.focus if self.hasFocus() else look.accent if self._over else look.edge
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1.4, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(look.accent_soft if self._over else look.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), DESK.radius_card, DESK.radius_card)
        painter.end()

    def _show_over(self, *, over: bool) -> None:
        self._over = over
        self.update()


def _file_in(event: QDropEvent) -> Path | None:
    """The one file that is held or dropped; several are none."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None


class StartPage(QWidget):
    """The place to drop a file, and the list of imports. ``knows`` is told the gym's plans whenever they were read."""

    def __init__(self, context: Context, knows: Callable[[list[PlanView]], None]) -> None:
        super().__init__()
        words = context.words
        self._context, self._knows = context, knows
        self.people: dict[str, Person] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(DESK.gap)
        self.drop = DropPlace(words)
        self.problem = label("", "error", wrap=True)
        self.problem.hide()
        self.none = label(words("imports.past.none"), "muted", wrap=True)
        self.model: PagedModel[ImportView] = PagedModel(context.ask, import_columns(context, self.people), self)
        self.table = Table(self.model, name=words("imports.past"))
        for part in (self.drop, self.problem, label(words("imports.past"), "name"), self.none):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        self.table.opened.connect(self.open_import)
        self.table.clicked.connect(lambda index: self.open_import(self.model.rows[index.row()]))
        self.model.loaded.connect(self._listed)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self.load))

    def load(self) -> None:
        """The imports as they are now, with who made them, and the plans."""
        desk = self._context.desk
        self._context.ask(
            lambda: (desk.staff.plans(), desk.staff.people()), self._know, failed=self._failed, owner=self, lane="list"
        )

    def complain(self, sentence: str) -> None:
        """Say why a file cannot be taken; nothing when empty."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def open_import(self, view: ImportView) -> None:
        ImportSheet(self._context, view, by=who(view, self.people, self._context.words), changed=self.load)

    def _know(self, known: tuple[list[PlanView], list[Person]]) -> None:
        moving = self._context.desk.moving
        self.people.update({str(person.id): person for person in known[1]})
        self._knows(known[0])
        self.model.load(lambda _: Page(moving.imports(), None))

    def _failed(self, error: Exception) -> None:
        self._context.show_failure(error, again=self.load)

    def _listed(self) -> None:
        self.none.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))
