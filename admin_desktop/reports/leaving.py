"""Who comes less than usual: the list with the weeks of each, and what was done about it."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from admin_desktop.exporting.sheet import export_button
from admin_desktop.exporting.table import Export, Field
from admin_desktop.reports.contact import ContactSheet, contact_chip
from admin_desktop.reports.loading import Leaving, LeavingPage, load_leaving
from admin_desktop.reports.naming import short_day
from admin_desktop.shell.context import Context
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Cell, Column, Fetch, Page, PagedModel
from admin_desktop.widgets.sheet import Sheet
from admin_desktop.widgets.table import Table

RECENT_WEEKS, HABIT_WEEKS = 4, 12
_WIDE = 900


class LeavingTable(QWidget):
    """``changed``: somebody was contacted. Enter on a row opens the sheet for that."""

    changed = Signal()

    def __init__(self, context: Context, *, wide: bool) -> None:
        super().__init__()
        self._context = context
        self.model: PagedModel[Leaving] = PagedModel(context.ask, leaving_columns(context, wide=wide), self)
        self.table = Table(self.model, name=context.words("reports.leaving"))
        self.nobody = label(context.words("reports.leaving.none"), "muted", wrap=True)
        self.nobody.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.nobody)
        column.addWidget(self.table, 1)
        self.table.opened.connect(self._open)
        self.model.loaded.connect(self._loaded)

    def show_first(self, found: LeavingPage, fetch: Fetch[Leaving]) -> None:
        """Show a first page that is there already; others are fetched as the list scrolls."""
        place = self.table.currentIndex().row()
        self.model.begin(found.page, fetch)
        self.table.choose(max(0, min(place, len(found.page.rows) - 1)))

    def _loaded(self) -> None:
        self.nobody.setVisible(not self.model.rows)
        self.table.setVisible(bool(self.model.rows))

    def _open(self, row: Leaving) -> None:
        ContactSheet(self._context, row, self.changed.emit)


class LeavingSheet(Sheet):
    """All of them, with their export."""

    def __init__(self, context: Context, site_id: UUID | None, second: str, changed: Callable[[], None]) -> None:
        words = context.words
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        self.list = LeavingTable(context, wide=True)
        column.addWidget(label(second, "muted", wrap=True))
        column.addWidget(self.list, 1)
        super().__init__(context.stage, words("reports.leaving"), body, leave_text=words("do.close"), width=_WIDE)
        self._context, self._site_id, self._changed = context, site_id, changed
        self.export = export_button(context, lambda: leaving_export(context, site_id))
        self.foot.addWidget(self.export)
        self.list.changed.connect(self._tell)
        self.list.model.failed.connect(lambda error: context.show_failure(error, again=self.load))
        self.list.table.setFocus()
        self.load()

    def load(self) -> None:
        self.list.model.load(fetch_leaving(self._context, self._site_id))

    def _tell(self) -> None:
        self.load()
        self._changed()


def fetch_leaving(context: Context, site_id: UUID | None) -> Fetch[Leaving]:
    desk = context.desk

    def fetch(after: str | None) -> Page[Leaving]:
        return load_leaving(desk, site_id, after).page

    return fetch


def name_of(row: Leaving, context: Context) -> str:
    return context.words("reports.erased") if row.member is None or not row.member.name else row.member.name


def leaving_columns(context: Context, *, wide: bool) -> list[Column[Leaving]]:
    """``wide``: there is room for a face."""
    words = context.words

    today = context.today

    def who(row: Leaving) -> Cell:
        """A plan's long name is cut rather than the day."""
        until = words("reports.until", day=short_day(row.risk.paid_through_on, words, today=today))
        name = name_of(row, context)
        second = ", ".join(filter(None, (until, row.plan)))
        return Cell(name, second, avatar=name if wide else None, strong=True)

    def a_week(visits: int, weeks: int) -> str:
        return words.number(visits / weeks, digits=1)

    def bars(row: Leaving) -> Cell:
        return Cell(bars=tuple(row.risk.weeks), low_bars=RECENT_WEEKS)

    return [
        Column(words("reports.fact.member"), 4, who, floor=210 if wide else 160),
        Column(words("reports.weeks"), 1, bars, floor=112),
        Column(words("reports.habit"), 1, lambda row: Cell(a_week(row.risk.before, HABIT_WEEKS)), floor=68),
        Column(words("reports.now"), 1, lambda row: Cell(a_week(row.risk.recent, RECENT_WEEKS), strong=True), floor=56),
        Column(
            words("reports.contacted"), 2, lambda row: Cell(chip=contact_chip(row.risk.contact, context)), floor=148
        ),
    ]


def leaving_export(context: Context, site_id: UUID | None) -> Export[Leaving]:
    words = context.words

    def contacted(row: Leaving) -> str:
        return contact_chip(row.risk.contact, context).text

    fields: list[Field[Leaving]] = [
        Field(words("reports.fact.member"), lambda row: name_of(row, context)),
        Field(words("reports.fact.number"), lambda row: None if row.member is None else row.member.number),
        Field(words("reports.fact.plan"), lambda row: row.plan),
        Field(words("reports.fact.paid_through_on"), lambda row: row.risk.paid_through_on),
        Field(words("reports.before"), lambda row: row.risk.before),
        Field(words("reports.recent"), lambda row: row.risk.recent),
        Field(words("reports.last_visit"), lambda row: row.risk.last_visit_on),
        Field(words("reports.contacted"), contacted),
        Field(words("reports.note"), lambda row: None if row.risk.contact is None else row.risk.contact.note),
        Field(words("reports.fact.site"), lambda row: context.sites.name_of(row.risk.site_id)),
    ]
    return Export(words("reports.leaving"), fields, fetch_leaving(context, site_id), context.sites.zone)
