"""Promise 2, at the disk: a commit that returned survives a power cut, whole."""

from functools import reduce
from operator import add

import pytest

from kiosk.store import schema
from tests.campaign.powerloss import Tally, cut_power, sessions

SEED = 20_260_318


def _but(old: str, new: str) -> tuple[str, ...]:
    changed = tuple(pragma.replace(old, new) for pragma in schema.PRAGMAS)
    assert changed != schema.PRAGMAS
    return changed


def test_no_commit_that_returned_is_lost_or_torn_by_a_power_cut():
    found = reduce(add, sessions(1000, SEED), Tally())
    assert found.images >= 980  # a few cuts fall before the first commit
    assert (found.lost, found.corrupt) == (0, 0)


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_the_disk_would_show_a_commit_that_was_not_synced(synchronous):
    found = cut_power(SEED, pragmas=_but("synchronous = FULL", f"synchronous = {synchronous}"), cuts=100)
    assert found.lost > 10


def test_the_disk_would_show_a_commit_by_halves():
    found = cut_power(SEED, pragmas=_but("journal_mode = WAL", "journal_mode = MEMORY"), cuts=100)
    assert found.corrupt > 10
