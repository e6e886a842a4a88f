from uuid import uuid4

import pytest

from tests.support.cloud import a_gym
from tests.support.reception import Desk
from tests.support.servers import shared


@pytest.fixture(params=["memory", "redis"])
def gym(tmp_path, request):
    """With each of the caches."""
    environ = {} if request.param == "memory" else {"FIT_CACHE_URL": f"{shared.redis().url}/0?prefix={uuid4().hex}"}
    with a_gym(tmp_path, services=("identity", "devices", "gym"), environ=environ) as gym:
        yield gym


@pytest.fixture
def desk(gym):
    return Desk(gym)
