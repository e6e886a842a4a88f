import pytest

from tests.support.cashier import Cashier
from tests.support.cloud import a_gym


@pytest.fixture
def gym(tmp_path):
    with a_gym(tmp_path, services=("identity", "gym", "payments")) as gym:
        yield gym


@pytest.fixture
def each_gym(gym_database, tmp_path):
    """The same on both databases, for what depends on their locks."""
    with a_gym(tmp_path, services=("identity", "gym", "payments")) as gym:
        yield gym


@pytest.fixture
def cashier(gym):
    return Cashier(gym)
