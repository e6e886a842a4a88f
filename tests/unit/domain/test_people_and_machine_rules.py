"""Public names, blocks, machines, kinds of pass, and how old a roster is."""

from datetime import date, timedelta

import pytest

from shared.domain.ids import MachineId, SiteId
from shared.domain.machine import Machine, MachineStatus, put_back_in_order, take_out_of_order
from shared.domain.member import Block, public_name
from shared.domain.membership import Pack
from shared.domain.passes import Barcode, CardCode, PassKind, UnknownCode, kind_of
from tests.support.builders import NOON, a_live_code, a_trust, a_voucher, an_id, seconds


@pytest.mark.parametrize(
    ("given", "family", "shown"),
    [
        ("Nora", "Berg", "Nora B."),
        (" Nora ", " Ægir ", "Nora Æ."),
        ("Nora", "", "Nora"),
        ("Nora", "  ", "Nora"),
        ("", "Berg", "B."),
        ("", "", ""),
    ],
)
def test_a_public_name_is_the_given_name_and_one_initial(given, family, shown):
    assert public_name(given, family) == shown


@pytest.mark.parametrize(("until", "holds"), [(None, True), (NOON, False), (NOON + seconds(1), True)])
def test_a_block_holds_before_its_end(until, holds):
    assert Block(until).holds_at(NOON) is holds


@pytest.mark.parametrize(
    ("credential", "kind"),
    [
        (a_live_code(), PassKind.LIVE),
        (a_voucher(), PassKind.VOUCHER),
        (CardCode(), PassKind.CARD),
        (Barcode(), PassKind.BARCODE),
        (UnknownCode(), None),
    ],
)
def test_every_code_but_an_unknown_one_is_of_a_kind(credential, kind):
    assert kind_of(credential) is kind


@pytest.mark.parametrize(("age", "older"), [(seconds(9), False), (seconds(10), True), (None, True)])
def test_a_roster_that_was_never_complete_is_older_than_any_limit(age, older):
    assert a_trust(age).is_older_than(timedelta(seconds=10)) is older


def test_a_pack_s_balance_may_be_below_zero():
    assert Pack(bought=10, counted=11).left == -1


A_MACHINE = Machine(MachineId(an_id(20)), SiteId(an_id(1)), "Rower 3", "cardio")
SINCE = date(2026, 3, 18)


def test_a_broken_machine_says_what_is_wrong_and_since_when():
    broken = take_out_of_order(A_MACHINE, fault=" chain ", since_on=SINCE)
    assert (broken.status, broken.fault, broken.out_since_on) == (MachineStatus.OUT_OF_ORDER, "chain", SINCE)


def test_a_mended_machine_is_as_before():
    assert put_back_in_order(take_out_of_order(A_MACHINE, fault="chain", since_on=SINCE)) == A_MACHINE


def test_a_machine_does_not_break_without_a_fault():
    with pytest.raises(ValueError, match="say what is wrong"):
        take_out_of_order(A_MACHINE, fault=" ", since_on=SINCE)


def test_a_retired_machine_neither_breaks_nor_comes_back():
    retired = Machine(A_MACHINE.id, A_MACHINE.site_id, "Rower 3", "cardio", status=MachineStatus.RETIRED)
    assert put_back_in_order(retired) is retired
    with pytest.raises(ValueError, match="retired machine cannot break"):
        take_out_of_order(retired, fault="chain", since_on=SINCE)
