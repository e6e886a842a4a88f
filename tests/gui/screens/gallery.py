"""Writes the pictures of docs/screens: ``QT_QPA_PLATFORM=offscreen python -m tests.gui.screens.gallery docs/screens``.

A file is rewritten only when its pixels changed.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from kiosk.screens.view import View
from shared.desktop.theme import apply_theme
from tests.gui.screens.hall import hall_picture
from tests.gui.screens.rendering import render
from tests.gui.screens.views import VIEWS

SIZE = QSize(1280, 720)


def write_gallery(folder: Path, views: dict[str, View], size: QSize = SIZE) -> list[Path]:
    """Write one picture per view and return the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {folder / f"{name}.png": render(view, size, hall_picture()) for name, view in views.items()}
    changed = [path for path, picture in pictures.items() if QImage(str(path)) != picture]
    for path in changed:
        if not pictures[path].save(str(path)):
            raise OSError(f"Could not write {path}")
    return changed


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.gui.screens.gallery FOLDER")
    app = QApplication([])
    apply_theme(app, next(iter(VIEWS.values())).palette)
    for path in write_gallery(Path(sys.argv[1]), VIEWS):
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
