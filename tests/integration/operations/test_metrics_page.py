"""The metrics page: for whoever has its token, and true."""

from contextlib import contextmanager
from datetime import timedelta

import pytest

from cloud_api.common.database import Conflict, Database
from cloud_api.common.tables import OutboxMessage
from shared.errors import Unavailable
from tests.support.answers import refusal
from tests.support.builders import NOON, an_event_record
from tests.support.cloud import a_gym

TOKEN = "a-token-for-metrics"


@pytest.fixture
def watched(tmp_path):
    with a_gym(tmp_path, environ={"FIT_METRICS_TOKEN": TOKEN}) as gym:
        yield gym


def page(gym):
    answer = gym.client(TOKEN).get("/metrics").raise_for_status()
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_without_a_token_in_the_settings_there_is_no_page(gym):
    refusal(gym.client().get("/metrics"), 404, "not_found")
    refusal(gym.client("").get("/metrics"), 404, "not_found")


@pytest.mark.parametrize("token", [None, "", "a-token-for-metricz", TOKEN + "x"])
def test_without_the_right_token_it_is_refused(watched, token):
    refusal(watched.client(token).get("/metrics"), 401, "not_signed_in")


def test_an_owner_has_no_business_there_either(watched):
    refusal(watched.owner.get("/metrics"), 401, "not_signed_in")


def test_requests_are_counted_by_route_never_by_path(watched):
    watched.owner.get("/v1/members/0190163d-8694-739b-aea5-966c26f8ad91")
    watched.owner.get("/v1/nowhere/nora")
    counts = page(watched)
    found = {name: value for name, value in counts.items() if "members/{member_id}" in name and "total" in name}
    assert list(found.values()) == [1.0]
    assert 'status="404"' in next(iter(found))
    assert any(name.startswith("fit_request_seconds_bucket") for name in counts)
    assert not any("nora" in name for name in counts)


def test_events_are_counted_by_their_answer(watched):
    kiosk = watched.kiosk()
    kiosk.upload()
    assert not any(name.startswith("fit_ingest") and "total" in name for name in page(watched))
    event = an_event_record(number=1)
    kiosk.upload(event)
    kiosk.upload(event)
    counts = page(watched)
    assert counts['fit_ingest_events_total{answer="stored"}'] == 1
    assert counts['fit_ingest_events_total{answer="duplicate"}'] == 1


def test_the_outbox_tells_its_depth_and_age(watched):
    watched.dispatch()
    assert page(watched)["fit_outbox_unsent"] == 0
    with watched.cloud.database.transaction() as session:
        session.add(OutboxMessage(topic="nobody", type="nothing", published_at=NOON, items="[]"))
    watched.clock.advance(timedelta(seconds=90))
    counts = page(watched)
    assert (counts["fit_outbox_unsent"], counts["fit_outbox_oldest_seconds"]) == (1, 90)
    assert counts["fit_messages_parked"] == 0
    assert counts["fit_database_up"] == 1


def test_the_page_is_there_without_the_database_and_says_so(watched, monkeypatch):
    @contextmanager
    def away(_database):
        raise Unavailable("gone")
        yield

    monkeypatch.setattr(Database, "reading", away)
    counts = page(watched)
    assert counts["fit_database_up"] == 0
    assert "fit_outbox_unsent" not in counts


def test_the_database_is_not_called_down_because_it_undid_one_look(watched, monkeypatch):
    real, undone = Database.reading, iter([1])

    @contextmanager
    def unlucky(database):
        if next(undone, None) is not None:
            raise Conflict("undone")
        with real(database) as session:
            yield session

    monkeypatch.setattr(Database, "reading", unlucky)
    assert page(watched)["fit_database_up"] == 1


def test_two_gyms_in_one_process_count_apart(tmp_path, watched):
    watched.client().get("/v1/health")
    with a_gym(tmp_path / "second", environ={"FIT_METRICS_TOKEN": TOKEN}) as other:
        assert not any("/v1/health" in name for name in page(other))
