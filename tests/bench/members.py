"""Bench: a list of 100,000 members at the desk, on MySQL.

What a receptionist waits for: from the key or click to the rows on the screen, through the real server and the real
room (offscreen). Beside it what the server alone takes, so that one sees where the time goes.
"""

import contextlib
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import text

from cloud_api.common.cloud import Cloud
from cloud_api.common.session import transaction_time
from cloud_api.gym.bulk import take_in_members
from cloud_api.gym.listing import list_plans, list_sites
from cloud_api.sample.names import draw_name
from shared.contracts.gym import MemberDraft
from tests.bench.report import Report
from tests.support.desk import DeskAtWork, DeskGym, a_desk
from tests.support.servers import shared as servers

MEMBERS, A_TRANSACTION = 100_000, 1000
ROUNDS = 15
FIRST_PAGE_MS, SEARCH_MS, SORT_MS = 150, 100, 150
SEARCHES = ("nora", "an", "s", "maria da", "10", "+45 2012", "member4")
FILTERS = ({"state": "overdue"}, {"state": "blocked"}, {"state": "active", "sort": "until"}, {"state": "frozen"})
_DAY = timedelta(days=1)


def run(report: Report) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory(prefix="fit-") as folder, contextlib.ExitStack() as stack:
        url = servers.mysql().create(f"bench_{uuid4().hex[:8]}")
        began = time.perf_counter()
        gym = DeskGym(Path(folder), stack, environ={"FIT_DATABASE_URL": url}, fill=_fill)
        report.note(f"{MEMBERS:,} members on {servers.mysql().name} made in {time.perf_counter() - began:.0f} s")
        _alone(report, gym)
        with a_desk(gym, app, Path(folder) / "desk") as desk:
            _at_the_desk(report, desk)


def _fill(cloud: Cloud) -> None:
    """Everybody with address and phone, on some plan since some day, at one of two sites, and with a last visit."""
    rng = random.Random(1)
    with cloud.database.reading() as session:
        sites, plans = list_sites(session).items, list_plans(session).items
        today = transaction_time(session).date()
    for made in range(0, MEMBERS, A_TRANSACTION):
        drafts = [_draft(rng, made + place, rng.choice(sites).id) for place in range(A_TRANSACTION)]
        days = [today - rng.randrange(60) * _DAY for _ in drafts]
        with cloud.database.transaction() as session:
            plan_id = rng.choice(plans).id
            take_in_members(session, cloud.keys, drafts, plan_id=plan_id, starts_on=days, by="bench")
    with cloud.database.transaction() as session:
        session.execute(text("UPDATE common_outbox SET done_at = published_at WHERE done_at IS NULL"))
        session.execute(text("UPDATE gym_member SET last_visit_at = joined_at - INTERVAL FLOOR(90000 * RAND()) MINUTE"))
        session.execute(text("UPDATE gym_member_span SET is_blocked = TRUE WHERE CRC32(member_id) % 1000 = 0"))
    with cloud.database.unhurried() as engine, engine.connect() as connection:
        for table in ("gym_member", "gym_member_span", "gym_member_word", "gym_membership"):
            connection.execute(text(f"ANALYZE TABLE {table}"))


def _draft(rng: random.Random, number: int, site_id: Any) -> MemberDraft:
    given, family = draw_name(rng)
    return MemberDraft(
        given_name=given,
        family_name=f"{family} {_syllables(rng)}",
        email=f"member{number}@fit.test",
        phone=f"+45 {20_000_000 + rng.randrange(10**7)}",
        home_site_id=site_id,
    )


def _syllables(rng: random.Random) -> str:
    """A second family name, so that there are thousands of them."""
    return "".join(rng.choice(("ka", "lo", "mi", "ren", "sta", "vo", "bu", "dy", "fe", "go")) for _ in range(3)).title()


def _alone(report: Report, gym: DeskGym) -> None:
    def asked(**params: Any) -> float:
        return _median(lambda: _took(lambda: gym.live.call("GET", "/v1/members", params={"limit": 100, **params})))

    report.note(f"the server alone, first page {asked():.0f} ms; what is asked for, and how many that finds:")
    orders = [{"sort": sort} for sort in ("number", "joined", "last_visit", "until")]
    for params in ({"search": each} for each in SEARCHES):
        report.note(f"  {params}: {asked(**params):.0f} ms, {_found(gym, params):,}")
    for params in (*orders, *FILTERS):
        report.note(f"  {params}: {asked(**params):.0f} ms, {_found(gym, params):,}")


def _found(gym: DeskGym, params: dict[str, str]) -> int:
    return int(gym.live.call("GET", "/v1/members", params={"limit": 1, **params})["found"])


def _at_the_desk(report: Report, desk: DeskAtWork) -> None:
    room = desk.room("members")
    assert room.model.found > MEMBERS
    first = _median(lambda: _until_shown(desk, room, room.entered))
    report.row("100,000 members: first page", f"{first:.0f} ms", f"<= {FIRST_PAGE_MS} ms", None)
    for word in SEARCHES:
        took = _median(lambda word=word: _typed(desk, room, word))
        report.row(f"... search, after the last key of “{word}”", f"{took:.0f} ms", f"<= {SEARCH_MS} ms", None)
    desk.type(room.search, "")
    for title in ("Last visit", "Paid through", "Member"):
        took = _median(lambda title=title: _until_shown(desk, room, lambda: _click_head(room, title)))
        report.row(f"... sort, by “{title}”", f"{took:.0f} ms", f"<= {SORT_MS} ms", None)


def _typed(desk: DeskAtWork, room: Any, word: str) -> float:
    desk.type(room.search, word[:-1])
    return _until_shown(desk, room, lambda: QTest.keyClicks(room.search, word[-1]))


def _click_head(room: Any, title: str) -> None:
    header = room.table.horizontalHeader()
    place = next(place for place, column in enumerate(room.model.columns) if column.title == title)
    at = QPoint(header.sectionViewportPosition(place) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def _until_shown(desk: DeskAtWork, room: Any, act: Callable[[], None]) -> float:
    """Milliseconds from an act to the painted rows."""
    shown: list[float] = []

    def show() -> None:
        room.table.viewport().repaint()
        shown.append(time.perf_counter())

    room.model.loaded.connect(show)
    began = time.perf_counter()
    act()
    desk.wait_until(lambda: bool(shown))
    room.model.loaded.disconnect(show)
    desk.settle()
    return (shown[0] - began) * 1e3


def _took(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


def _median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(ROUNDS))
