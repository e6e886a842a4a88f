"""Generated facts of one door: its site, plans, members with their passes, and who shows what when."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from shared.contracts.gym import PolicyDraft, SiteDraft, WindowDraft
from shared.contracts.roster import MemberBody, MembershipBody, PackBody, PlanBody, WindowBody
from shared.domain.passes import PassKind, PassStatus
from shared.domain.site import Strictness
from tests.support.builders import an_id

START = datetime(2026, 3, 27, 5, 0, tzinfo=UTC)
"""Two days before the clocks go forward in Copenhagen."""

_weekdays = st.integers(0, 6)
_minutes = st.sampled_from([0, 60, 150, 360, 720, 1200, 1439])
_lengths = st.sampled_from([1, 60, 600, 1200, 1440])


@st.composite
def _windows(draw: st.DrawFn) -> list[WindowBody]:
    spans = draw(st.lists(st.tuples(_weekdays, _minutes, _lengths), max_size=10))
    return [WindowBody(weekday=day, opens=opens, closes=min(opens + length, 2880)) for day, opens, length in spans]


def _days(first: int, last: int) -> st.SearchStrategy[date]:
    return st.integers(first, last).map(lambda days: START.date() + timedelta(days=days))


def _rarely(usual: Any, *others: st.SearchStrategy) -> st.SearchStrategy:
    """Most worlds are ordinary, or nobody would ever be let in."""
    return st.integers(0, 99).flatmap(lambda drawn: st.one_of(*others) if 40 < drawn < 56 else st.just(usual))


@st.composite
def sites(draw: st.DrawFn) -> SiteDraft:
    hours = draw(_rarely(None, _windows()))
    policy = PolicyDraft(
        grace_days=draw(st.sampled_from([0, 1, 7])),
        ends_soon_days=draw(st.sampled_from([0, 3, 30])),
        dwell_s=draw(st.sampled_from([60, 7200, 86_400])),
        reopen_window_s=draw(_rarely(30, st.sampled_from([0, 600]))),
        roster_too_old=draw(st.sampled_from(Strictness)),
        anti_passback=draw(st.sampled_from(Strictness)),
        documents=draw(st.sampled_from(Strictness)),
        accepted_kinds=draw(_rarely(list(PassKind), st.lists(st.sampled_from(PassKind), unique=True))),
    )
    return SiteDraft(
        name="Harbour",
        zone=draw(st.sampled_from(["Europe/Copenhagen", "America/New_York", "Asia/Kolkata"])),
        hours=None if hours is None else [WindowDraft(**item.model_dump()) for item in hours],
        exceptions=draw(_rarely({}, st.just({START.date() + timedelta(days=1): []}))),
        capacity=draw(st.none() | st.just(1)),
        policy=policy,
    )


@st.composite
def plans(draw: st.DrawFn, site_id: UUID, number: int) -> PlanBody:
    return PlanBody(
        id=an_id(1000 + number),
        name="Plan",
        months=1,
        days=0,
        price_minor=100,
        currency="DKK",
        visits=None,
        windows=draw(_rarely(None, _windows())),
        site_ids=draw(_rarely(None, st.just([site_id]), st.just([an_id(999)]))),
        renews=draw(st.booleans()),
    )


@st.composite
def _memberships(draw: st.DrawFn, id_: UUID, plan_id: UUID) -> MembershipBody:
    starts_on = draw(_days(-40, -1) | _rarely(START.date(), _days(1, 9)))
    pack = None
    if draw(st.booleans()):
        last = draw(st.none() | st.sampled_from([timedelta(minutes=1), timedelta(hours=5), timedelta(days=3)]))
        pack = PackBody(
            bought=draw(st.integers(0, 4)),
            counted=draw(st.integers(0, 3)),
            counted_check_ins=[],
            last_visit_at=None if last is None else START - last,
        )
    freeze = draw(_rarely(None, st.tuples(_days(-10, 10), st.integers(1, 20))))
    return MembershipBody(
        id=id_,
        plan_id=plan_id,
        starts_on=starts_on,
        paid_through_on=max(starts_on, draw(_days(-10, 40))),
        ends_on=draw(_rarely(None, _days(-10, 10))),
        renews=draw(st.booleans()),
        freezes=[] if freeze is None else [(freeze[0], freeze[0] + timedelta(days=freeze[1]))],
        pack=pack,
    )


@st.composite
def members(draw: st.DrawFn, number: int) -> MemberBody:
    held = [
        draw(_memberships(an_id(3000 + 10 * number + place), draw(st.sampled_from([an_id(1000), an_id(1001)]))))
        for place in range(draw(_rarely(1, st.integers(0, 2))))
    ]
    blocked = draw(_rarely(False, st.just(True)))
    return MemberBody(
        id=an_id(2000 + number),
        memberships=held,
        blocked=blocked,
        blocked_until=draw(st.none() | st.just(START + timedelta(days=1))) if blocked else None,
        host_id=draw(_rarely(None, st.just(an_id(2999)))),
        document_missing=draw(_rarely(False, st.just(True))),
        sealed=None,
        site_wrap=None,
    )


@dataclass(frozen=True, slots=True)
class Pass:
    """``holder``: None is somebody the roster does not know, -1 a member of another site, else the member's place."""

    kind: PassKind
    holder: int | None
    status: PassStatus


@dataclass(frozen=True, slots=True)
class Scan:
    """What is shown after a pause. ``code_age`` is of a live code; ``forged``: signed by someone else's key."""

    shown: int
    pause: timedelta
    code_age: timedelta
    forged: bool


passes = st.builds(
    Pass,
    _rarely(PassKind.LIVE, *map(st.just, PassKind)),
    st.integers(0, 1) | _rarely(0, st.sampled_from([None, -1])),
    _rarely(PassStatus.ACTIVE, st.just(PassStatus.REVOKED)),
)


def _scans(shown: st.SearchStrategy[int], *pauses_s: int) -> st.SearchStrategy[list[Scan]]:
    scan = st.builds(
        Scan,
        shown,
        st.sampled_from(pauses_s).map(lambda seconds: timedelta(seconds=seconds)),
        _rarely(0, st.sampled_from([-16, -15, 40, 41])).map(lambda seconds: timedelta(seconds=seconds)),
        _rarely(False, st.just(True)),
    )
    return st.lists(scan, min_size=1, max_size=8)


in_days = _scans(st.integers(0, 3), 4, 29, 31, 120, 7199, 7201, 6 * 3600, 20 * 3600, 24 * 3600)
in_a_minute = _scans(st.just(0), 4, 20, 20, 29, 31)
"""The first pass again and again: repeats, reopenings, and where they end."""


@dataclass(frozen=True, slots=True)
class World:
    site: SiteDraft
    plans: tuple[PlanBody, ...]
    members: tuple[MemberBody, ...]
    passes: tuple[Pass, ...]
    scans: tuple[Scan, ...]
    server_was_heard: bool
    roster_age: timedelta


@st.composite
def worlds(draw: st.DrawFn, site_id: UUID) -> World:
    return World(
        site=draw(sites()),
        plans=tuple(draw(plans(site_id, number)) for number in range(draw(st.integers(1, 2)))),
        members=(draw(members(0)), draw(members(1))),
        passes=tuple(draw(passes) for _ in range(4)),
        scans=tuple(draw(in_days | in_a_minute)),
        server_was_heard=draw(_rarely(True, st.just(False))),
        roster_age=draw(_rarely(timedelta(0), st.sampled_from([timedelta(hours=25), timedelta(hours=73)]))),
    )
