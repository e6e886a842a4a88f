"""The audit's room: what was changed, newest first; one row whole at the right; and whether the log holds."""

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from admin_desktop.audit.card import EntryCard
from admin_desktop.audit.chain import ChainLight
from admin_desktop.audit.filters import AuditFilters
from admin_desktop.audit.names import Names
from admin_desktop.audit.reading import Place, audit_columns, audit_export
from admin_desktop.audit.values import changes_of
from admin_desktop.exporting.sheet import export_button
from admin_desktop.exporting.table import Export
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.beside import Beside
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Fetch, Page, PagedModel
from admin_desktop.widgets.search import SearchLine
from admin_desktop.widgets.table import Table
from shared.contracts.audit import AuditEntry, AuditQuery

_PAGE, _ALL, _MOST_NAMED, _SEARCH = 100, 500, 200, 220
_PACE_MS, ARROW_MS = 250, 80
"""How often a search is sent; after the last arrow the card follows."""


class AuditRoom(Room):
    """Name ``audit``."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("audit.room"))
        words = context.words
        self.names = Names(context.desk, lambda: context.sites.all)
        self.sentence.setText(words("audit.about"))
        self.export = export_button(context, self._export)
        self.acts.addWidget(self.export)
        self.search = SearchLine(words("audit.search"), pace_ms=_PACE_MS)
        self.search.setMinimumWidth(_SEARCH)
        self.filters = AuditFilters(context)
        self.chain = ChainLight(context)
        self.model: PagedModel[AuditEntry] = PagedModel(context.ask, audit_columns(context, self.names), self)
        self.table = Table(self.model, name=words("audit.room"))
        self.nothing = label("", "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.card = EntryCard(context, self.names, self._go)
        self._lay_out()
        self._following = QTimer(self, singleShot=True, interval=ARROW_MS)
        self._following.timeout.connect(self._follow)
        self.search.searched.connect(self._load)
        self.filters.changed.connect(self._load)
        self.table.chosen.connect(lambda _: self._following.start())
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self._load))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search)
        top.addWidget(self.filters, 1)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.nothing)
        left.addWidget(self.table, 1)
        close = self.context.words("do.close")
        self.beside = Beside(left, self.card, self.table, close=close, opened=self._open)
        self.body.addWidget(self.chain)
        self.body.addLayout(top)
        self.body.addWidget(self.beside, 1)

    def entered(self) -> None:
        self._load()
        self.context.ask.quietly(self.context.desk.staff.people, self.filters.show_people, owner=self, lane="people")
        self.chain.check_when_due()
        self.search.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self.chain.stop()
        super().hideEvent(event)

    def _load(self) -> None:
        self.model.load(self._fetch(_PAGE))

    def _fetch(self, limit: int) -> Fetch[AuditEntry]:
        """As it is filtered now. Names are asked for anew with the first page: members may have been erased."""
        audit, names = self.context.desk.audit, self.names
        text, bounds = self.search.text().strip(), self.filters.bounds()
        about: list[str] = []

        def fetch(after: str | None) -> Page[AuditEntry]:
            nonlocal about
            if after is None:
                names.forget_members()
                about = names.called(text)[:_MOST_NAMED] if text else []
            if text and not about:
                return Page([], None)
            more: dict[str, Any] = {} if after is None else {"after": after}
            page = audit.page(AuditQuery(about=about, limit=limit, **bounds, **more))
            names.learn(page.items)
            return Page(page.items, page.next)

        return fetch

    def _export(self) -> Export[AuditEntry]:
        def told(entry: AuditEntry, after: bool) -> str:  # noqa: FBT001  # one of two columns
            changes = changes_of(entry, self.names, self.context)
            return "; ".join(f"{each.field}: {each.after if after else each.before}" for each in changes)

        return audit_export(self.context, self.names, self._fetch(_ALL), told)

    def _loaded(self) -> None:
        words, text, rows = self.context.words, self.search.text().strip(), self.model.rows
        self.nothing.setText(words("audit.unknown", text=text) if text else words("audit.none"))
        self.nothing.setVisible(not rows)
        self.table.setVisible(bool(rows))
        shown = self.card.entry
        same = [
            place
            for place, row in enumerate(rows)
            if shown is not None and (row.service, row.number) == (shown.service, shown.number)
        ]
        self.table.choose(same[0] if same else 0)
        if not rows:
            self.card.show_entry(None)

    def _follow(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.rows):
            self.card.show_entry(self.model.rows[row])

    def _open(self) -> None:
        if self.card.open.isVisible():
            self.card.open.click()

    def _go(self, place: Place) -> None:
        context = self.context
        context.ask(place.find, lambda thing: context.go(place.room, thing), failed=context.show_failure)
