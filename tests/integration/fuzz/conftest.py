"""One gym for each file and database: what is fuzzed is not made anew for every test."""

import pytest
from argon2 import PasswordHasher

from cloud_api.identity import passwords
from tests.support.cloud import GYM_DATABASE, a_gym
from tests.support.fuzzed import FuzzedGym


@pytest.fixture(scope="module", params=["sqlite", "mysql"])
def fuzzed(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(GYM_DATABASE, request.param)
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        with a_gym(folder) as gym:
            yield FuzzedGym(gym, folder)
