"""The desk's side of the role table: a room's operation is in it, and each role has the rooms that it may enter."""

import pytest

from admin_desktop.app import ROOMS
from admin_desktop.shell.words import load_catalogue
from shared.domain.roles import OPERATIONS, Group, may

ROLES = (Group.STAFF, Group.ADMIN, Group.OWNER)
WEAKEST = {"kiosks": Group.STAFF, "members": Group.STAFF, "staff": Group.ADMIN, "sites": Group.ADMIN}


def test_the_operation_of_every_room_is_in_the_table():
    assert [room.name for room in ROOMS if room.operation not in OPERATIONS] == []
    texts = load_catalogue()._texts
    assert [room.name for room in ROOMS for each in texts.values() if room.words not in each] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value)
def test_each_role_has_the_rooms_that_it_may_enter_and_no_other(open_desk, role):
    desk = open_desk(role=role)
    there = set(desk.frame.navigation.buttons)
    assert there == {room.name for room in ROOMS if may(frozenset({role}), room.operation)}
    for name, least in WEAKEST.items():
        assert (name in there) == (ROLES.index(role) >= ROLES.index(least)), name
    for room in ROOMS:
        if room.name not in there:
            desk.frame.go(room.name, None)
    assert desk.frame.room_name in there


@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_may_more_may_what_others_may(operation):
    allowed = [may(frozenset({role}), operation) for role in ROLES]
    assert allowed == sorted(allowed)
