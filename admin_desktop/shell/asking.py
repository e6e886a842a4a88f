"""The way from a room to the cloud and back: off the GUI thread, with one answer to every failure.

A room says what to do and what then; it owns no thread and catches no error of the network. What was asked for in a
*lane* and has been overtaken by a later question in it is never shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from shared.client.errors import NotRecognised
from shared.desktop.tasks import TaskRunner
from shared.domain.time import Clock
from shared.errors import Rejected, Unavailable

Value = TypeVar("Value")
Failed = Callable[[Exception], None]


@dataclass(frozen=True, slots=True)
class Contact:
    """Whether the cloud answers. ``since`` is when that began, ``loaded_at`` the newest answer; both aware UTC."""

    online: bool
    since: datetime
    loaded_at: datetime | None


class Asking(QObject):
    """Runs what rooms ask. GUI thread only."""

    contact_changed = Signal(object)
    signed_out = Signal()
    failed = Signal(object)
    """An error that its room did not take: an exception."""

    def __init__(self, tasks: TaskRunner, clock: Clock) -> None:
        super().__init__()
        self._tasks = tasks
        self._clock = clock
        self._lanes: dict[tuple[int, str], int] = {}
        self._running = 0
        self.contact = Contact(online=True, since=clock.now(), loaded_at=None)

    @property
    def is_idle(self) -> bool:
        """Whether nothing that was asked is still to be answered."""
        return self._running == 0

    def __call__(
        self,
        work: Callable[[], Value],
        then: Callable[[Value], None],
        *,
        failed: Failed | None = None,
        owner: QObject | None = None,
        lane: str = "",
        local: bool = False,
    ) -> None:
        """Do ``work`` elsewhere and ``then`` here. Without ``failed`` the shell shows the failure.

        ``owner`` and ``lane`` name questions of which only the last one's answer counts. ``local`` work asks no cloud,
        such as that of a file: how it ends says nothing about the contact.
        """
        key = (id(owner), lane)
        turn = self._lanes[key] = self._lanes.get(key, 0) + 1
        self._running += 1

        def is_current() -> bool:
            return not lane or self._lanes[key] == turn

        def done(value: Value) -> None:
            self._running -= 1
            if not local:
                self._heard()
            if is_current():
                then(value)

        def went_wrong(error: Exception) -> None:
            self._running -= 1
            if not local:
                self._note(error)
            if is_current():
                self._pass_on(error, failed)

        self._tasks.run(work, on_done=done, on_failed=went_wrong)

    def quietly(self, work: Callable[[], Value], then: Callable[[Value], None], **options: Any) -> None:
        """Ask for what the page can do without, such as a photo: a failure is noted and not shown."""
        self(work, then, failed=lambda _: None, **options)

    def _heard(self) -> None:
        now = self._clock.now()
        before = self.contact
        self.contact = Contact(online=True, since=before.since if before.online else now, loaded_at=now)
        if not before.online:
            self.contact_changed.emit(self.contact)

    def _note(self, error: Exception) -> None:
        if isinstance(error, Rejected):
            self._heard()  # a no is an answer
        elif isinstance(error, Unavailable) and self.contact.online:
            self.contact = Contact(online=False, since=self._clock.now(), loaded_at=self.contact.loaded_at)
            self.contact_changed.emit(self.contact)

    def _pass_on(self, error: Exception, failed: Failed | None) -> None:
        if isinstance(error, NotRecognised | Rejected) and error.code == "not_signed_in":
            self.signed_out.emit()
        if failed is not None:
            failed(error)
        else:
            self.failed.emit(error)
