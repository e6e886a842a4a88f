"""A gym for these tests."""

import pytest

from tests.support.cloud import a_gym


@pytest.fixture
def gym(tmp_path):
    with a_gym(tmp_path) as gym:
        yield gym
