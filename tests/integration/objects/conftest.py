"""A gym with its pictures in a folder (and SQLite), and one with them in S3 (and MySQL)."""

import pytest

from tests.support.cloud import GYM_DATABASE, a_gym
from tests.support.equipment import Equipment
from tests.support.object_stores import CREDENTIALS, a_bucket
from tests.support.reception import Desk
from tests.support.servers import shared as servers


@pytest.fixture(params=["folder", "s3"])
def gym(request, tmp_path, monkeypatch):
    """Both stores, each with the database it usually goes with."""
    environ = {}
    if request.param == "s3":
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv(GYM_DATABASE, "mysql")
        environ = {"FIT_OBJECTS_URL": a_bucket(servers.moto())}
    with a_gym(tmp_path, environ=environ) as gym:
        yield gym


@pytest.fixture
def desk(gym):
    return Desk(gym)


@pytest.fixture
def equipment(desk):
    return Equipment(desk)
