"""Members go out into a file and move in from it: what comes out then is what went in, whatever they are called."""

import csv
import io
import tempfile
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin_desktop.exporting.files import Kind, save
from admin_desktop.imports.checking import Fate, check_lines, count
from admin_desktop.imports.drafting import House, open_file
from admin_desktop.imports.going_out import errors_export, members_export
from admin_desktop.imports.reading import titles_of
from admin_desktop.imports.sending import Run
from admin_desktop.imports.table import read_table
from admin_desktop.imports.values import DayOrder
from admin_desktop.shell.words import Words, load_catalogue
from admin_desktop.widgets.pages import Page
from cloud_api.identity import sessions
from cloud_api.sample.making import make_sample
from shared.client.moving import MovingCloud
from shared.client.session import PersonSession
from shared.client.staff import StaffCloud
from shared.client.transport import Transport
from shared.contracts.gym import NewPlan, NewSite
from shared.domain.roles import Group
from shared.domain.spreadsheets import as_text
from shared.errors import Unavailable
from tests.support.builders import an_id
from tests.support.cloud import a_gym

WORDS = {language: Words(load_catalogue(), language) for language in ("en", "da")}


def a_desk(gym):
    owner = gym.person(Group.OWNER)
    with gym.cloud.database.transaction() as session:
        token = sessions.open_session(session, owner, tokens=gym.cloud.tokens).refresh_token
    person = PersonSession(Transport(gym.client()), monotonic=lambda: gym.clock.boot_ns() / 1e9)
    person.resume(token)
    return SimpleNamespace(staff=StaffCloud(person), moving=MovingCloud(person))


def go_out(desk, path, kind=Kind.CSV, language="en"):
    """Export all members, a few a page; what the file says, in no order."""

    def fetch(after):
        page = desk.staff.members(after=after, limit=7)
        return Page(page.items, page.next)

    export = members_export(WORDS[language], desk.staff.sites(), fetch, zone=ZoneInfo("Europe/Copenhagen"))
    save(export, path, kind, language=language)
    table = read_table(path)
    return table.headings, sorted(line.cells for line in table.lines)


def a_run(desk, path, *, import_id=1, language="en", dry_run=False):
    sites = desk.staff.sites()
    titles = titles_of(WORDS[language])
    draft = open_file(path, House(sites, desk.staff.plans(), titles, sites[0].id, DayOrder.DAY_FIRST))
    entries = check_lines(draft.table, draft.reading)
    return draft, Run(an_id(import_id), path.name, entries, draft.reading.symbology, dry_run)


def open_the_same_house(desk, sites, plans):
    """The sites and plans of another gym, by their names."""
    for site in sites[1:]:
        desk.staff.create_site(NewSite(name=site.name, zone=site.zone))
    for plan in plans:
        facts = plan.model_dump(include=set(NewPlan.model_fields) - {"id", "site_ids"})
        desk.staff.create_plan(NewPlan(**facts))


@pytest.mark.parametrize(("kind", "language"), [(Kind.CSV, "da"), (Kind.EXCEL, "en")])
def test_what_an_export_says_an_empty_gym_says_after_it_moved_in(tmp_path, gym_database, kind, language):
    path = tmp_path / f"members.{kind.value}"
    with a_gym(tmp_path / "old") as gym:
        make_sample(gym.cloud, members=60, seed=1, out=tmp_path)
        desk = a_desk(gym)
        headings, rows = go_out(desk, path, kind, language)
        plans, sites = desk.staff.plans(), desk.staff.sites()
    assert len(rows) > 50
    with a_gym(tmp_path / "new") as gym:
        desk = a_desk(gym)
        open_the_same_house(desk, sites, plans)
        _, run = a_run(desk, path, language=language)
        assert count(run.go(desk)) == {Fate.NEW: len(rows)}
        assert go_out(desk, tmp_path / f"again.{kind.value}", kind, language) == (headings, rows)


_NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=20).map(
    str.strip
)
_NASTY = st.sampled_from(
    ["=SUM(A1)", "'quoted'", "'=x", "+45", "-", "@home", 'Per "P"', "a;b", "Ø, Å", "\u202emirror", "null "]
)
_GIVEN = st.one_of(_NAME, _NASTY).filter(
    lambda text: bool(text.strip(" -–")) and text.strip().casefold() not in ("n/a", "null", "none")
)
_DAY = st.dates(date(2019, 1, 1), date(2026, 3, 18))


@st.composite
def members(draw):
    starts = draw(st.none() | _DAY)
    paid = None if starts is None else starts + timedelta(days=draw(st.integers(-1, 400)))
    ends = None if paid is None else draw(st.none() | st.just(paid))
    plan = None if starts is None else draw(st.sampled_from(["Monthly", "10 visits"]))
    visits = draw(st.integers(0, 10)) if plan == "10 visits" else None
    email = draw(st.none() | st.sampled_from(["family@x.test", "a@x.test"]))
    joined = draw(_DAY)
    return [
        draw(_GIVEN),
        draw(_NAME | _NASTY | st.just("")),
        email,
        joined,
        plan,
        starts,
        paid,
        ends,
        visits,
        draw(st.booleans()),
    ]


HEADINGS = ["Number", "First name", "Last name", "E-mail", "Member since", "Plan", "Starts on", "Paid through", "Ends on", "Visits left", "Blocked"]  # fmt: skip


def _told(cell):
    """As our own export writes it."""
    if isinstance(cell, str):
        return as_text(cell)
    return {None: "", True: "yes", False: "no"}[cell] if cell is None or isinstance(cell, bool) else str(cell)


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(people=st.lists(members(), min_size=1, max_size=12))
def test_any_file_of_members_comes_out_as_it_went_in(gym_database, people):
    rows = [[f"N-{number}", *person] for number, person in enumerate(people)]
    told = [[_told(cell) for cell in row] for row in rows]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([HEADINGS, *told])
    with tempfile.TemporaryDirectory() as name, a_gym(Path(name)) as gym:
        path, desk = Path(name) / "any.csv", a_desk(gym)
        path.write_text(out.getvalue(), encoding="utf-8", newline="")
        facts = {"price_minor": 1, "currency": "DKK", "renews": False}
        desk.staff.create_plan(NewPlan(name="Monthly", months=1, **facts))
        desk.staff.create_plan(NewPlan(name="10 visits", months=6, visits=10, **facts))
        _, run = a_run(desk, path)
        assert [(entry.fate, entry.reason) for entry in run.go(desk)] == [(Fate.NEW, "")] * len(rows)
        headings, found = go_out(desk, Path(name) / "again.csv")
        kept = [headings.index(heading) for heading in HEADINGS]
        wanted = read_table(path)
        assert sorted(tuple(line[at] for at in kept) for line in found) == sorted(line.cells for line in wanted.lines)


def test_a_cloud_that_goes_away_in_the_middle_costs_nothing_but_the_time(tmp_path, gym_database, monkeypatch):
    path = tmp_path / "list.csv"
    lines = [f"{number};Given{number};Berg;OLD-{number}" for number in range(700)]
    path.write_text("\n".join(["Number;First name;Last name;Card", *lines]), encoding="utf-8")
    with a_gym(tmp_path) as gym:
        desk = a_desk(gym)
        _, run = a_run(desk, path)
        asked, sent = iter(range(100)), desk.staff.import_barcodes

        def cut(items, *, dry_run=False):
            """The second portion's members are made, and the answer about its cards is lost."""
            answer = sent(items, dry_run=dry_run)
            if next(asked) == 1:
                raise Unavailable("cut")
            return answer

        monkeypatch.setattr(desk.staff, "import_barcodes", cut)
        with pytest.raises(Unavailable):
            run.go(desk)
        assert (run.made, len(run.codes)) == (500, 250)
        assert count(run.go(desk)) == {Fate.NEW: 700}
        assert len(go_out(desk, tmp_path / "out.csv")[1]) == 700
        assert desk.moving.imports()[0].made == 700
        _, again = a_run(desk, path, import_id=2)
        assert count(again.go(desk)) == {Fate.THERE: 700}


def test_what_could_not_be_taken_comes_back_as_it_was_with_its_reason(tmp_path, gym_database):
    path = tmp_path / "list.csv"
    path.write_text('No;Name;Mail\n1;=Nora;n@x.test\n2;Ole;"no ""mail"""\n3;;\n', encoding="utf-8")
    with a_gym(tmp_path) as gym:
        desk = a_desk(gym)
        draft, run = a_run(desk, path, dry_run=True)
        out = tmp_path / "errors.csv"
        export = errors_export(draft.table, run.go(desk), WORDS["en"], zone=ZoneInfo("Europe/Copenhagen"))
        assert save(export, out, Kind.CSV, language="en") == 2
        assert [list(line.cells) for line in read_table(out).lines] == [
            ["3", "no e-mail address", "2", "Ole", 'no "mail"'],
            ["4", "no name", "3", "", ""],
        ]
        assert desk.staff.members().items == []
