"""After the storm: the network is whole, the loops turn, and sooner or later nothing is left to do."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.campaign.exactly_once import checks
from tests.campaign.exactly_once.history import Violation
from tests.campaign.exactly_once.kiosk import PULL, PUSH, Kiosk

if TYPE_CHECKING:
    from tests.campaign.exactly_once.world import World

ROUNDS = 120
_SOON, _LATER = timedelta(seconds=61), timedelta(hours=1, minutes=1)
_PATIENCE = 8
"""Rounds after which only waiting helps: what was set aside is tried once an hour."""


def become_quiet(world: "World") -> None:
    """Turn both loops of every kiosk until nobody has anything to do, twice running.

    Raises:
        Violation: it does not end.
    """
    calm = 0
    for number in range(ROUNDS):
        for machine in world.kiosks:
            _turn(world, machine)
        calm = calm + 1 if all(_is_calm(world, machine) for machine in world.kiosks) else 0
        if calm == 2:
            return
        world.time.advance(_SOON if number < _PATIENCE else _LATER)
    raise Violation(f"not quiet after {ROUNDS} rounds: {[_describe(machine) for machine in world.kiosks]}")


def _turn(world: "World", machine: Kiosk) -> None:
    for loop in (PUSH, PULL):
        world.turn(machine, loop)
    if machine.is_running and not machine.door_is_shut and machine.line.not_recognised:
        world.enrol_again(machine)


def _is_calm(world: "World", machine: Kiosk) -> bool:
    if not machine.is_running:
        return True
    has_all = machine.roster is not None and checks.is_current(machine.roster, world.cloud)
    return has_all and not machine.door_is_shut and machine.unsent() == 0


def _describe(machine: Kiosk) -> str:
    return (
        f"{machine.name}: unsent {machine.unsent()}, wiping {machine.door_is_shut}, roster {machine.roster is not None}"
    )
