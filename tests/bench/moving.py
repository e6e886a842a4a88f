"""Bench: 10,000 members move in from a file: read, tried out, sent and undone, as the desk does it.

Through the desk's own reading and sending, over TLS and HTTP, into a real ``fit-cloud serve`` on a local MySQL server. Every
member has a plan, an e-mail address and an old card. Told beside it: how long the doors' rosters were held at a time
at the most, which is no longer than the answer to a portion took.
"""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from admin_desktop.connection import read_connection
from admin_desktop.desk import Desk
from admin_desktop.imports.checking import Entry, Fate, check_lines, count
from admin_desktop.imports.drafting import Draft, House, open_file
from admin_desktop.imports.sending import Run
from admin_desktop.imports.undoing import undo_all
from admin_desktop.imports.values import DayOrder
from admin_desktop.shell.progress import Progress
from cloud_api.common.tokens import Tokens
from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.operate.desk_files import make_desk_file
from cloud_api.operate.opening import open_cloud
from shared.clock import SystemClock
from shared.domain.ids import uuid7
from shared.domain.roles import Group
from shared.secret_store.files import FileSecrets
from tests.bench.report import Report
from tests.support.live import PLAN, LiveGym
from tests.support.servers import shared as servers

MEMBERS = 10_000
GOAL_S = 20.0
_HEADINGS = "Number;First name;Last name;E-mail;Phone;Plan;Paid through;Old card"


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        database = stack.enter_context(servers.a_mysql_database())
        gym = LiveGym(folder / "cloud", stack, environ={"FIT_DATABASE_URL": database})
        gym.start()
        gym.call("POST", "/v1/plans", json=PLAN)
        desk = stack.enter_context(contextlib.closing(_desk(gym, folder)))
        path = folder / "members.csv"
        path.write_text("\n".join([_HEADINGS, *_lines()]), encoding="utf-8")
        started = time.perf_counter()
        draft, entries = _read(desk, path)
        report.row("10,000 lines read and checked against one another", _seconds(started), "", None)
        _tell_sending(report, desk, draft, entries)


def _tell_sending(report: Report, desk: Desk, draft: Draft, entries: list[Entry]) -> None:
    started = time.perf_counter()
    tried = _run(draft, entries, dry_run=True).go(desk)
    assert count(tried)[Fate.NEW] == MEMBERS, count(tried)
    report.row("10,000 members tried out", _seconds(started), "", None)
    portions = _Portions()
    run_in, started = _run(draft, tried, dry_run=False), time.perf_counter()
    run_in.go(desk, portions.tell)
    took = time.perf_counter() - started
    assert run_in.made == MEMBERS, run_in.made
    report.row("10,000 members imported, with an old card each", f"{took:.1f} s", f"<= {GOAL_S:.0f} s", None)
    report.row("longest portion", f"{portions.longest_s * 1000:.0f} ms", "", None)
    started = time.perf_counter()
    undone = undo_all(desk, desk.moving.imports()[0], Progress())
    assert undone.erased == MEMBERS, undone
    report.row("10,000 members of it undone", _seconds(started), "", None)


class _Portions:
    """How long the longest portion took."""

    def __init__(self) -> None:
        self._last, self.longest_s = time.perf_counter(), 0.0

    def tell(self, _done: int, _all: int) -> None:
        now = time.perf_counter()
        self._last, self.longest_s = now, max(self.longest_s, now - self._last)


def _desk(gym: LiveGym, folder: Path) -> Desk:
    """The desk's way to the cloud, signed in as an Owner."""
    cloud = open_cloud(gym.settings)
    with cloud.database.transaction() as session:
        person_id = people.create_person(
            session, NewPerson(name="Ulla", email="ulla@fit.test", groups=[Group.OWNER]), actor="system"
        )
        token = sessions.open_session(session, person_id, tokens=Tokens(cloud.keys, SystemClock())).refresh_token
    cloud.database.close()
    secrets, connection = FileSecrets(folder / "secrets"), folder / "gym.fitdesk"
    secrets.put("sign-in", token.encode())
    connection.write_text(make_desk_file(gym.settings).text(), encoding="utf-8")
    desk = Desk(read_connection(connection), secrets, folder / "desk")
    desk.authenticator.resume()
    return desk


def _lines() -> Iterator[str]:
    for number in range(MEMBERS):
        name = f"{number};Given{number};Family{number % 977}"
        yield f"{name};m{number}@fit.test;+45 20 00 {number % 100:02};Monthly;2026-12-31;OLD-{number}"


def _read(desk: Desk, path: Path) -> tuple[Draft, list[Entry]]:
    sites = desk.staff.sites()
    house = House(sites, desk.staff.plans(), (), sites[0].id, DayOrder.DAY_FIRST)
    draft = open_file(path, house)
    return draft, check_lines(draft.table, draft.reading)


def _run(draft: Draft, entries: list[Entry], *, dry_run: bool) -> Run:
    return Run(_new_id(), draft.table.name, entries, draft.reading.symbology, dry_run)


def _new_id() -> UUID:
    return uuid7(int(SystemClock().now().timestamp() * 1000))


def _seconds(started: float) -> str:
    return f"{time.perf_counter() - started:.1f} s"
