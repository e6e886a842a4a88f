"""The parts of the page, and what each asks for. One that fails leaves the others as they are."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from admin_desktop.reports.behind import Behind, What
from admin_desktop.reports.figures import tiles
from admin_desktop.reports.leaving import LeavingTable, fetch_leaving
from admin_desktop.reports.loading import LeavingPage, load_leaving, load_summary
from admin_desktop.reports.part import ChartPart, Part
from admin_desktop.reports.periods import Period, Span, heat_period_of, months_of, period_of
from admin_desktop.reports.shown import Shower
from admin_desktop.reports.tiles import Tiles
from admin_desktop.shell.context import Context
from shared.contracts.report_rows import MemberRowsQuery, Move
from shared.contracts.reports import (
    ReportQuery,
)
from shared.desktop.tokens import DESK

_WIDE, _NARROW = 3, 2
_LIST_HEIGHT = 320


class Board(QWidget):
    """``open_rows`` is told what a spot stands for."""

    def __init__(self, context: Context, *, open_rows: Callable[[object], None], see_all: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._open_rows = context, open_rows
        self._span = Span.MONTH
        self._site_id: UUID | None = None
        self._shower = Shower(context.desk, context.words)
        words = context.words
        self.tiles = Tiles(context, open_rows)
        self.numbers = Part(context, "", self.tiles)
        self.list = LeavingTable(context, wide=False)
        self.list.setFixedHeight(_LIST_HEIGHT)
        self.numbers.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.leaving = Part(context, words("reports.leaving"), self.list)
        self.leaving.add_link(words("reports.see_all"), see_all)
        self.list.changed.connect(self.load_leaving)
        self.list.model.failed.connect(lambda error: context.show_failure(error, again=self.load_leaving))
        self.heat, self.revenue = self._chart("heat"), self._chart("taken")
        self.retention, self.plans = self._chart("retention"), self._chart("plans")
        self.sites = self._chart("sites")
        self.refusals, self.machines, self.doors = self._chart("refusals"), self._chart("faults"), self._chart("kiosks")
        self.plans.add_link(words("reports.who_joined"), lambda: self._open_moved(Move.JOINED))
        self.plans.add_link(words("reports.who_left"), lambda: self._open_moved(Move.LEFT))
        self._lay_out()

    @property
    def parts(self) -> list[Part]:
        """In the order in which they are seen."""
        charts = [self.heat, self.revenue, self.retention, self.plans, self.refusals, self.machines, self.doors]
        charts.append(self.sites)
        return [self.numbers, *charts, self.leaving]

    def load(self, span: Span, site_id: UUID | None) -> None:
        """Ask for everything, each part by itself."""
        self._span, self._site_id = span, site_id
        desk, words, show = self._context.desk, self._context.words, self._shower
        wanted, inside = self._wanted(period_of(span, self._context.today)), self._inside_sites()
        heat, months = (self._wanted(some(span, self._context.today)) for some in (heat_period_of, months_of))
        names = {site.id: site.name for site in self._context.sites.all}
        self.numbers.ask(lambda: tiles(load_summary(desk, wanted, inside), words), self.tiles.show_tiles)
        self.heat.show_chart(lambda: show.heat(heat))
        self.revenue.show_chart(lambda: show.revenue(months))
        self.load_leaving()
        self.sites.setVisible(site_id is None and len(names) > 1)
        if not self.sites.isHidden():
            self.sites.show_chart(lambda: show.sites(wanted, names))
        self.refusals.show_chart(lambda: show.refusals(wanted))
        self.plans.show_chart(lambda: show.plans(site_id))
        self.retention.show_chart(lambda: show.retention(site_id))
        self.machines.show_chart(lambda: show.machines(wanted))
        self.doors.show_chart(lambda: show.doors(wanted))

    def load_leaving(self) -> None:
        desk, site_id = self._context.desk, self._site_id
        self.leaving.ask(lambda: load_leaving(desk, site_id, None), self._show_leaving)

    def _wanted(self, period: Period) -> ReportQuery:
        return ReportQuery(site_id=self._site_id, first=period.first, last=period.last)

    def _inside_sites(self) -> list[UUID]:
        if self._span is not Span.TODAY:
            return []
        return [site.id for site in self._context.sites.all if self._site_id in (None, site.id)]

    def _chart(self, name: str) -> ChartPart:
        words = self._context.words
        nothing = words(f"reports.{name}.nothing")
        return ChartPart(self._context, words(f"reports.{name}.head"), nothing=nothing, opened=self._open_rows)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 4, 0)
        grid.setSpacing(DESK.gap)
        grid.addWidget(self.numbers, 0, 0, 1, 2)
        beside = QVBoxLayout()
        beside.setSpacing(DESK.gap)
        beside.addWidget(self.refusals, 1)
        beside.addWidget(self.sites)
        side = QWidget()
        beside.setContentsMargins(0, 0, 0, 0)
        side.setLayout(beside)
        pairs = (
            (self.heat, self.revenue),
            (self.leaving, side),
            (self.retention, self.plans),
            (self.machines, self.doors),
        )
        for row, (wide, narrow) in enumerate(pairs, start=1):
            grid.addWidget(wide, row, 0)
            grid.addWidget(narrow, row, 1)
        grid.setColumnStretch(0, _WIDE)
        grid.setColumnStretch(1, _NARROW)

    def _open_moved(self, what: Move) -> None:
        words, wanted = self._context.words, self._wanted(period_of(self._span, self._context.today))
        question = MemberRowsQuery(what=what, **wanted.model_dump())
        self._open_rows(Behind(What.MEMBERS, words(f"reports.who_{what.value}"), (question,)))

    def _show_leaving(self, found: LeavingPage) -> None:
        words = self._context.words
        key = "one" if found.total == 1 else "many"
        self.leaving.say(words(f"reports.leaving.{key}", n=words.number(found.total)) if found.total else "")
        self.list.show_first(found, fetch_leaving(self._context, self._site_id))
