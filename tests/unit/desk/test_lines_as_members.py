"""A line of a list as a member: what it says, why it says none, and which lines are one and the same."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from admin_desktop.imports.checking import Fate, check_lines
from admin_desktop.imports.drafting import House, look_again, open_file
from admin_desktop.imports.fields import Field
from admin_desktop.imports.mapping import Instead, Ready, Wrong, read_line
from admin_desktop.imports.values import DayOrder
from shared.contracts.gym import PlanView, SiteView
from shared.contracts.roster import PolicyBody
from shared.domain.site import DoorPolicy
from shared.passtoken import tokens
from tests.support.builders import an_id

SITE, OTHER, PLAN, PACK = an_id(1), an_id(2), an_id(3), an_id(4)


def a_site(site_id: UUID, name: str) -> SiteView:
    facts = {"hours": None, "exceptions": {}, "capacity": None, "policy": PolicyBody.from_domain(DoorPolicy())}
    return SiteView(id=site_id, number=1, gym_number=1, name=name, zone="Europe/Copenhagen", version=1, **facts)


def a_plan(plan_id: UUID, name: str) -> PlanView:
    facts = {"months": 1, "days": 0, "price_minor": 0, "currency": "DKK", "visits": None, "windows": None}
    return PlanView(id=plan_id, name=name, site_ids=None, renews=True, on_sale=True, version=1, **facts)


HOUSE = House(
    sites=[a_site(SITE, "Harbour"), a_site(OTHER, "Second  Site")],
    plans=[a_plan(PLAN, "Monthly"), a_plan(PACK, "10 visits")],
    titles=(),
    home_site_id=SITE,
    usual_order=DayOrder.DAY_FIRST,
)


@pytest.fixture
def draft_of(tmp_path):
    def made(*lines, headings="Number;First name;Last name;E-mail;Plan;Paid through"):
        path = Path(tmp_path) / "list.csv"
        path.write_text("\n".join([headings, *lines]) + "\n", encoding="utf-8")
        return open_file(path, HOUSE)

    return made


def lines_of(draft):
    return [read_line(line, draft.reading) for line in draft.table.lines]


def fates(draft):
    return [(entry.fate, entry.reason) for entry in check_lines(draft.table, draft.reading)]


def test_a_line_is_read_with_all_that_it_says(draft_of):
    headings = "No;Name;Mail;Mobile;Club;Member since;Plan;From;Paid until;End date;Visits;Blocked;Tag;Card"
    line = '7;"Berg, Nora";n@x.test;+45 20;second site;1.5.1998;MONTHLY;31.12.2025;3.1.2026;4.2.26;3,0;ja;A-1;B-1;C-1'
    (ready,) = lines_of(draft_of(line.replace("B-1;C-1", '"B-1; C-1"'), headings=headings))
    assert isinstance(ready, Ready)
    assert ready.codes == ("A-1", "B-1", "C-1")
    assert ready.member.model_dump() == {
        "line": 2,
        "number": "7",
        "given_name": "Nora",
        "family_name": "Berg",
        "email": "n@x.test",
        "phone": "+45 20",
        "home_site_id": OTHER,
        "joined_on": date(1998, 5, 1),
        "blocked": True,
        "plan_id": PLAN,
        "starts_on": date(2025, 12, 31),
        "paid_through_on": date(2026, 1, 3),
        "ends_on": date(2026, 2, 4),
        "visits_left": 3,
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1;;;;;", "given_name"),
        ("1;Nora;;nowhere;;", "email"),
        ("1;Nora;;;Gold;", "plan"),
        ("1;Nora;;;Monthly;soon", "paid_through_on"),
        ("1;Nora;;;Monthly;31.2.2026", "paid_through_on"),
        ("x" * 41 + ";Nora;;;;", "number"),
        (f"1;{'x' * 121};;;;", "given_name"),
        (f"1;Nora;{'x' * 201};;;", "family_name"),
    ],
)
def test_a_line_that_says_no_member_is_wrong_for_a_reason(draft_of, line, reason):
    assert lines_of(draft_of(line)) == [Wrong(2, reason)]


def test_every_reason_has_words():
    from admin_desktop.imports.texts import TEXTS

    fields = [*(field.value for field in Field if field not in (Field.NAME, Field.CODE)), "home_site_id", "line"]
    others = [
        "code_ours",
        "code_long",
        "code_taken",
        "code_revoked",
        "number_twice",
        "number_taken",
        "twice",
        "left_out",
    ]
    codes = ["site_unknown", "plan_unknown", "plan_missing", "no_pack", "days_wrong"]
    assert [code for code in (*fields, *others, *codes) if f"imports.wrong.{code}" not in TEXTS["en"]] == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [(tokens.to_text(tokens.new_card()), "code_ours"), ("9" * 513, "code_long")],
    ids=["ours", "long"],
)
def test_our_own_codes_are_no_old_ones(draft_of, code, reason):
    assert lines_of(draft_of(f"Nora;{code}", headings="Name;Card")) == [Wrong(2, reason)]


def test_what_names_stand_for_can_be_said(draft_of):
    draft = draft_of("1;A;;;Gold;1.1.2026", "2;B;;;gold ;", "3;C;;;Monthly;", "4;D;;;;", "5;E;;;Staff;1.1.2026")
    assert (dict(draft.plan_words), draft.unmatched) == ({"Gold": 2, "Monthly": 1, "Staff": 1}, 2)
    draft = draft.with_plan("Gold", PACK).with_plan("Staff", Instead.NOTHING)
    assert draft.unmatched == 0
    plans = [ready.member.plan_id for ready in lines_of(draft)]
    assert plans == [PACK, PACK, PLAN, None, None]
    draft = draft.with_plan("Gold", Instead.LEAVE_OUT)
    assert [fate for fate, _ in fates(draft)] == [Fate.LEFT_OUT, Fate.LEFT_OUT, Fate.WAITS, Fate.WAITS, Fate.WAITS]


def test_a_column_taken_for_something_else_keeps_what_was_said(draft_of):
    draft = draft_of("1;A;;;Gold;").with_plan("Gold", PACK)
    columns = list(draft.reading.columns)
    columns[2] = None
    again = look_again(draft, columns, HOUSE)
    assert again.reading.plans == {"gold": PACK}
    assert again.reading.columns[2] is None


def test_the_order_of_days_is_found_and_the_way_the_house_writes_them_is_kept_when_it_is_not(draft_of):
    assert draft_of("1;A;;;Monthly;12/31/2026").reading.order is DayOrder.MONTH_FIRST
    unsure = draft_of("1;A;;;Monthly;01/02/2026")
    assert (unsure.reading.order, unsure.order_is_known) == (DayOrder.DAY_FIRST, False)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["1;Nora;Berg;;;", "1;NORA;berg;;;"], [(Fate.WAITS, ""), (Fate.LEFT_OUT, "twice")]),
        (["1;Nora;Berg;;;", "1;Ole;Berg;;;"], [(Fate.WAITS, ""), (Fate.WRONG, "number_twice")]),
        (["1;Nora;B;f@x.test;;", "2;Nora;B;F@x.test;;"], [(Fate.WAITS, ""), (Fate.WAITS, "")]),
        (["1;Nora;B;f@x.test;;", "2;Ole;B;f@x.test;;"], [(Fate.WAITS, ""), (Fate.WAITS, "")]),
        ([";Nora;B;f@x.test;;", "2;Nora;B;f@x.test;;"], [(Fate.LEFT_OUT, "twice"), (Fate.WAITS, "")]),
        ([";Nora;B;f@x.test;;", ";Nora;B;f@x.test;;"], [(Fate.WAITS, ""), (Fate.LEFT_OUT, "twice")]),
        ([";Nora;B;;;", ";Nora;B;;;"], [(Fate.WAITS, ""), (Fate.WAITS, "")]),
        (["1;Nora;B;nowhere;;", "1;Nora;B;;;"], [(Fate.WRONG, "email"), (Fate.WAITS, "")]),
    ],
)
def test_lines_of_one_person_are_one(draft_of, lines, wanted):
    assert fates(draft_of(*lines)) == wanted
