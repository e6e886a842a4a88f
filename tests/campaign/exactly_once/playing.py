"""Playing a list of operations without Hypothesis."""

from collections.abc import Iterable, Sequence

from tests.campaign.exactly_once.grown import new_world
from tests.campaign.exactly_once.scenario import Step


def play(steps: Iterable[Step], *, seed: int) -> None:
    """Do what a scenario says, then wait for quiet and check everything.

    Raises:
        Violation: a promise was broken, by what it says.
        Exception: the product failed in a way nobody injected.
    """
    world = new_world(seed)
    try:
        for operation, arguments in steps:
            getattr(world, operation)(**arguments)
        world.finish()
    finally:
        world.close()


def failure_of(steps: Sequence[Step], *, seed: int) -> Exception | None:
    """What goes wrong in a scenario; None when nothing does."""
    try:
        play(steps, seed=seed)
    except Exception as error:  # noqa: BLE001  # whatever it is, it was not injected
        return error
    return None
