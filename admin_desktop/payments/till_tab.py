"""The second tab: the tills of this site, the open one at the top; opened, closed, their slips."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.exporting.sheet import export_button
from admin_desktop.payments.going_out import till_export
from admin_desktop.payments.paper import save_pdf
from admin_desktop.payments.reading import difference_chip, full_day, till_rows
from admin_desktop.payments.rows import RowsView
from admin_desktop.payments.tills import CloseTillSheet, OpenTillSheet
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.widgets.beside import Beside
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import bare, label
from admin_desktop.widgets.pages import Cell, Column, Page, PagedModel
from admin_desktop.widgets.table import Table
from shared.contracts.payments import TillView
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK


class TillTab(QWidget):
    """Tills of the site at hand, newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.till: TillView | None = None
        words = context.words
        self.model: PagedModel[TillView] = PagedModel(context.ask, till_columns(context), self)
        self.table = Table(self.model, name=words("payments.tab.till"))
        self.nothing = label(words("payments.till.none"), "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open = button(words("payments.till.open"), kind="main")
        left = QVBoxLayout()
        left.setSpacing(12)
        self.export = export_button(context, lambda: till_export(context, self.model.fetch))
        above = QHBoxLayout()
        above.addWidget(self.open)
        above.addStretch(1)
        above.addWidget(self.export)
        left.addLayout(above)
        left.addWidget(self.nothing)
        left.addWidget(self.table, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.beside = Beside(left, self._card(), self.table, close=words("do.close"))
        row.addWidget(self.beside)
        self.nothing.hide()
        self.open.hide()
        changing(context, self.open, "till.change")
        self.open.clicked.connect(lambda _=False: OpenTillSheet(context, self._changed))
        self.table.chosen.connect(self.show_till)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self.load))
        self.show_till(None)

    def _card(self) -> QFrame:
        card, words = QFrame(), self._context.words
        card.setProperty("role", "panel")
        card.setFixedWidth(DESK.card)
        column = QVBoxLayout(card)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        self.rows = RowsView()
        column.addWidget(bare(self.rows), 1)
        self.slip = button(words("payments.till.slip"), icon=Icon.PRINT)
        self.close_till = button(words("payments.till.close"), kind="main")
        acts = QHBoxLayout()
        acts.addWidget(self.slip, 1)
        acts.addWidget(self.close_till, 1)
        column.addLayout(acts)
        self.slip.clicked.connect(self._save)
        self.close_till.clicked.connect(self._close)
        changing(self._context, self.close_till, "till.change")
        return card

    def load(self) -> None:
        payments, site_id = self._context.desk.payments, self._context.sites.current.id

        def fetch(after: str | None) -> Page[TillView]:
            page = payments.tills(site_id=site_id, after=after)
            return Page(page.items, page.next)

        self.model.load(fetch)

    def show_till(self, till: TillView | None) -> None:
        self.till = till
        self.slip.setVisible(till is not None)
        self.close_till.setVisible(till is not None and till.closed_at is None)
        self.rows.show_rows([] if till is None else self._slip_rows(till))

    def _slip_rows(self, till: TillView) -> list:  # type: ignore[type-arg]
        context = self._context
        return till_rows(
            till,
            gym=context.desk.connection.gym_name,
            site=context.sites.name_of(till.site_id),
            zone=context.sites.zone,
            words=context.words,
        )

    def _loaded(self) -> None:
        rows = self.model.rows
        self.nothing.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.open.setVisible(not rows or rows[0].closed_at is not None)
        places = [place for place, row in enumerate(rows) if self.till is not None and row.id == self.till.id]
        self.table.choose(places[0] if places else 0)
        if not rows:
            self.show_till(None)

    def _close(self) -> None:
        if self.till is not None:
            CloseTillSheet(self._context, self.till, self._changed)

    def _changed(self, till: TillView) -> None:
        self.show_till(till)
        self.load()

    def _save(self) -> None:
        if self.till is not None:
            words, day = self._context.words, self.till.opened_at.astimezone(self._context.sites.zone).date()
            save_pdf(self._context, words("payments.slip_file", day=full_day(day, words)), self._slip_rows(self.till))


def till_columns(context: Context) -> list[Column[TillView]]:
    words = context.words

    def moment(at: object) -> str:
        return "" if at is None else words.moment(at, zone=context.sites.zone, now=context.clock.now())  # type: ignore[arg-type]

    def amount(minor: int | None, till: TillView) -> Cell:
        return Cell("" if minor is None else words.money(minor, till.currency), right=True)

    return [
        Column(words("payments.till.opened"), 2, lambda till: Cell(moment(till.opened_at), strong=True), floor=140),
        Column(words("payments.till.closed"), 2, lambda till: Cell(moment(till.closed_at)), floor=110),
        Column(words("payments.till.expected.short"), 1, lambda till: amount(till.expected_minor, till), floor=112),
        Column(words("payments.till.counted"), 1, lambda till: amount(till.counted_minor, till), floor=112),
        Column(words("payments.till.difference"), 1, lambda till: Cell(chip=difference_chip(till, words)), floor=128),
    ]
