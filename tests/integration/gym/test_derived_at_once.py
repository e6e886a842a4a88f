"""Two transactions that touch one member at the same time: what is derived is what it is one after the other."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud_api.gym.recording import record
from cloud_api.gym.vouchers import learn_voucher
from tests.support.builders import NOON, TODAY
from tests.support.cloud import GYM_DATABASE, a_gym
from tests.support.desk import Desk, arrival

VOUCHER = b"voucher1"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv(GYM_DATABASE, "mysql")  # SQLite has one writer
    with a_gym(tmp_path) as gym:
        yield Desk(gym)


def both(desk, first, second):
    """Run ``first``, and ``second`` before it has committed."""
    database = desk.gym.cloud.database
    failures = []

    def run():
        try:
            with database.transaction() as session:
                second(session)
        except Exception as error:  # noqa: BLE001  # shown below
            failures.append(error)

    other = threading.Thread(target=run)
    with database.transaction() as session:
        first(session)
        other.start()
        while other.is_alive() and not is_waiting(database):
            other.join(0.3)  # asked more often than ten times a second, InnoDB gives its answer of before
    other.join()
    assert failures == [], failures[0].__cause__


def is_waiting(database):
    with database.reading() as session:
        count = "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
        return bool(session.scalar(text(count)))


def recording(desk, *arrivals):
    return lambda session: record(session, desk.gym.cloud.keys, arrivals)


def telling(desk, member_id):
    facts = {"member_id": member_id, "membership_id": None, "site_number": 0, "last_valid_on": TODAY}
    return lambda session: learn_voucher(session, desk.gym.cloud.keys, VOUCHER, **facts)


def test_two_check_ins_of_one_stay_are_one_visit(desk):
    who = desk.member()
    first = arrival(desk.site_id, at=NOON, member_id=who)
    second = arrival(desk.site_id, at=NOON + timedelta(minutes=5), member_id=who)
    both(desk, recording(desk, second), recording(desk, first))
    assert len(desk.visits(who)) == 1


@pytest.mark.parametrize("first", ["entry", "voucher"])
def test_an_entry_and_its_voucher_find_each_other(desk, first):
    who = desk.member()
    entry = arrival(desk.site_id, member_id=None, voucher_id=VOUCHER, pass_kind="voucher")
    acts = [recording(desk, entry), telling(desk, who)]
    both(desk, *(acts if first == "entry" else acts[::-1]))
    assert len(desk.visits(who)) == 1
    (seen,) = desk.attendance()
    assert (seen["member"]["id"], seen["flags"]) == (str(who), [])
