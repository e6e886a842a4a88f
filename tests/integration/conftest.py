"""Gyms of integration tests come with each database: what holds on SQLite holds on the server too."""

import pytest

from tests.support.cloud import GYM_DATABASE


@pytest.fixture(params=["sqlite", "mysql"])
def gym_database(request, monkeypatch):
    """Which database the test's gyms have. A test marked ``embedded`` is about the file and runs on it alone."""
    monkeypatch.setenv(GYM_DATABASE, request.param)
    return request.param


def pytest_collection_modifyitems(config, items):
    def is_about_a_file(item):
        callspec = getattr(item, "callspec", None)
        on_server = callspec is not None and callspec.params.get("gym_database") == "mysql"
        return on_server and item.get_closest_marker("embedded") is not None

    dropped = [item for item in items if is_about_a_file(item)]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in set(dropped)]
