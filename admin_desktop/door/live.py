"""What happens at the door of the site at hand, asked for every two seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from admin_desktop.door.reading import is_entry
from admin_desktop.shell.asking import Contact
from admin_desktop.shell.context import Context
from shared.client.staff import StaffCloud
from shared.contracts.gym import AttendanceView, EventQuery
from shared.contracts.occupancy import Inside, InsideList
from shared.domain.attendance import Outcome
from shared.errors import Unavailable

POLL_MS = 2000
NEWEST = 60
"""So many events are asked for each time."""
_LATE = timedelta(minutes=2)
"""A refusal that arrives later than this after it happened is no news at the door."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The site at one moment: the newest entries, newest first, and who is inside, first come first.

    ``is_gapless`` is False when more happened than was asked for since the picture before.
    """

    site_id: UUID
    loaded_at: datetime
    entries: tuple[AttendanceView, ...]
    inside: InsideList
    is_gapless: bool = True

    @property
    def newest(self) -> AttendanceView | None:
        return self.entries[0] if self.entries else None


class LiveDoor(QObject):
    """Keeps the newest :class:`Picture`. While the cloud is away it rests: the shell looks for it."""

    changed = Signal()
    """A new picture; also when nothing in it is new."""
    refused = Signal(object)
    """Somebody was refused just now: an AttendanceView."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.picture: Picture | None = None
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._is_asking = False
        context.sites.changed.connect(self._other_site)
        context.ask.contact_changed.connect(self._contact_changed)
        self._timer.start()

    def look(self) -> None:
        """Ask now."""
        self._is_asking = True
        context, before = self._context, self.picture
        site, staff, now = context.sites.current.id, context.desk.staff, context.clock.now()
        first = now.astimezone(context.sites.zone).date() - timedelta(days=1)
        wanted = EventQuery(site_id=site, first=first, newest_first=True, limit=NEWEST)
        context.ask(
            lambda: look_at(staff, wanted, before, now=now), self._show, failed=self._failed, owner=self, lane="look"
        )

    def _poll(self) -> None:
        if not self._is_asking and self._context.ask.contact.online:
            self.look()

    def _show(self, picture: Picture) -> None:
        self._is_asking = False
        if picture.site_id != self._context.sites.current.id:
            return
        before, self.picture = self.picture, picture
        if not self._timer.isActive():
            self._timer.start()  # what had stopped it is over
        self.changed.emit()
        if before is not None:
            known = {event.id for event in before.entries}
            for event in picture.entries:
                if event.id not in known and _is_news(event, picture.loaded_at):
                    self.refused.emit(event)
                    return

    def _failed(self, error: Exception) -> None:
        self._is_asking = False
        if not isinstance(error, Unavailable):
            self._timer.stop()
            self._context.show_failure(error, again=self._go_on)

    def _go_on(self) -> None:
        self._timer.start()
        self.look()

    def _other_site(self) -> None:
        self.picture = None
        self.look()

    def _contact_changed(self, contact: Contact) -> None:
        if contact.online:
            self._go_on()


def look_at(staff: StaffCloud, wanted: EventQuery, before: Picture | None, *, now: datetime) -> Picture:
    """Ask for the newest and for who is inside. Blocks; raises as the client does."""
    assert wanted.site_id is not None  # noqa: S101  # the desk stands at a site
    page = staff.attendance(wanted)
    inside = _with_names(staff.inside(wanted.site_id), before)
    entries = tuple(event for event in page.items if is_entry(event))
    known = set() if before is None else {event.id for event in before.entries}
    is_gapless = before is None or page.next is None or any(event.id in known for event in entries)
    return Picture(wanted.site_id, now, entries, inside, is_gapless)


def _with_names(inside: InsideList, before: Picture | None) -> InsideList:
    """While the cloud's database is away it knows ids alone: the names of before are still right."""
    if not inside.stale or before is None:
        return inside
    names = {each.member_id: each.name for each in before.inside.items}
    items = [each if each.name else _named(each, names.get(each.member_id)) for each in inside.items]
    return inside.model_copy(update={"items": items})


def _named(each: Inside, name: str | None) -> Inside:
    return each.model_copy(update={"name": name})


def _is_news(event: AttendanceView, now: datetime) -> bool:
    return event.outcome is Outcome.DENIED and now - event.at < _LATE
