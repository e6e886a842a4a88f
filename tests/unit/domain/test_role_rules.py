"""The one table of roles: deny by default, and each role may all that the lesser ones may."""

import pytest

from shared.domain.roles import OPERATIONS, WITHOUT_DATABASE, Group, may

RANK = [Group.STAFF, Group.ADMIN, Group.OWNER]
OWN = {"account.read", "account.change"}


def groups(*some):
    return frozenset(some)


@pytest.mark.parametrize("operation", sorted(OPERATIONS.keys() - OWN))
@pytest.mark.parametrize("group", list(Group))
def test_a_group_may_what_its_rank_allows_and_nothing_else(operation, group):
    lowest = OPERATIONS[operation]
    reaches = group is lowest or (lowest in RANK and group in RANK and RANK.index(group) >= RANK.index(lowest))
    assert may(groups(group), operation) is reaches


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_nobody_may_nothing(operation):
    assert not may(groups(), operation)


@pytest.mark.parametrize("group", [group for group in Group if group is not Group.KIOSK])
@pytest.mark.parametrize("operation", sorted(OWN))
def test_everybody_who_signs_in_may_see_to_the_own_account(group, operation):
    assert may(groups(group), operation)
    assert not may(groups(Group.KIOSK), operation)


def test_several_groups_add_up():
    assert may(groups(Group.USER, Group.STAFF), "pass.read_own")
    assert may(groups(Group.USER, Group.STAFF), "member.read")
    assert not may(groups(Group.USER, Group.STAFF), "report.read")


def test_an_operation_that_is_not_in_the_table_is_nobodys():
    with pytest.raises(KeyError):
        may(groups(Group.OWNER), "gym.sell")


def test_what_may_be_asked_without_the_database_is_in_the_table():
    assert not WITHOUT_DATABASE - OPERATIONS.keys()
