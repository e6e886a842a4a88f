"""The machines' room: pictures or a list, filters and a search above; one machine in a sheet over it."""

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedLayout, QWidget

from admin_desktop.exporting.sheet import export_button
from admin_desktop.machines.card import MachineCard
from admin_desktop.machines.editing import MachineSheet
from admin_desktop.machines.fleet import Pictures, load_fleet
from admin_desktop.machines.gallery import Gallery
from admin_desktop.machines.going_out import machine_export
from admin_desktop.machines.handling import Handling
from admin_desktop.machines.new_pictures import NewPictures
from admin_desktop.machines.picture_cards import CardPainter
from admin_desktop.machines.reading import By, Filter, found, machine_columns, offered, sticker_id
from admin_desktop.machines.stickers import print_stickers
from admin_desktop.pictures.reading import source_of
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.filters import FilterChips
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Page, PagedModel
from admin_desktop.widgets.search import SearchLine
from admin_desktop.widgets.table import Table
from shared.contracts.machines import MachineDetail, MachineView
from shared.desktop.drawings import Icon


class MachinesRoom(Room):
    """Name ``machines``. Goes to a machine's id."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("machines.room"))
        words = context.words
        self.machines: list[MachineView] = []
        self._site_id: UUID | None = None
        self.pictures = Pictures(context)
        self.new_pictures = NewPictures(context)
        self.handling = Handling(context, self.pictures, self.new_pictures, categories=self._categories)
        self.handling.changed.connect(self._load)
        self.new = button(words("machines.new"), kind="main", icon=Icon.PLUS)
        self.new.clicked.connect(self.make_new)
        changing(context, self.new, "machine.change")
        self.stickers = button(words("machines.stickers"), icon=Icon.PRINT)
        self.stickers.clicked.connect(self._print_shown)
        self.export = export_button(context, lambda: machine_export(context, self.model.fetch))
        self.acts.addWidget(self.export)
        self.acts.addWidget(self.stickers)
        self.acts.addWidget(self.new)
        self.body.addLayout(self._above())
        self.gallery = Gallery(
            CardPainter(
                words=words,
                picture=lambda machine: self.pictures.find(machine.picture),
                percent=self.new_pictures.percent,
                today=lambda: self.context.today,
                may_change=context.me.may("image.change"),
            )
        )
        self.model: PagedModel[MachineView] = PagedModel(
            context.ask, machine_columns(words, lambda: self.context.today), self
        )
        self.table = Table(self.model, name=words("machines.room"))
        self.nothing = label("", "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        holder = QWidget()
        self.views = QStackedLayout(holder)
        for view in (self.gallery, self.table, self.nothing):
            self.views.addWidget(view)
        self.body.addWidget(holder, 1)
        self.gallery.opened.connect(lambda machine: self.go_to(machine.id))
        self.table.opened.connect(lambda machine: self.go_to(machine.id))
        self.gallery.dropped.connect(self.new_pictures.take)
        self.pictures.came.connect(self.gallery.viewport().update)
        self.new_pictures.moved.connect(self.gallery.viewport().update)
        QShortcut(QKeySequence.StandardKey.Paste, self.gallery, self.paste, context=Qt.ShortcutContext.WidgetShortcut)

    def _above(self) -> QHBoxLayout:
        words, row = self.context.words, QHBoxLayout()
        row.setSpacing(8)
        self.search = SearchLine(words("machines.search"))
        self.search.setFixedWidth(260)
        self.search.searched.connect(self._show)
        self.search.returnPressed.connect(self._open_found)
        row.addWidget(self.search)
        self.filters: FilterChips[Filter] = FilterChips(Filter())
        self.filters.chosen.connect(self._show)
        row.addWidget(self.filters, 1)
        self.as_pictures = button(words("machines.pictures"), kind="filter")
        self.as_list = button(words("machines.list"), kind="filter")
        for press in (self.as_pictures, self.as_list):
            press.setCheckable(True)
            press.setAutoExclusive(True)
            press.clicked.connect(lambda _=False: self._show())
            row.addWidget(press)
        self.as_pictures.setChecked(True)
        return row

    @property
    def card(self) -> MachineCard | None:
        """The one that is open."""
        return self.handling.card

    def entered(self) -> None:
        self._load()
        self.search.setFocus()

    def go_to(self, thing: object) -> None:
        """Open the machine of an id."""
        if isinstance(thing, UUID):
            cloud = self.context.desk.machines
            self.context.ask(lambda: cloud.machine(thing), self.handling.open, failed=self.context.show_failure)

    def make_new(self) -> None:
        if self.new.isEnabled():
            MachineSheet(self.context, None, self._made, categories=self._categories())

    def _print_shown(self) -> None:
        print_stickers(self.context, self.gallery.shown.machines)

    def paste(self) -> None:
        """A picture from the clipboard, for the machine that is chosen."""
        source, machine = source_of(QApplication.clipboard().mimeData()), self.gallery.current
        if source is None:
            self.context.toasts.show(self.context.words("picture.nothing"))
        elif machine is not None and self.context.me.may("image.change"):
            self.new_pictures.take(machine, source)

    def _load(self) -> None:
        cloud, site = self.context.desk.machines, self.context.sites.current
        self.context.ask(
            lambda: load_fleet(cloud, site.id),
            lambda machines: self._loaded(machines, site.id),
            failed=lambda error: self.context.show_failure(error, again=self._load),
            owner=self,
            lane="fleet",
        )

    def _loaded(self, machines: list[MachineView], site_id: UUID) -> None:
        if site_id != self._site_id:
            self._site_id = site_id
            self.filters.reset()
        self.machines = machines
        self._show()

    def _show(self) -> None:
        words, today = self.context.words, self.context.today
        choices = [(each, each.said(words), count) for each, count in offered(self.machines, today=today)]
        self.filters.show_choices(choices)
        machines = found(self.machines, self.filters.current, self.search.text(), today=today)
        self.gallery.shown.show(machines)
        self.model.load(lambda _: Page(machines, None))
        view: QWidget = self.table if self.as_list.isChecked() else self.gallery
        self.stickers.setEnabled(bool(machines))
        self.views.setCurrentWidget(view if machines else self.nothing)
        site = self.context.sites.current.name
        self.nothing.setText(words("machines.none.found" if self.machines else "machines.none", site=site))
        counts = {filter_.by: count for filter_, _, count in choices}
        all_, out, due = (counts.get(by, 0) for by in (By.ALL, By.OUT, By.DUE))
        self.sentence.setText(words("machines.count", n=all_, site=site, out=out, due=due))

    def _open_found(self) -> None:
        """Enter in the search: the sticker that was scanned, or the one machine that matches."""
        self.search.forget()
        self._show()
        scanned = sticker_id(self.search.text())
        if scanned is not None:
            self.search.clear()
            self.go_to(scanned)
        elif len(self.gallery.shown.machines) == 1:
            self.go_to(self.gallery.shown.machines[0].id)

    def _made(self, machine: MachineDetail) -> None:
        self.handling.said("made")(machine)
        self.handling.open(machine)

    def _categories(self) -> list[str]:
        return sorted({machine.category for machine in self.machines})
