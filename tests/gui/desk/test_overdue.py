"""Who has not paid, at the payments' room: found by the rules of the door, and set right from there."""

import itertools
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from admin_desktop.payments.selling import SellSheet
from shared.clock import SystemClock
from shared.domain.roles import Group

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def plan(gym):
    draft = {"name": "Thirty days", "days": 30, "price_minor": 25_000, "currency": "DKK", "renews": True}
    return gym.live.call("POST", "/v1/plans", json=draft)


def a_member(gym, plan, name, *, days_late, **facts):
    """Whose thirty days ended so many days ago."""
    site = facts.pop("site", None) or str(gym.live.site_id)
    new = {"given_name": name, "family_name": "Late", "home_site_id": site, **facts}
    member = gym.live.call("POST", "/v1/members", json=new)
    starts_on = SystemClock().now().date() - timedelta(days=30 + days_late - 1)
    sale = {"plan_id": plan["id"], "starts_on": str(starts_on)}
    gym.live.call("POST", f"/v1/members/{member['id']}/memberships", json=sale)
    return member


@pytest.fixture
def late(gym, plan):
    """Two who are overdue, and one whose days of grace run; their names."""
    grace = gym.live.call("GET", f"/v1/sites/{gym.live.site_id}")["policy"]["grace_days"]
    names = [f"{name} {next(_numbers)}" for name in ("Ada", "Bea", "Cia")]
    a_member(gym, plan, names[0], days_late=40, phone="+45 20 30 40 50", email="ada@fit.test")
    a_member(gym, plan, names[1], days_late=grace + 1)
    a_member(gym, plan, names[2], days_late=1)
    return names


def overdue(desk):
    room = desk.room("payments")
    room.tabs.setCurrentIndex(room.pages.indexOf(room.overdue))
    desk.settle()
    return room.overdue


def ours(tab, names):
    return [row.member.given_name for row in tab.model.rows if row.member.given_name in names]


def choose(desk, tab, name):
    tab.table.choose([row.member.given_name for row in tab.model.rows].index(name))
    desk.settle()


def test_the_longest_stand_first_and_days_of_grace_do_not_count(desk, late):
    tab = overdue(desk)
    assert ours(tab, late) == late[:2]
    row = next(row for row in tab.model.rows if row.member.given_name == late[0])
    assert row.days(SystemClock().now().date()) == 40
    assert row.plan.price_minor == 25_000


def test_whoever_pays_leaves_the_list(desk, late):
    tab = overdue(desk)
    choose(desk, tab, late[1])
    desk.click(tab.renew)
    sheet = desk.on_top(SellSheet)
    assert sheet.offer.membership.id == tab.chosen.membership.id
    desk.key(Qt.Key.Key_3)
    desk.click(sheet.main)
    desk.wait_until(lambda: ours(tab, late) == late[:1])


def test_the_member_opens_from_here(desk, late):
    tab = overdue(desk)
    choose(desk, tab, late[0])
    desk.click(tab.open_member)
    assert desk.frame.room_name == "members"
    desk.wait_until(lambda: desk.frame.room.card.member.given_name == late[0])


def test_only_those_of_the_site_at_hand(gym, open_desk, plan):
    site = gym.live.call("POST", "/v1/sites", json={"name": "Empty pier", "zone": "Europe/Copenhagen"})["id"]
    a_member(gym, plan, "Dea", days_late=20, site=site)
    desk = open_desk(role=Group.STAFF)
    desk.frame.top.site.setCurrentIndex(desk.frame.top.site.findText("Empty pier"))
    desk.frame.top.site.activated.emit(desk.frame.top.site.currentIndex())
    desk.settle()
    assert [row.member.given_name for row in overdue(desk).model.rows] == ["Dea"]
