"""A member as a line of the export."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from admin_desktop.imports.going_out import longest, members_export
from admin_desktop.shell.words import Words, load_catalogue
from admin_desktop.widgets.pages import Page
from shared.contracts.gym import MembershipView, MemberView
from shared.domain.membership import Standing
from tests.support.builders import an_id


def held(number, paid_through_on, **changes):
    facts = {"starts_on": date(2026, 1, 1), "ends_on": None, "renews": True, "freezes": [], "standing": Standing.ACTIVE}
    visits = {"visits_bought": None, "visits_counted": None, "visits_left": None}
    plan = {"member_id": an_id(1), "plan_id": an_id(9), "plan_name": f"Plan {number}"}
    facts = {**facts, **visits, **plan, "paid_through_on": paid_through_on, **changes}
    return MembershipView(id=an_id(100 + number), **facts)


def a_member(*memberships, **changes):
    facts = {"given_name": "Nora", "family_name": "Berg", "number": "7", "email": None, "phone": None, "host_id": None}
    marks = {"document_missing": False, "blocked": False, "blocked_until": None, "block_note": None, "erased": False}
    facts = {**facts, **marks, "home_site_id": an_id(5), "joined_at": datetime(2025, 12, 31, 23, 30, tzinfo=UTC)}
    return MemberView(id=an_id(1), memberships=list(memberships), version=1, **{**facts, **changes})


def test_of_several_memberships_the_one_that_lasts_longest_goes_out():
    cut = held(1, date(2026, 12, 31), ends_on=date(2026, 1, 31))
    long, newer = held(2, date(2026, 6, 30)), held(3, date(2026, 6, 30))
    assert longest(a_member(cut, newer, long)) == newer
    assert longest(a_member()) is None


def test_a_line_says_what_is_left_of_a_pack_and_never_less_than_nothing():
    words = Words(load_catalogue(), "en")

    def line(member):
        export = members_export(words, [], lambda _: Page([member], None), zone=ZoneInfo("Europe/Copenhagen"))
        titles = [field.title for field in export.fields]
        return dict(zip(titles, next(export.pages())[0], strict=True))

    pack = {"visits_bought": 10, "visits_counted": 7, "visits_left": 3}
    assert line(a_member(held(1, date(2026, 12, 31), **pack)))["Visits left"] == 3
    overdrawn = {"visits_bought": 10, "visits_counted": 12, "visits_left": -2}
    assert line(a_member(held(1, date(2026, 12, 31), **overdrawn), blocked=True))["Visits left"] == 0
    assert line(a_member(blocked=True))["Blocked"] == "yes"
    assert line(a_member())["Plan"] is None
