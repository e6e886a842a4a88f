"""The window as a program: painted first, then everything slow is loaded."""

import logging
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from kiosk.screens.presenter import Presenter, Report, save_screens
from kiosk.screens.state import Place, Verdict
from kiosk.screens.tunes import TUNES
from kiosk.screens.window import KioskWindow
from kiosk.settings import Settings
from shared.desktop.crashes import install_crash_handlers
from shared.desktop.sounds import Sounds, sound_capability
from shared.desktop.theme import apply_theme, system_palette

if TYPE_CHECKING:
    from kiosk.app import Kiosk, NoKiosk
    from kiosk.entry.verdict import Answer

_log = logging.getLogger(__name__)


def run_window(
    settings: Settings,
    *,
    full_screen: bool,
    until_camera_ends: bool = False,
    screenshots: Path | None = None,
    on_answer: Report | None = None,
    on_first_paint: Callable[[], None] | None = None,
) -> int:
    """Show the window and run until it is closed or a signal comes; the exit code.

    ``until_camera_ends`` ends it a moment after a recording is over. ``on_first_paint`` is for measurements.
    """
    application = QApplication.instance() or QApplication([])
    restore = install_crash_handlers()
    palette = system_palette()
    apply_theme(application, palette)  # type: ignore[arg-type]  # instance() is said to be a QCoreApplication
    sounds = Sounds(sound_capability(), TUNES)
    presenter: Presenter | None = None
    window = KioskWindow(
        place=Place(site=""),
        local_time=lambda: None if presenter is None else presenter.local_time(),
        language=settings.language or "en",
        palette=palette,
        sounds=sounds,
    )
    reports = _reports(window, screenshots, on_answer)
    presenter = Presenter(window, open_kiosk=lambda: _open(settings), report=reports)
    if on_first_paint is not None:
        window.first_painted.connect(on_first_paint)
    if until_camera_ends:
        presenter.finished.connect(application.quit)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    if full_screen:
        window.showFullScreen()
    else:
        window.show()
    try:
        return int(application.exec())
    finally:
        presenter.close()
        sounds.close()
        restore()


def _open(settings: Settings) -> "Kiosk | NoKiosk":
    """In a worker: everything that is slow to load comes with this import."""
    from kiosk.app import open_kiosk  # noqa: PLC0415
    from shared.clock import SystemClock  # noqa: PLC0415

    return open_kiosk(settings, SystemClock())


def _reports(window: KioskWindow, screenshots: Path | None, on_answer: Report | None) -> Report | None:
    wanted = [each for each in (on_answer, None if screenshots is None else save_screens(window, screenshots)) if each]

    def report(answer: "Answer", shown: Verdict) -> None:
        for each in wanted:
            each(answer, shown)

    return report if wanted else None
