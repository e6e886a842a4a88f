import contextlib
from collections.abc import Iterator

import pytest


@pytest.fixture
def stack() -> Iterator[contextlib.ExitStack]:
    """Whatever a test starts with it is gone when the test ends."""
    with contextlib.ExitStack() as stack:
        yield stack
