"""Gyms of integration tests come with each database: what holds on SQLite holds on the server too."""

import pytest

from cloud_api.common import outbox, pending
from tests.support.cloud import GYM_DATABASE
from tests.support.event_schemas import check_event, check_row


@pytest.fixture(params=["sqlite", "mysql"])
def gym_database(request, monkeypatch):
    """Which database the test's gyms have. A test marked ``embedded`` is about the file and runs on it alone."""
    monkeypatch.setenv(GYM_DATABASE, request.param)
    return request.param


@pytest.fixture(autouse=True)
def _events_are_as_their_schemas_say(monkeypatch):
    """Whatever a test publishes or delivers is held against docs/wire/events."""
    write, unpack = outbox._write, pending.unpack

    def checked_write(session, topic, name, items):
        check_row(topic, name, items)
        write(session, topic, name, items)

    def checked_unpack(session, row, sources):
        events = unpack(session, row, sources)
        for event in events[:20]:
            check_event(event.topic, event.type, event.data)
        return events

    monkeypatch.setattr(outbox, "_write", checked_write)
    monkeypatch.setattr(pending, "unpack", checked_unpack)


def pytest_collection_modifyitems(config, items):
    def is_about_a_file(item):
        callspec = getattr(item, "callspec", None)
        on_server = callspec is not None and callspec.params.get("gym_database") == "mysql"
        return on_server and item.get_closest_marker("embedded") is not None

    dropped = [item for item in items if is_about_a_file(item)]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in set(dropped)]
