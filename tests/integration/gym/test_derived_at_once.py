"""Two transactions that touch one member at the same time: what is derived is what it is one after the other."""

import json
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from cloud_api.common import placement, roster
from cloud_api.common.tables import OutboxMessage, RosterRow
from cloud_api.gym import erasure, memberships, plans
from cloud_api.gym.recording import record
from cloud_api.gym.vouchers import learn_voucher
from cloud_api.qr import cards, issuer_keys, revoking
from shared.contracts.gym import PlanChange, Sale
from shared.contracts.qr import CardRequest
from shared.contracts.roster import RowKind
from shared.errors import Rejected
from tests.support.builders import NOON, TODAY
from tests.support.cloud import GYM_DATABASE, a_gym
from tests.support.reception import Desk, arrival

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


def selling(desk, member_id, plan):
    sale = Sale(plan_id=plan)
    return lambda session: memberships.sell(session, desk.gym.cloud.keys, member_id, sale, by="test")


def changing(desk, plan, **changes):
    draft = PlanChange(**{"name": "Monthly", "months": 1, "price_minor": 34_900, "currency": "DKK", **changes})
    return lambda session: plans.change_plan(session, desk.gym.cloud.keys, plan, draft, by="test")


@pytest.mark.parametrize("first", ["sale", "revocation"])
def test_a_pass_revoked_while_its_member_comes_to_a_site_is_revoked_there(desk, first):
    second = desk.site("Second")
    who = desk.member()
    card = desk.card(who)
    sale = selling(desk, who, desk.plan(site_ids=[str(second)]))
    acts = [sale, lambda session: revoking.revoke_pass(session, desk.gym.cloud.journal, card["id"], by="test")]
    both(desk, *(acts if first == "sale" else acts[::-1]))
    assert desk.credential_row(card["lookup"], second)["status"] == "revoked"


@pytest.mark.parametrize("first", ["site", "revocation"])
def test_a_pass_revoked_while_a_new_site_hears_of_all_passes_is_revoked_there(desk, first):
    card, second = desk.card(desk.member(plan=desk.plan())), desk.site("Second")
    acts = [
        lambda session: placement.fill_site(session, second),
        lambda session: revoking.revoke_pass(session, desk.gym.cloud.journal, card["id"], by="test"),
    ]
    both(desk, *(acts if first == "site" else acts[::-1]))
    with desk.gym.cloud.database.reading() as session:
        there = session.get(RosterRow, (second, "credential", card["lookup"].hex()))
        here = session.get(RosterRow, (desk.site_id, "credential", card["lookup"].hex()))
    assert json.loads(here.body)["status"] == "revoked"
    assert json.loads(there.body)["status"] == "revoked"


def test_a_key_retired_while_a_new_site_hears_of_all_keys_is_not_good_there(desk):
    second, keys = desk.site("Second"), desk.gym.cloud.keys
    desk.gym.dispatch()
    (old,) = [key for kind, key in desk.roster() if kind == "issuer_key"]
    with desk.gym.cloud.database.transaction() as session:
        roster.remove(session, site_id=second, kind=RowKind.ISSUER_KEY, key=old)  # as if the site had not heard yet
    both(
        desk,
        lambda session: issuer_keys.tell_site(session, keys, second),
        lambda session: issuer_keys.rotate(session, keys, compromised=True, by="test"),
    )
    assert [key for kind, key in desk.roster(second) if kind == "issuer_key"] == ["2"]


@pytest.mark.parametrize("first", ["erasure", "card"])
def test_an_erased_member_keeps_no_pass_that_was_made_meanwhile(desk, first):
    who = desk.member()
    before = desk.roster()

    def make_card(session):
        with suppress(Rejected):
            cards.issue_card(session, desk.gym.cloud.keys, who, CardRequest(), by="test")

    acts = [lambda session: erasure.erase_member(session, desk.gym.cloud.journal, who, by="test"), make_card]
    both(desk, *(acts if first == "erasure" else acts[::-1]))
    assert [key for key in desk.roster() if key not in before] == []


@pytest.mark.parametrize("first", ["sale", "change"])
def test_a_member_who_buys_a_plan_while_it_changes_is_known_where_it_is_good(desk, first):
    second = desk.site("Second")
    who, plan = desk.member(), desk.plan(site_ids=[str(desk.site_id)])
    acts = [selling(desk, who, plan), changing(desk, plan, site_ids=[second])]
    both(desk, *(acts if first == "sale" else acts[::-1]))
    assert desk.member_row(who, second) is not None


def test_of_two_changes_of_a_plan_the_last_one_told_is_the_plan(desk):
    plan = desk.plan()
    both(desk, changing(desk, plan, price_minor=100), changing(desk, plan, price_minor=200))
    with desk.gym.cloud.database.reading() as session:
        told = session.exec(select(OutboxMessage.items).where(OutboxMessage.type == "plan.changed")).all()
    prices = {payload["version"]: payload["price_minor"] for items in told for _, _, payload in json.loads(items)}
    assert prices == {2: 100, 3: 200}
