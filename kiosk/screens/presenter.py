"""Between the running kiosk and its window: what happens in threads becomes what is shown on the GUI thread."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal

from kiosk.screens.state import (
    Badge,
    CameraLost,
    Idle,
    Locked,
    NotEnrolled,
    Place,
    RestingState,
    StaffLine,
    Verdict,
    VerdictKind,
)
from kiosk.screens.window import KioskWindow
from kiosk.screens.wording import Circumstances, not_recorded, receipt_of, verdict_for
from shared.desktop.tasks import TaskRunner
from shared.domain.device import Direction
from shared.domain.time import DoorTime, TimeQuality

if TYPE_CHECKING:  # they come with pydantic and OpenCV, which wait until the window is painted
    from kiosk.app import Kiosk, NoKiosk, Status
    from kiosk.camera import CameraState
    from kiosk.entry.verdict import Answer

_log = logging.getLogger(__name__)
_TRY_AGAIN_MS = 10_000
_PREVIEW_MS = 40


class Report(Protocol):
    """Told of each verdict shown, on the GUI thread; for tests, the demo and the log of a headless kiosk."""

    def __call__(self, answer: "Answer", shown: Verdict) -> None: ...


class Presenter(QObject):
    """Owns the kiosk from its opening to its end. GUI thread; the ``Listener`` methods are called by other threads.

    States of the window: starting, then not enrolled, locked, or idle with verdicts; camera lost in between.
    """

    finished = Signal()
    """The camera was a recording and is over."""
    _happened = Signal(object)

    def __init__(
        self,
        window: KioskWindow,
        *,
        open_kiosk: "Callable[[], Kiosk | NoKiosk]",
        report: Report | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._open_kiosk = open_kiosk
        self._report = report
        self._tasks = TaskRunner(parent=self)
        self._kiosk: Kiosk | None = None
        self._zone: ZoneInfo | None = None
        self._status: Status | None = None
        self._preview = QTimer(self, interval=_PREVIEW_MS)
        self._preview.timeout.connect(self._show_picture)
        self._happened.connect(lambda act: act())
        window.first_painted.connect(self.open)

    def open(self) -> None:
        """Open the kiosk off the GUI thread; tried again when the disk or the keyring does not answer."""
        self._tasks.run(self._open_and_start, on_done=self._opened, on_failed=self._failed)

    def close(self) -> None:
        """Stop every thread; waits a few seconds at the most."""
        self._preview.stop()
        self._tasks.close()
        if self._kiosk is not None:
            self._kiosk.stop()
            self._kiosk = None

    def local_time(self) -> datetime | None:
        """The door's time in the site's zone; None while it is lost or unknown."""
        if self._kiosk is None or self._zone is None:
            return None
        door = self._kiosk.look().door
        return None if door.is_lost else door.at.astimezone(self._zone)

    # What the kiosk's threads call.

    def answered(self, answer: "Answer") -> None:
        self._happened.emit(lambda: self._show_answer(answer))

    def ticked(self, status: "Status") -> None:
        self._happened.emit(lambda: self._show_status(status))

    def camera_changed(self, state: "CameraState", why: str) -> None:
        self._happened.emit(lambda: self._show_camera(state.value, why))

    def wiped(self) -> None:
        self._happened.emit(lambda: self._rest_in(Locked()))

    def ended(self) -> None:
        self._happened.emit(self.finished.emit)

    # On the GUI thread.

    def _open_and_start(self) -> "Kiosk | NoKiosk":
        from kiosk.app import Kiosk  # noqa: PLC0415  # loads pydantic and more: after the first paint

        opened = self._open_kiosk()
        if isinstance(opened, Kiosk):
            self._kiosk = opened  # before its threads start to talk
            try:
                opened.start(self)
            except BaseException:
                opened.stop()
                raise
        return opened

    def _opened(self, opened: "Kiosk | NoKiosk") -> None:
        from kiosk.app import NoKiosk  # noqa: PLC0415

        if isinstance(opened, NoKiosk):
            self._rest_in(Locked() if opened is NoKiosk.LOCKED else NotEnrolled())
            QTimer.singleShot(_TRY_AGAIN_MS, self, self.open)  # somebody may enrol it meanwhile
            return
        self._window.set_place(Place(site=opened.identity.site_name, door=opened.identity.device_name))
        self._preview.start()

    def _failed(self, error: Exception) -> None:
        _log.error("the kiosk cannot start: %s", error)
        QTimer.singleShot(_TRY_AGAIN_MS, self, self.open)

    def _show_answer(self, answer: "Answer") -> None:
        if self._kiosk is None:
            return
        shown = words_for(answer, now=self._kiosk.look().door, direction=self._kiosk.direction)
        self._zone = answer.site.zone
        self._window.show_state(shown)
        if self._report is not None:
            self._report(answer, shown)

    def _show_status(self, status: "Status") -> None:
        self._status = status
        quality = status.look.door.quality
        self._window.set_staff_line(
            StaffLine(roster_age_s=status.roster_age_s, unsent=status.unsent, clock=quality.value)
        )
        self._window.set_badges(badges_for(status))
        if self._zone is None and status.zone is not None:
            self._zone = status.zone

    def _show_camera(self, state: str, why: str) -> None:
        match state:
            case "live":
                self._rest_in(Idle())
            case "lost":
                _log.warning("camera lost: %s", why)
                self._rest_in(CameraLost())

    def _rest_in(self, state: RestingState) -> None:
        self._window.show_state(state)

    def _show_picture(self) -> None:
        frame = None if self._kiosk is None else self._kiosk.preview.take()
        if frame is not None:
            self._window.set_frame(frame.image)


def badges_for(status: "Status") -> frozenset[Badge]:
    """The conditions worth a word in the top line."""
    quality = status.look.door.quality
    badges = {
        Badge.OFFLINE: not status.in_contact,
        Badge.CLOCK_GUESSED: quality is TimeQuality.GUESSED,
        Badge.CLOCK_LOST: quality is TimeQuality.LOST,
        Badge.DISK_NEARLY_FULL: not status.reserve_held,
    }
    return frozenset(badge for badge, holds in badges.items() if holds)


def save_screens(window: KioskWindow, folder: Path) -> Report:
    """A report that keeps one picture of each kind of verdict: for recordings only, never for a camera."""
    seen: set[str] = set()
    folder.mkdir(parents=True, exist_ok=True)

    def report(answer: "Answer", shown: Verdict) -> None:
        offline = "-offline" if answer.offline else ""
        name = f"{shown.kind.value}-{shown.sentence.key.replace('.', '-')}{offline}"
        if shown.kind is VerdictKind.NOTICE and shown.note is not None:
            name = f"{shown.kind.value}-{shown.note.title.key.replace('.', '-')}{offline}"
        if name not in seen:
            seen.add(name)
            QTimer.singleShot(150, window, lambda: window.grab().save(str(folder / f"{name}.png")))

    return report


def words_for(answer: "Answer", *, now: DoorTime, direction: Direction) -> Verdict:
    """The screen for an answer of the door."""
    from kiosk.entry.verdict import NotRecorded  # noqa: PLC0415

    if isinstance(answer, NotRecorded):
        return not_recorded(direction)
    about = Circumstances(
        site=answer.site,
        now=now,
        name=answer.name,
        offline=answer.offline,
        receipt=None if answer.number is None else receipt_of(answer.number),
        direction=direction,
    )
    return verdict_for(answer.decision, about)
