"""The payments' room: what was taken here, what is overdue, the till, and for an Admin the ledger."""

from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from admin_desktop.payments.ledger_tab import LedgerTab
from admin_desktop.payments.overdue_tab import OverdueTab
from admin_desktop.payments.receipts_tab import ReceiptsTab
from admin_desktop.payments.till_tab import TillTab
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room


class PaymentsRoom(Room):
    """Name ``payments``. Goes to a :class:`~shared.contracts.payments.ReceiptView`."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("payments.room"))
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(context.words("payments.room"))
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.pages = QStackedWidget()
        self.receipts, self.overdue, self.till = ReceiptsTab(context), OverdueTab(context), TillTab(context)
        self.ledger = LedgerTab(context) if context.me.may("ledger.read") else None
        parts: list[tuple[str, QWidget | None]] = [
            ("today", self.receipts),
            ("overdue", self.overdue),
            ("till", self.till),
            ("ledger", self.ledger),
        ]
        for name, page in parts:
            if page is not None:
                self.tabs.addTab(context.words(f"payments.tab.{name}"))
                self.pages.addWidget(page)
        self.tabs.currentChanged.connect(self._turn)
        self.body.addWidget(self.tabs)
        self.body.addWidget(self.pages, 1)

    def entered(self) -> None:
        self.sentence.setText(self.context.words("payments.at", site=self.context.sites.current.name))
        self._load()

    def go_to(self, thing: object) -> None:
        self.tabs.setCurrentIndex(0)
        self.receipts.show_thing(thing)

    def _turn(self, place: int) -> None:
        self.pages.setCurrentIndex(place)
        self._load()

    def _load(self) -> None:
        page = self.pages.currentWidget()
        assert isinstance(page, ReceiptsTab | OverdueTab | TillTab | LedgerTab)  # noqa: S101  # nothing else is put there
        page.load()
