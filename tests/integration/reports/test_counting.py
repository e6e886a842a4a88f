"""Sums are worked out anew at night, by one process, while others count; and whenever somebody asks for it."""

import json
import logging
from datetime import date, timedelta

import pytest

from cloud_api.__main__ import main
from cloud_api.reports import counting, drift
from cloud_api.reports.drift import Drift
from cloud_api.reports.tables import VisitsByHour
from tests.support.reception import arrival, ok


@pytest.fixture
def a_visit(desk, gym):
    desk.record(arrival(desk.site_id, member_id=desk.member()))
    gym.dispatch()


def spoil(gym, on=date(2026, 3, 18)):
    """A sum that no fact bears out."""
    with gym.cloud.database.transaction() as session:
        row = session.get(VisitsByHour, (gym.site_id, on, 13))
        row = row or VisitsByHour(site_id=gym.site_id, local_on=on, local_hour=13, visits=0)
        row.visits += 4
        session.add(row)


def drift_told(gym):
    return next(
        line.split()[1]
        for line in gym.cloud.metrics.page().decode().splitlines()
        if line.startswith("fit_reports_drift")
    )


def test_it_is_done_once_a_night_by_one_process(gym, a_visit):
    assert counting.tidy(gym.cloud.database) == Drift()
    assert counting.tidy(gym.cloud.database) is None
    gym.clock.advance(timedelta(days=1))
    assert counting.tidy(gym.cloud.database) == Drift()


def test_a_sum_that_is_wrong_is_put_right_logged_and_shown(gym, a_visit, caplog):
    spoil(gym)
    with caplog.at_level(logging.ERROR):
        assert counting.tidy(gym.cloud.database) == Drift(visits=1)
    assert "put right" in caplog.text
    caplog.clear()
    assert drift_told(gym) == "1.0"
    gym.clock.advance(timedelta(days=1))
    assert counting.tidy(gym.cloud.database) == Drift()
    assert drift_told(gym) == "0.0"


def test_who_counts_meanwhile_is_not_undone(desk, gym, a_visit):
    """Another visit comes in after what is wrong was found, and before it is put right."""
    spoil(gym)
    with gym.cloud.database.reading() as session:
        wrong = drift.find(session)
    desk.record(arrival(desk.site_id, member_id=desk.member()))
    gym.dispatch()
    with gym.cloud.database.transaction() as session:
        drift.mend(session, wrong)
    told = ok(desk.client.get("/v1/reports/visits", params={"first": "2026-03-18", "last": "2026-03-18"}))
    assert told["total"] == 2


@pytest.mark.embedded
def test_a_command_counts_all_there_ever_was(gym, a_visit, capsys, gym_database):
    spoil(gym, on=date(2026, 3, 1))
    gym.close()
    for wrong in (1, 0):
        assert main(["recount", "--data", str(gym.settings.data), "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"wrong": wrong}
