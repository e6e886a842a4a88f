"""One gym for the tests of a module; a desk of its own for each test."""

import contextlib
from pathlib import Path

import pytest

from tests.support.desk import DeskGym, a_desk

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """A module stays in one worker, so that its gym is opened once."""
    for item in items:
        if item.path.parent == FOLDER:
            item.add_marker(pytest.mark.xdist_group(f"desk {item.path.stem}"))


@pytest.fixture(scope="module")
def gym(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        yield DeskGym(tmp_path_factory.mktemp("desk"), stack)


@pytest.fixture
def desk(gym, qapp, tmp_path):
    """Signed in as an Owner, in English, light."""
    with a_desk(gym, qapp, tmp_path / "desk") as at_work:
        yield at_work


@pytest.fixture
def open_desk(gym, qapp, tmp_path):
    """Open desks with another role, theme, language or size."""
    with contextlib.ExitStack() as stack:
        numbers = iter(range(100))
        yield lambda **options: stack.enter_context(a_desk(gym, qapp, tmp_path / f"desk{next(numbers)}", **options))
