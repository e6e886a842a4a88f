import pytest

from tests.support.cloud import a_gym
from tests.support.reception import Desk


@pytest.fixture
def gym(tmp_path, gym_database):
    with a_gym(tmp_path) as gym:
        yield gym


@pytest.fixture
def desk(gym):
    return Desk(gym)
