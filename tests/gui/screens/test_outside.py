"""What the screens do to the world around them: imports at start, and the pictures in docs/screens."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from tests.gui.screens.gallery import SIZE, write_gallery
from tests.gui.screens.hall import hall_picture
from tests.gui.screens.pixels import pixels
from tests.gui.screens.rendering import render
from tests.gui.screens.views import VIEWS

ROOT = Path(__file__).parents[3]
FORBIDDEN = ["cv2", "numpy", "httpx", "pydantic", "sqlmodel", "sqlalchemy", "cryptography", "zxingcpp", "pyzbar"]


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_the_window_starts_without_anything_slow():
    assert loaded_by("kiosk.screens.window").isdisjoint(FORBIDDEN)


@pytest.mark.parametrize("module", ["wording", "texts", "spoken", "tunes", "state"])
def test_words_and_states_need_no_qt(module):
    assert "PySide6" not in loaded_by(f"kiosk.screens.{module}")


@pytest.mark.parametrize("name", VIEWS)
def test_the_pictures_in_the_documentation_are_current(app, name):
    kept = QImage(str(ROOT / "docs" / "screens" / f"{name}.png"))
    assert kept.size() == SIZE
    difference = np.abs(pixels(kept).astype(int) - pixels(render(VIEWS[name], SIZE, hall_picture())))
    assert difference.mean() < 0.5, "run python -m tests.gui.screens.gallery docs/screens"


def test_a_picture_is_rewritten_only_when_its_pixels_changed(app, tmp_path):
    views, size = {"denied": VIEWS["denied"], "idle": VIEWS["idle"]}, QSize(320, 180)
    assert [path.name for path in write_gallery(tmp_path, views, size)] == ["denied.png", "idle.png"]
    assert write_gallery(tmp_path, views, size) == []
    changed = {**views, "idle": replace(views["idle"], lang="da")}
    assert [path.name for path in write_gallery(tmp_path, changed, size)] == ["idle.png"]
