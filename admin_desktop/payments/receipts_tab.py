"""The first tab: the till's sums, what was taken here newest first, and one receipt whole."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from admin_desktop.exporting.sheet import export_button
from admin_desktop.payments.entries import Entry, entry_columns, with_names
from admin_desktop.payments.going_out import receipt_export
from admin_desktop.payments.reading import sum_of
from admin_desktop.payments.receipt_card import ReceiptCard
from admin_desktop.payments.tills import OpenTillSheet
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.widgets.beside import Beside
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Page, PagedModel
from admin_desktop.widgets.table import Table
from shared.client.errors import NotRecognised
from shared.contracts.payments import ReceiptView, TillView
from shared.desktop.tokens import DESK
from shared.domain.ledger import Method

_PAGE = 100


class SumsLine(QFrame):
    """What the open till has seen, a number a method; or that none is open."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._context = context
        words = context.words
        row = QHBoxLayout(self)
        row.setContentsMargins(DESK.padding, 12, DESK.padding, 12)
        row.setSpacing(32)
        self.since = label("", "muted", wrap=True)
        row.addWidget(self.since, 1)
        self.numbers: dict[str, QLabel] = {}
        self._groups: list[QWidget] = []
        for name in (*(method.value for method in Method), "in_till"):
            caption = words("payments.in_till" if name == "in_till" else f"payments.method.{name}")
            group, self.numbers[name] = _number(caption)
            self._groups.append(group)
            row.addWidget(group)
        self.open = button(words("payments.till.open"), kind="main")
        row.addWidget(self.open)
        self.acts = row
        changing(context, self.open, "till.change")
        self.show_till(None)

    def show_till(self, till: TillView | None) -> None:
        context, words = self._context, self._context.words
        for group in self._groups:
            group.setVisible(till is not None)
        self.open.setVisible(till is None)
        if till is None:
            self.since.setText(words("payments.no_till", site=context.sites.current.name))
            return
        moment = words.moment(till.opened_at, zone=context.sites.zone, now=context.clock.now())
        self.since.setText(words("payments.since", moment=moment))
        for method in Method:
            amount = sum_of(till.sums, method.value, till.currency)
            self.numbers[method.value].setText(words.money(amount, till.currency))
        self.numbers["in_till"].setText(words.money(till.expected_minor, till.currency))


class ReceiptsTab(QWidget):
    """Receipts of the site at hand."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        words = context.words
        self.sums = SumsLine(context)
        self.model: PagedModel[Entry] = PagedModel(context.ask, entry_columns(context), self)
        self.table = Table(self.model, name=words("payments.tab.today"))
        self.nothing = label(words("payments.none"), "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.card = ReceiptCard(context, changed=self.load)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.nothing)
        left.addWidget(self.table, 1)
        self.beside = Beside(left, self.card, self.table, close=words("do.close"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(DESK.gap)
        column.addWidget(self.sums)
        column.addWidget(self.beside, 1)
        self.nothing.hide()
        self.export = export_button(context, lambda: receipt_export(context, self.model.fetch), brief=True)
        self.sums.acts.addWidget(self.export)
        self.sums.open.clicked.connect(lambda _=False: OpenTillSheet(context, lambda _: self.load()))
        self.table.chosen.connect(self.card.show_entry)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self.load))

    def load(self) -> None:
        context, desk, site_id = self._context, self._context.desk, self._context.sites.current.id

        def fetch(after: str | None) -> Page[Entry]:
            return with_names(desk, desk.payments.all_receipts(site_id=site_id, after=after, limit=_PAGE))

        self.model.load(fetch)
        context.ask(
            lambda: find_open_till(context), self.sums.show_till, failed=lambda _: None, owner=self, lane="till"
        )

    def show_thing(self, thing: object) -> None:
        if isinstance(thing, ReceiptView):
            self.card.show_entry(Entry(thing, None))

    def _loaded(self) -> None:
        rows, shown = self.model.rows, self.card.entry
        self.nothing.setVisible(not rows)
        self.table.setVisible(bool(rows))
        places = [place for place, row in enumerate(rows) if shown is not None and row.receipt.id == shown.receipt.id]
        self.table.choose(places[0] if places else 0)
        if rows:
            self.table.setFocus()


def find_open_till(context: Context) -> TillView | None:
    """Blocks. None when no till is open at the site at hand."""
    try:
        return context.desk.payments.open_till_at(context.sites.current.id)
    except NotRecognised as error:
        if error.code != "till_unknown":
            raise
        return None


def _number(caption: str) -> tuple[QWidget, QLabel]:
    group, value = QWidget(), label("", "card")
    column = QVBoxLayout(group)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label(caption, "muted"))
    column.addWidget(value)
    return group, value
