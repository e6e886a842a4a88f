"""The rows behind a number in a wide sheet. Enter opens what a row is about, in its own room."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_desktop.exporting.sheet import export_button
from admin_desktop.exporting.table import Export
from admin_desktop.reports.behind import Behind, What
from admin_desktop.reports.facts import columns_of, facts_of, fields_of
from admin_desktop.reports.rows import Line, LineSource
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import PagedModel
from admin_desktop.widgets.sheet import Sheet
from admin_desktop.widgets.table import Table
from shared.desktop.tokens import DESK

_WIDE = 900


class RowsSheet(Sheet):
    """``second`` says of which days and sites they are."""

    def __init__(self, context: Context, behind: Behind, second: str) -> None:
        words = context.words
        self._facts = facts_of(behind.what, context)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.second = label(second, "muted", wrap=True)
        self.nothing = label(words("reports.rows.none"), "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.model: PagedModel[Line] = PagedModel(context.ask, columns_of(self._facts), body)
        self.table = Table(self.model, name=behind.title, row_height=DESK.row)
        for part in (self.second, self.nothing):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        super().__init__(context.stage, behind.title, body, leave_text=words("do.close"), width=_WIDE)
        self._context, self._behind = context, behind
        self.again = button(words("do.again"))
        self.again.hide()
        self.again.clicked.connect(self.load)
        self.export = export_button(context, self.as_export)
        self.foot.addWidget(self.again)
        self.foot.addWidget(self.export)
        self.table.opened.connect(self._open)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(self._failed)
        self.table.setFocus()
        self.load()

    def load(self) -> None:
        self.say("")
        self.again.hide()
        self.model.load(LineSource(self._context.desk, self._behind).fetch)

    def as_export(self) -> Export[Line]:
        fetch = LineSource(self._context.desk, self._behind).fetch
        return Export(self._behind.title, fields_of(self._facts), fetch, self._context.sites.zone)

    def _loaded(self) -> None:
        self.nothing.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))
        self.table.choose(0)

    def _failed(self, error: Exception) -> None:
        failure = explain(error, self._context.words)
        self.say(f"{failure.title} {failure.detail}")
        self.again.setVisible(failure.again)

    def _open(self, row: Line) -> None:
        desk, line = self._context.desk, row.line
        match self._behind.what:
            case What.FAULTS:
                self._go("machines", line.machine_id)
            case What.DOORS:
                self._go("kiosks", line.device_id)
            case What.REVENUE:
                self._ask_and_go("payments", lambda: desk.payments.receipt(line.receipt_number))
            case _:
                if line.member_id is not None:
                    self._ask_and_go("members", lambda: desk.staff.member(line.member_id))

    def _ask_and_go(self, room: str, work: Callable[[], object]) -> None:
        self._context.ask(work, lambda thing: self._go(room, thing), failed=self._failed)

    def _go(self, room: str, thing: object) -> None:
        self.close_it()
        self._context.go(room, thing)
