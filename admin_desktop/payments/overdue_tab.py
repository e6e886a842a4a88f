"""The tab of those who are overdue: take the money here, or open the member."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.exporting.sheet import export_button
from admin_desktop.payments.overdue import Overdue, overdue_columns, overdue_export, overdue_of
from admin_desktop.payments.selling import SellSheet
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import PagedModel
from admin_desktop.widgets.table import Table
from shared.desktop.drawings import Icon


class OverdueTab(QWidget):
    """Those whose home is the site at hand."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        words = context.words
        self.model: PagedModel[Overdue] = PagedModel(context.ask, overdue_columns(context), self)
        self.table = Table(self.model, name=words("payments.tab.overdue"))
        self.nothing = label(words("payments.overdue.none"), "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.chosen: Overdue | None = None
        self.renew = button(words("payments.overdue.renew"), kind="main", icon=Icon.TILL)
        self.open_member = button(words("payments.overdue.open"), icon=Icon.PERSON)
        self.renew.clicked.connect(self.take)
        changing(context, self.renew, "payment.take")
        self.open_member.clicked.connect(self._open)
        row = QHBoxLayout()
        row.addWidget(label(words("payments.overdue.what"), "muted", wrap=True), 1)
        row.addWidget(export_button(context, lambda: overdue_export(context, self.model.fetch), brief=True))
        row.addWidget(self.open_member)
        row.addWidget(self.renew)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.nothing)
        column.addWidget(self.table, 1)
        self.nothing.hide()
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(lambda _: self.take())
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self.load))
        self._choose(None)

    def load(self) -> None:
        self.model.load(overdue_of(self._context.desk, self._context.sites.current.id))

    def take(self) -> None:
        """Renew what is overdue."""
        if self.chosen is not None and self.renew.isEnabled():
            held = self.chosen.membership.id
            SellSheet(self._context, self.chosen.member, lambda _: self.load(), renew=held)

    def _open(self) -> None:
        if self.chosen is not None:
            self._context.go("members", self.chosen.member)

    def _choose(self, row: Overdue | None) -> None:
        self.chosen = row
        self.open_member.setEnabled(row is not None)
        let(self.renew, on=row is not None)

    def _loaded(self) -> None:
        rows, before = self.model.rows, self.chosen
        self.nothing.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self._choose(None)
        places = [place for place, row in enumerate(rows) if before is not None and row.member.id == before.member.id]
        self.table.choose(places[0] if places else 0)
        if rows:
            self.table.setFocus()
