"""Public names, blocks, machines, kinds of pass, and how old a roster is."""

from datetime import date, timedelta

import pytest

from shared.domain.machine import Condition, MachineStatus, change_condition, next_maintenance_on, worse_of
from shared.domain.member import Block, is_under_age, public_name
from shared.domain.membership import Pack
from shared.domain.passes import Barcode, CardCode, PassKind, UnknownCode, kind_of
from tests.support.builders import NOON, a_live_code, a_trust, a_voucher, seconds


@pytest.mark.parametrize(
    ("born", "today", "under"),
    [
        (date(2008, 3, 18), date(2026, 3, 17), True),
        (date(2008, 3, 18), date(2026, 3, 18), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
        (date(1970, 12, 31), date(2026, 1, 1), False),
    ],
)
def test_full_age_comes_with_the_eighteenth_birthday(born, today, under):
    assert is_under_age(born, today) is under


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


FIRST, LATER = date(2026, 3, 1), date(2026, 3, 18)
FINE = Condition(MachineStatus.IN_ORDER, FIRST)
BROKEN = Condition(MachineStatus.OUT_OF_ORDER, FIRST, "chain")
RETIRED = Condition(MachineStatus.RETIRED, FIRST, "sold")


def test_a_broken_machine_says_what_is_wrong_and_since_when():
    broken = change_condition(FINE, MachineStatus.OUT_OF_ORDER, reason=" chain ", on=LATER)
    assert broken == Condition(MachineStatus.OUT_OF_ORDER, LATER, "chain")


def test_another_reason_for_the_same_status_does_not_count_the_days_anew():
    worse = change_condition(BROKEN, MachineStatus.OUT_OF_ORDER, reason="chain and seat", on=LATER)
    assert worse == Condition(MachineStatus.OUT_OF_ORDER, FIRST, "chain and seat")


def test_a_mended_machine_has_no_reason_left():
    mended = change_condition(BROKEN, MachineStatus.IN_ORDER, reason="was nothing", on=LATER)
    assert mended == Condition(MachineStatus.IN_ORDER, LATER)


@pytest.mark.parametrize("status", [status for status in MachineStatus if status is not MachineStatus.IN_ORDER])
@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_machine_that_is_not_in_order_has_a_reason(status, reason):
    with pytest.raises(ValueError, match="say why"):
        change_condition(FINE, status, reason=reason, on=LATER)


@pytest.mark.parametrize("status", [MachineStatus.NEEDS_ATTENTION, MachineStatus.OUT_OF_ORDER])
def test_a_retired_machine_does_not_break(status):
    with pytest.raises(ValueError, match="retired machine cannot break"):
        change_condition(RETIRED, status, reason="chain", on=LATER)


def test_a_machine_retired_by_mistake_comes_back_in_order():
    assert change_condition(RETIRED, MachineStatus.IN_ORDER, reason=None, on=LATER).status is MachineStatus.IN_ORDER
    assert change_condition(RETIRED, MachineStatus.RETIRED, reason="stolen", on=LATER).reason == "stolen"


def test_the_worse_of_two_statuses_wins():
    fine, looked_at, broken = MachineStatus.IN_ORDER, MachineStatus.NEEDS_ATTENTION, MachineStatus.OUT_OF_ORDER
    assert worse_of(fine, looked_at) is worse_of(looked_at, fine) is looked_at
    assert worse_of(broken, looked_at) is worse_of(looked_at, broken) is broken
    with pytest.raises(ValueError, match="not in"):
        worse_of(fine, MachineStatus.RETIRED)


def test_maintenance_is_due_again_after_the_days_of_the_plan():
    assert next_maintenance_on(FIRST, 17) == LATER
    assert next_maintenance_on(FIRST, None) is None
