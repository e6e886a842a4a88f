import pytest

from tests.support.cloud import a_gym


@pytest.fixture
def gym(tmp_path, gym_database):
    """An initialised gym at noon of the builders' day, with the routes of people and devices."""
    with a_gym(tmp_path, services=("identity", "devices")) as gym:
        yield gym


@pytest.fixture
def kiosk(gym):
    """An enrolled kiosk of the gym's first site."""
    return gym.kiosk()
