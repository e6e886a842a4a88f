"""The reports' room: six numbers, charts, and who is about to leave. Every number opens the rows behind it."""

from uuid import UUID

from PySide6.QtWidgets import QButtonGroup, QPushButton

from admin_desktop.reports.behind import Behind
from admin_desktop.reports.board import Board
from admin_desktop.reports.leaving import LeavingSheet
from admin_desktop.reports.monthly import MonthlySheet
from admin_desktop.reports.periods import Period, Span, period_of
from admin_desktop.reports.rows_sheet import RowsSheet
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import bare
from admin_desktop.widgets.picker import Picker
from shared.desktop.drawings import Icon


class ReportsRoom(Room):
    """Name ``reports``. Of all sites together, until one is chosen."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("reports.room"))
        self.span = Span.MONTH
        self.site_id: UUID | None = None
        self.spans = {span: self._span_button(span) for span in Span}
        group = QButtonGroup(self)
        for press in self.spans.values():
            group.addButton(press)
            self.acts.addWidget(press)
        self.site = Picker()
        self.site.setAccessibleName(context.words("top.site"))
        self.site.setSizeAdjustPolicy(Picker.SizeAdjustPolicy.AdjustToContents)
        self.site.activated.connect(self._choose_site)
        self.acts.addWidget(self.site)
        self.monthly = button(context.words("reports.monthly"), icon=Icon.PRINT)
        self.monthly.clicked.connect(lambda _=False: MonthlySheet(context, self.site_id))
        self.acts.addWidget(self.monthly)
        self.board = Board(context, open_rows=self.open_rows, see_all=self.see_all)
        self.page = bare(self.board)
        self.body.addWidget(self.page, 1)
        self._list_sites()
        context.sites.listed.connect(self._list_sites)

    @property
    def period(self) -> Period:
        return period_of(self.span, self.context.today)

    def entered(self) -> None:
        self.load()
        self.spans[self.span].setFocus()

    def choose_span(self, span: Span) -> None:
        """The page stays where it is, and so does what is chosen in a chart."""
        self.span = span
        self.spans[span].setChecked(True)
        self.load()

    def load(self) -> None:
        self.sentence.setText(self._of_which())
        self.board.load(self.span, self.site_id)

    def open_rows(self, key: object) -> None:
        if isinstance(key, Behind):
            RowsSheet(self.context, key, self._of_which())

    def see_all(self) -> None:
        """All who come less than usual."""
        LeavingSheet(self.context, self.site_id, self.board.leaving.second.text(), self.board.load_leaving)

    def _span_button(self, span: Span) -> QPushButton:
        press = button(self.context.words(f"reports.span.{span.name.lower()}"), kind="choice")
        press.setCheckable(True)
        press.setChecked(span is self.span)
        press.clicked.connect(lambda _=False: self.choose_span(span))
        return press

    def _list_sites(self) -> None:
        sites = self.context.sites.all
        self.site.clear()
        self.site.addItem(self.context.words("reports.all_sites"), None)
        for site in sites:
            self.site.addItem(site.name, site.id)
        self.site.setCurrentIndex(next((n for n, site in enumerate(sites, 1) if site.id == self.site_id), 0))
        self.site.setVisible(len(sites) > 1)

    def _choose_site(self, place: int) -> None:
        self.site_id = None if place == 0 else self.context.sites.all[place - 1].id
        self.load()

    def _of_which(self) -> str:
        words, period = self.context.words, self.period
        name = words("reports.all_sites") if self.site_id is None else self.context.sites.name_of(self.site_id)
        if len(self.context.sites.all) == 1:
            name = self.context.sites.current.name
        if period.days == 1:
            return words("reports.of_day", site=name, day=words.date(period.last))
        return words("reports.of_days", site=name, first=words.date(period.first), last=words.date(period.last))
