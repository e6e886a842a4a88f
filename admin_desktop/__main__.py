"""The command ``fit-admin``."""

import argparse
import dataclasses
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from admin_desktop.settings import LANGUAGES, THEMES, Settings, load_settings
from shared.errors import FitError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the desk until its window is closed; 1 when it cannot, 2 for a wrong call."""
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        return _run(_settings(options))
    except FitError as error:
        print(f"fit-admin: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fit-admin",
        description="The desk of a gym: members, passes, machines, kiosks, money, reports.",
        epilog="Settings come from FIT_ADMIN_* variables. The sign-in file is made by: fit-cloud desk-file",
    )
    parser.add_argument("connection", nargs="?", type=Path, help="the gym's sign-in file")
    parser.add_argument("--data", type=Path, help="the desk's folder on this PC")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--theme", choices=THEMES)
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    names = ("connection", "data", "language", "theme")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    return dataclasses.replace(load_settings(), **given)


def _run(settings: Settings) -> int:
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415  # slow to load

    from admin_desktop.app import DeskWindow, dress  # noqa: PLC0415
    from shared.clock import SystemClock  # noqa: PLC0415
    from shared.desktop.crashes import install_crash_handlers  # noqa: PLC0415

    app = QApplication([])
    restore = install_crash_handlers()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: app.quit())
    try:
        dress(app, settings)
        window = DeskWindow(settings, SystemClock())
        window.show()
        return int(app.exec())
    finally:
        restore()


if __name__ == "__main__":
    sys.exit(main())
