"""Writes docs/screens/desk-*.png from a sample gym: ``QT_QPA_PLATFORM=offscreen python -m tests.gui.desk.gallery docs/screens``.

One language, one size, light. A file is rewritten only when it looks different: times and numbers of a run do not count.
"""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QTableView

from admin_desktop.imports.room import ImportsRoom
from tests.gui.desk.busy_day import a_list_of_members, have_a_busy_day
from tests.support.desk import DeskAtWork, DeskGym, a_desk
from tests.support.past import have_a_past

DIFFERENT = 1.0
"""Mean difference of a channel (0 to 255) from which a picture is another one."""

_PLACES = {"AuditRoom": 1}
"""Rooms whose first row is not the one to show: there it is the sign-in of who makes the pictures."""


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.gui.desk.gallery FOLDER")
    app = QApplication([])
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fit-")))
        gym = DeskGym(folder / "gym", stack)
        have_a_busy_day(gym)
        have_a_past(gym.live.settings)
        desk = stack.enter_context(a_desk(gym, app, folder / "desk"))
        for spec in desk.frame.rooms:
            room = desk.room(spec.name)
            if isinstance(room, ImportsRoom):
                room.take(a_list_of_members(folder))
                desk.wait_until(lambda work=room.work: work.is_checked)
            choose_something(desk, room)
            _keep(Path(sys.argv[1]) / f"desk-{spec.name}.png", desk.window.grab().toImage())


def choose_something(desk: DeskAtWork, room: object) -> None:
    """A row of the room's list, so that its card is shown: the first, but for a room that looks back on today."""
    tables = [table for table in room.findChildren(QTableView) if table.isVisible()]  # type: ignore[attr-defined]
    if tables and tables[0].model().rowCount():
        place = _PLACES.get(type(room).__name__, 0)
        tables[0].setCurrentIndex(tables[0].model().index(place, 0))
    desk.settle()


def _keep(path: Path, picture: QImage) -> None:
    kept = QImage(str(path))
    if kept.size() == picture.size() and _difference(kept, picture) < DIFFERENT:
        return
    if not picture.save(str(path)):
        raise OSError(f"Could not write {path}")
    print(f"wrote {path}")


def _difference(one: QImage, other: QImage) -> float:
    pixels = [
        np.asarray(each.convertToFormat(QImage.Format.Format_RGB32).constBits(), dtype=np.int16)
        for each in (one, other)
    ]
    return float(np.abs(pixels[0] - pixels[1]).mean())


if __name__ == "__main__":
    main()
