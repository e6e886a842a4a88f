"""Promise 2 on a full disk: what turned green is in the log; the exception is amber, counted and put right later."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shared.domain.site import DoorWhenNotRecorded
from tests.support.kiosk import a_kiosk
from tests.support.small_gym import SmallGym, a_person

ROOT = Path(__file__).parents[3]
OWN_MOUNTS = ["unshare", "--mount", "--map-root-user"]


def run_sessions(folder, how):
    before = OWN_MOUNTS if how == "tmpfs" else []
    command = [*before, sys.executable, "-m", "tests.support.full_disk", str(folder), how]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def can_mount(folder):
    if shutil.which("unshare") is None:
        return False
    command = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


@pytest.fixture(params=["tmpfs", "limit"])
def reports(request, tmp_path):
    if request.param == "limit":
        memory = Path("/dev/shm")  # noqa: S108  # quick, where there is one
        with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
            return request.param, run_sessions(folder, request.param)
    if not can_mount(tmp_path):
        pytest.skip("no mount namespaces here; the file size limit is tried in any case")
    return request.param, run_sessions(tmp_path, request.param)


def test_a_disk_that_fills_up_at_any_page_makes_amber_and_nothing_else(reports):
    how, sessions = reports
    assert len(sessions) == 48
    for told in sessions:
        assert told["other"] == [], told
        assert told["green"] == told["granted_before"], told
        assert told["amber"] == told["counted"] == told["counted_after_restart"] == told["put_right"], told
        assert told["amber_opens"] == 0, told
        assert (told["numbers"], told["sound"], told["same_after_restart"]) == (True, True, True), told
    assert any(told["amber"] for told in sessions)
    assert any("ga" in told["order"] for told in sessions)
    if how == "tmpfs":
        _the_reserve_was_worth_something(sessions)


def _the_reserve_was_worth_something(sessions):
    """Its 60 pages bought entries on a disk with no page left, and it came back with the room."""
    full = sessions[0]
    assert full["order"].startswith("ggg")
    assert full["amber"] > 0
    assert not full["reserve_held"]
    assert all(told["reserve_restored"] for told in sessions)


def test_where_the_site_says_so_the_door_opens_for_who_would_be_let_in(tmp_path):
    nora, blocked = a_person(), a_person(blocked=True)
    gym = SmallGym(nora, blocked)
    gym.put_policy(when_not_recorded=DoorWhenNotRecorded.OPEN)
    kiosk = a_kiosk(tmp_path, gym)
    with kiosk.store.database.read() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    kiosk.store.database._connection().execute(f"PRAGMA max_page_count = {pages}")
    answers = []
    while not answers or hasattr(answers[-1], "decision"):
        kiosk.clock.advance(60)
        answers.append(kiosk.answer(nora.card))
    kiosk.clock.advance(60)
    assert answers[-1].opens
    assert not kiosk.answer(blocked.card).opens
    kiosk.store.close()
