"""The sites' room: the sites and who has heard at the left, one site with its rules at the right."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.sites.editor import SiteEditor
from admin_desktop.sites.heard import HeardPanel
from admin_desktop.sites.making import SiteSheet
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.pages import Cell, Column, Page, PagedModel
from admin_desktop.widgets.table import Table
from shared.contracts.gym import SiteView
from shared.contracts.kiosks import DeviceInfo
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK
from shared.domain.device import DeviceStatus

REFRESH_MS = 5000
_LIST = 300


class SitesRoom(Room):
    """Name ``sites``. Goes to a site's id."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("sites.room"))
        words = context.words
        self.devices: list[DeviceInfo] = []
        self.new = button(words("sites.new"), icon=Icon.PLUS)
        self.new.clicked.connect(self.make_new)
        changing(context, self.new, "site.change")
        self.acts.addWidget(self.new)
        self.model: PagedModel[SiteView] = PagedModel(context.ask, [_column(context)], self)
        self.table = Table(self.model, name=words("sites.list"))
        self.heard = HeardPanel(context)
        self.editor = SiteEditor(context, self._saved, planned=self._ask_planned)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.table, 1)
        left.addWidget(self.heard)
        self.table.setFixedWidth(_LIST)
        self.heard.setFixedWidth(_LIST)
        row = QHBoxLayout()
        row.setSpacing(DESK.gap)
        row.addLayout(left)
        row.addWidget(self.editor, 1)
        self.body.addLayout(row, 1)
        self.table.chosen.connect(self._chosen)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self._load))
        self._asking = QTimer(self, interval=REFRESH_MS)
        self._asking.timeout.connect(self._ask_devices)

    def entered(self) -> None:
        self._load()
        self._ask_devices()
        self.table.setFocus()

    def go_to(self, thing: object) -> None:
        if isinstance(thing, UUID):
            self._choose(thing)

    def make_new(self) -> None:
        if self.new.isEnabled():
            SiteSheet(self.context, self._opened)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        self._asking.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self._asking.stop()
        super().hideEvent(event)

    def _load(self) -> None:
        staff = self.context.desk.staff

        def fetch(_: str | None) -> Page[SiteView]:
            return Page(staff.sites(), None)

        self.model.load(fetch)

    def _loaded(self) -> None:
        sites, shown = self.model.rows, self.editor.site
        self.context.sites.take(sites)
        self.sentence.setText(self.context.words("sites.count"))
        self._choose(self.context.sites.current.id if shown is None else shown.id)

    def _choose(self, site_id: UUID) -> None:
        place = next((place for place, site in enumerate(self.model.rows) if site.id == site_id), 0)
        self.table.choose(place)

    def _chosen(self, site: SiteView) -> None:
        """Another site, unless something was changed at this one and is not sent."""
        shown, words = self.editor.site, self.context.words
        if shown is None or shown.id == site.id or not self.editor.changes:
            self._show(site)
            return
        self._choose(shown.id)
        self.context.question(
            words("sites.leave.title", name=shown.name),
            [words("sites.leave.what", n=self.editor.changes)],
            yes=words("do.discard"),
            then=lambda: self._leave_for(site),
        )

    def _leave_for(self, site: SiteView) -> None:
        self.editor.discard()
        self._choose(site.id)

    def _show(self, site: SiteView) -> None:
        self.editor.show_site(site)
        self._show_devices()
        self._ask_planned()

    def _opened(self, site: SiteView) -> None:
        self.editor.discard()
        self.editor.show_site(site)
        self._load()
        self.context.toasts.show(self.context.words("sites.opened", name=site.name))

    def _saved(self, site: SiteView, undo: Callable[[], None]) -> None:
        words = self.context.words
        self._load()
        self._ask_devices()
        self.context.toasts.show_undoable(words("sites.sent", name=site.name), action=words("do.undo"), undo=undo)

    def _ask_devices(self) -> None:
        self.context.ask.quietly(self.context.desk.staff.devices, self._heard, owner=self, lane="devices")

    def _ask_planned(self) -> None:
        staff = self.context.desk.staff
        self.context.ask.quietly(staff.planned_changes, self.editor.show_planned, owner=self, lane="planned")

    def _heard(self, devices: list[DeviceInfo]) -> None:
        self.devices = devices
        self._show_devices()

    def _show_devices(self) -> None:
        site = self.editor.site
        own = [
            each
            for each in self.devices
            if site is not None and each.site_id == site.id and each.status is DeviceStatus.ACTIVE
        ]
        self.heard.show_devices(own)
        self.editor.show_kiosks(len(own))


def _column(context: Context) -> Column[SiteView]:
    words = context.words

    def cell(site: SiteView) -> Cell:
        capacity = words("sites.no_limit") if site.capacity is None else words("sites.people", n=site.capacity)
        return Cell(site.name, words("sites.second", zone=site.zone, capacity=capacity), strong=True)

    return Column(words("sites.list"), 1, cell, floor=_LIST - 4)
