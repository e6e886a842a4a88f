"""Each number of an owner's reports: right, with the rows behind it, and for a spreadsheet."""

from datetime import date, timedelta

import pytest

from cloud_api.reports import counting
from cloud_api.reports.drift import Drift, recompute
from shared.domain.roles import Group
from tests.support.builders import NOON, TODAY, an_id
from tests.support.cashier import CASH, Cashier
from tests.support.equipment import Equipment
from tests.support.reception import arrival, ok, void_of

MARCH = {"first": "2026-03-01", "last": "2026-03-31"}
REPORTS = {
    "summary": MARCH,
    "visits": MARCH,
    "heat-map": MARCH,
    "refusals": MARCH,
    "members": MARCH,
    "revenue": MARCH,
    "machines": MARCH,
    "doors": MARCH,
    "plans": {},
    "overdue": {},
    "retention": {},
    "at-risk": {},
}


def read(desk, name, **params):
    return ok(desk.client.get(f"/v1/reports/{name}", params={**REPORTS[name], **params}))


def rows(desk, name, **params):
    """All rows behind a number, page by page."""
    asked = {**REPORTS[name], "limit": 2, **params}
    found = []
    while True:
        page = ok(desk.client.get(f"/v1/reports/{name}/rows", params=asked))
        found += page["items"]
        if page["next"] is None:
            return found
        asked["after"] = page["next"]


def record(desk, *arrivals):
    desk.record(*arrivals)
    desk.gym.dispatch()


@pytest.mark.parametrize("name", REPORTS)
def test_an_empty_gym_has_reports_too(desk, name):
    read(desk, name)
    assert desk.client.get(f"/v1/reports/{name}.csv", params=REPORTS[name]).text.count("\n") >= 1
