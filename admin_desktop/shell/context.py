"""What every room is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from admin_desktop.desk import Desk, Me
from admin_desktop.shell.asking import Asking
from admin_desktop.shell.failures import explain
from admin_desktop.shell.who import Who
from admin_desktop.shell.words import Words
from admin_desktop.widgets.sheet import Question
from admin_desktop.widgets.toast import Toasts
from shared.contracts.gym import SiteView
from shared.domain.ids import uuid7
from shared.domain.time import Clock


class Sites(QObject):
    """The gym's sites, and the one that this desk stands at."""

    changed = Signal()
    listed = Signal()
    """There are others, or one of them was changed."""

    def __init__(self, sites: list[SiteView], chosen: UUID | None = None) -> None:
        super().__init__()
        self.all = sites
        self.current = next((site for site in sites if site.id == chosen), sites[0])

    def choose(self, site_id: UUID) -> None:
        self.current = next(site for site in self.all if site.id == site_id)
        self.changed.emit()

    def take(self, sites: list[SiteView]) -> None:
        """The sites as they are now; the one at hand stays at hand."""
        if sites and sites != self.all:
            self.all = sites
            self.current = next((site for site in sites if site.id == self.current.id), sites[0])
            self.listed.emit()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.current.zone)

    def name_of(self, site_id: UUID) -> str:
        return next((site.name for site in self.all if site.id == site_id), "")


@dataclass(frozen=True, slots=True)
class Context:
    """The cloud, the way to it, the words, who is signed in and where, and the window to show things over.

    ``camera`` is this PC's for photos.
    """

    desk: Desk
    ask: Asking
    words: Words
    who: Who
    sites: Sites
    clock: Clock
    stage: QWidget
    toasts: Toasts
    camera: str = "0"
    go: Callable[[str, object], None] = field(default=lambda _room, _thing: None)
    """Opens a room, by its name, at a thing: what it is about is the room's business."""

    @property
    def me(self) -> Me:
        """Who is at the desk right now."""
        return self.who.me

    @property
    def today(self) -> date:
        """The day at the site at hand."""
        return self.clock.now().astimezone(self.sites.zone).date()

    def new_id(self) -> UUID:
        """An id for what is to be made: it is minted here, so that asking twice makes it once."""
        return uuid7(int(self.clock.now().timestamp() * 1000))

    def show_failure(self, error: Exception, *, again: Callable[[], None] | None = None) -> None:
        """Say in a toast what went wrong, with the button to try again where that helps."""
        failure = explain(error, self.words)
        text = f"{failure.title} {failure.detail}"
        if failure.again and again is not None:
            self.toasts.show(text, action=self.words("do.again"), then=again)
        else:
            self.toasts.show(text)

    def question(self, title: str, consequences: list[str], *, yes: str, then: Callable[[], None]) -> Question:
        return Question(self.stage, title, consequences, yes=yes, no=self.words("do.keep"), then=then)
