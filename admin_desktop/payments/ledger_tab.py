"""The third tab, for an Admin: what was booked, each in balance, from a day on."""

from datetime import datetime, time, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.exporting.sheet import export_button
from admin_desktop.payments.going_out import ledger_export
from admin_desktop.shell.context import Context
from admin_desktop.widgets.forms import ChoiceField, DateField
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Cell, Column, Page, PagedModel
from admin_desktop.widgets.table import Table
from shared.contracts.payments import AccountSum, LedgerTransaction
from shared.domain.ledger import Account

_DAYS = timedelta(days=7)


class LedgerTab(QWidget):
    """Oldest first, as books are."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        words = context.words
        today = context.today
        self.first = DateField(words("payments.ledger.from"), today - _DAYS)
        accounts: list[tuple[Account | None, str]] = [(None, words("payments.ledger.all"))]
        accounts += [(account, words(f"payments.account.{account.value}")) for account in Account]
        self.account = ChoiceField(words("payments.ledger.account"), accounts)
        self.balances = label("", "muted", wrap=True)
        self.model: PagedModel[LedgerTransaction] = PagedModel(context.ask, ledger_columns(context), self)
        self.table = Table(self.model, name=words("payments.tab.ledger"))
        self.nothing = label(words("payments.ledger.none"), "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        filters = QHBoxLayout()
        filters.addWidget(self.first)
        filters.addWidget(self.account)
        filters.addWidget(self.balances, 1)
        self.export = export_button(context, lambda: ledger_export(context, self.model.fetch))
        filters.addWidget(self.export, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(filters)
        column.addWidget(self.nothing)
        column.addWidget(self.table, 1)
        self.nothing.hide()
        for field in (self.first, self.account):
            field.changed.connect(self.load)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self.load))

    def load(self) -> None:
        payments, account = self._context.desk.payments, self.account.value()
        first = datetime.combine(self.first.value(), time(), tzinfo=self._context.sites.zone)

        def fetch(after: str | None) -> Page[LedgerTransaction]:
            page = payments.ledger(first=first, account=account, after=after)
            return Page(page.items, page.next)

        self.model.load(fetch)
        self._context.ask.quietly(payments.balances, self._show_balances, owner=self, lane="sums")

    def _show_balances(self, sums: list[AccountSum]) -> None:
        words = self._context.words
        texts = [
            f"{words(f'payments.account.{each.account.value}')} {words.money(each.amount_minor, each.currency)}"
            for each in sums
        ]
        self.balances.setText(words("payments.ledger.balances", sums=" · ".join(texts)) if texts else "")

    def _loaded(self) -> None:
        self.nothing.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))


def ledger_columns(context: Context) -> list[Column[LedgerTransaction]]:
    words = context.words

    def when(row: LedgerTransaction) -> Cell:
        return Cell(
            words.moment(row.at, zone=context.sites.zone, now=context.clock.now()), context.sites.name_of(row.site_id)
        )

    def what(row: LedgerTransaction) -> Cell:
        number = "" if row.receipt_number is None else words("payments.receipt.payment", number=str(row.receipt_number))
        return Cell(words(f"payments.booked.{row.kind.value}"), number, strong=True)

    def moved(row: LedgerTransaction) -> Cell:
        parts = [
            f"{words(f'payments.account.{entry.account.value}')} {words.money(entry.amount_minor, entry.currency)}"
            for entry in row.entries
            if entry.amount_minor
        ]
        return Cell(" · ".join(parts))

    return [
        Column(words("payments.when"), 2, when, floor=150),
        Column(words("payments.what"), 2, what, floor=130),
        Column(words("payments.ledger.moved"), 6, moved, floor=260),
    ]
