"""The door's room: the newest entry, the list of entries, who is inside, and what waits to be sent."""

from datetime import timedelta
from uuid import UUID

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from admin_desktop.door.acts import DoorActs
from admin_desktop.door.entries import EntriesModel, EntriesTable, Filter
from admin_desktop.door.entry_card import EntryCard
from admin_desktop.door.going_out import entry_export
from admin_desktop.door.inside import InsidePanel
from admin_desktop.door.keeper import Keeper
from admin_desktop.door.keeping import KeptCheckIns
from admin_desktop.door.kept import KeptPanel
from admin_desktop.door.live import LiveDoor
from admin_desktop.door.people import KnownPeople, people_of
from admin_desktop.door.reading import Said, entry_columns, is_entry, said, where_of
from admin_desktop.door.sound import REFUSAL, TUNES
from admin_desktop.exporting.sheet import export_button
from admin_desktop.exporting.table import Export
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.pages import Fetch, Page
from shared.contracts.gym import AttendanceView, EventQuery
from shared.desktop.drawings import Icon
from shared.desktop.sounds import Sounds, sound_capability
from shared.desktop.tokens import DESK

PAGE = 100
CORRECTABLE = timedelta(days=35)
"""So far back the cloud takes check-ins by hand, and the list goes."""
CHECK_IN, EVACUATION = "check-in", "evacuation"
"""What the room is asked to go to from elsewhere: a check-in by hand, and the list of who is inside."""
_SIDE = 300


class DoorRoom(Room):
    """Name ``door``. Goes to ``CHECK_IN`` and ``EVACUATION``."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("door.room"))
        words = context.words
        self.sentence.setText(words("door.sentence"))
        self._devices: dict[UUID, str] = {}
        self._filter = Filter.ALL
        self.known = KnownPeople()
        self.live = LiveDoor(context, self)
        self.keeper = Keeper(context, KeptCheckIns(context.desk.folder / "kept-check-ins.db"), self)
        self.does = DoorActs(context, self.live, self.keeper, self.known)
        self.card = EntryCard(context, let_in=self.does.let_in, open_card=self.does.open_card)
        self.model = EntriesModel(context.ask, entry_columns(context, self._devices), words, self)
        self.table = EntriesTable(self.model, words, name=words("door.room"))
        self.inside = InsidePanel(context, evacuate=self.does.evacuate)
        self.kept = KeptPanel(context, self.keeper, self.known)
        self._add_acts()
        self._lay_out()
        self._listen()
        self.keeper.load()

    def entered(self) -> None:
        self._load_devices()
        self.live.look()
        if not self.model.rows:
            self._load()
        self.table.setFocus()

    def go_to(self, thing: object) -> None:
        if thing == CHECK_IN:
            self.make_new()
        elif thing == EVACUATION:
            self.does.evacuate()

    def make_new(self) -> None:
        self.does.check_in()

    def _add_acts(self) -> None:
        words, may_change = self.context.words, self.context.me.may("attendance.change")
        self.filters: dict[Filter, QPushButton] = {}
        for each in Filter:
            press = button(words(f"door.filter.{each.value}"), kind="filter")
            press.setCheckable(True)
            press.clicked.connect(lambda _=False, chosen=each: self._choose(chosen))
            self.filters[each] = press
            self.acts.addWidget(press)
        self.filters[Filter.ALL].setChecked(True)
        self.acts.addSpacing(8)
        self.acts.addWidget(self._sound_button())
        earlier = button(words("door.earlier"), icon=Icon.CLOCK)
        earlier.clicked.connect(lambda: self.does.check_in(earlier=True))
        earlier.setEnabled(may_change)
        self.acts.addWidget(earlier)
        self.export = export_button(self.context, self._as_export, brief=True)
        self.acts.addWidget(self.export)

    def _sound_button(self) -> QPushButton:
        words, can = self.context.words, sound_capability()
        self._kept_choices = QSettings(str(self.context.desk.folder / "desk.ini"), QSettings.Format.IniFormat)
        sounds = Sounds(can, TUNES)
        self.sounds = sounds
        self.destroyed.connect(sounds.close)
        self.sound = button(words("door.sound"), kind="filter", icon=Icon.BELL)
        self.sound.setCheckable(True)
        self.sound.setChecked(can.available and self._kept_choices.value("door/sound", "on") == "on")
        self.sound.setEnabled(can.available)
        self.sound.setToolTip(words("door.sound.what" if can.available else "door.sound.none"))
        self.sound.clicked.connect(lambda on: self._kept_choices.setValue("door/sound", "on" if on else "off"))
        return self.sound

    def _lay_out(self) -> None:
        left, right, row = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.card)
        left.addWidget(self.table, 1)
        right.setSpacing(DESK.gap)
        for panel in (self.kept, self.inside):
            panel.setFixedWidth(_SIDE)
        right.addWidget(self.kept)
        right.addWidget(self.inside, 1)
        row.setSpacing(DESK.gap)
        row.addLayout(left, 1)
        row.addLayout(right)
        self.body.addLayout(row, 1)

    def _listen(self) -> None:
        self.live.changed.connect(self._show)
        self.live.refused.connect(self._sound_refusal)
        self.keeper.changed.connect(self._show_inside)
        self.keeper.sent.connect(self.does.tell_sent)
        self.does.changed.connect(self.live.look)
        self.table.opened.connect(self.does.act_on)
        self.table.clicked.connect(self._clicked)
        self.model.failed.connect(lambda error: self.context.show_failure(error, again=self._load))
        self.context.sites.changed.connect(self._load)
        self.context.ask.contact_changed.connect(lambda _: self._show_inside())

    def _choose(self, chosen: Filter) -> None:
        self._filter = chosen
        for each, press in self.filters.items():
            press.setChecked(each is chosen)
        self._load()

    def _load(self) -> None:
        """The list anew, back to where check-ins can still be corrected."""
        fetch, skip = self._fetch(), self._filter is Filter.ALL

        def without_newest(after: str | None) -> Page[AttendanceView]:
            page = fetch(after)
            return Page(page.rows[1:] if skip and after is None else page.rows, page.after)

        self.model.load(without_newest)

    def _fetch(self) -> Fetch[AttendanceView]:
        context, facts, staff = self.context, self._filter.facts, self.context.desk.staff
        site = context.sites.current.id
        first = context.today - CORRECTABLE

        def fetch(after: str | None) -> Page[AttendanceView]:
            wanted = EventQuery(site_id=site, first=first, newest_first=True, after=after, limit=PAGE, **facts)
            page = staff.attendance(wanted)
            return Page([event for event in page.items if is_entry(event)], page.next)

        return fetch

    def _as_export(self) -> Export[AttendanceView]:
        return entry_export(self.context, self._fetch(), self._devices)

    def _show(self) -> None:
        picture = self.live.picture
        if picture is None:
            return
        self.known.learn(people_of(picture.entries, picture.inside.items))
        newest = picture.newest
        self._show_card()
        listed = [event for event in picture.entries if event is not newest or self._filter is not Filter.ALL]
        self.table.take(picture, [event for event in listed if self._filter.takes(event)])
        self._show_inside()
        if any(event.device_id not in self._devices for event in picture.entries if event.device_id is not None):
            self._load_devices()

    def _show_card(self) -> None:
        newest = None if self.live.picture is None else self.live.picture.newest
        self.card.show_event(newest, "" if newest is None else where_of(newest, self._devices, self.context.words))

    def _show_inside(self) -> None:
        self.inside.show_picture(self.live.picture, self.keeper.waiting)

    def _sound_refusal(self, event: AttendanceView) -> None:
        if self.sound.isChecked() and said(event) is Said.REFUSED:
            self.sounds.play(REFUSAL)

    def _clicked(self, index: object) -> None:
        """A press in the last column does what stands there."""
        if index.column() == len(self.model.columns) - 1:  # type: ignore[attr-defined]
            self.does.act_on(self.model.rows[index.row()])  # type: ignore[attr-defined]

    def _load_devices(self) -> None:
        def show(names: dict[UUID, str]) -> None:
            self._devices.update(names)
            self.table.viewport().update()
            self._show_card()

        staff = self.context.desk.staff
        self.context.ask.quietly(
            lambda: {each.id: each.name for each in staff.devices()}, show, owner=self, lane="devices"
        )
