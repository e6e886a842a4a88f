"""Gym equipment: whether people may use it, and when it is to be looked after."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum


class MachineStatus(Enum):
    IN_ORDER = "in_order"
    NEEDS_ATTENTION = "needs_attention"  # may be used, and somebody should look at it
    OUT_OF_ORDER = "out_of_order"
    RETIRED = "retired"  # gone for good; kept for its history


_BADNESS = (MachineStatus.IN_ORDER, MachineStatus.NEEDS_ATTENTION, MachineStatus.OUT_OF_ORDER)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a machine is, and since which site-local day. ``reason`` is set for everything but ``IN_ORDER``."""

    status: MachineStatus
    since_on: date
    reason: str | None = None


def change_condition(now: Condition, to: MachineStatus, *, reason: str | None, on: date) -> Condition:
    """Put a machine into another condition. The day counts anew only when the status changes.

    Raises:
        ValueError: no reason was given, or a retired machine is to break: it can only be put back in order.
    """
    since_on = now.since_on if to is now.status else on
    if to is MachineStatus.IN_ORDER:
        return Condition(to, since_on)
    if now.status is MachineStatus.RETIRED and to is not MachineStatus.RETIRED:
        message = "a retired machine cannot break: put it back in order first"
        raise ValueError(message)
    if not reason or not reason.strip():
        message = "say why"
        raise ValueError(message)
    return Condition(to, since_on, reason.strip())


def worse_of(one: MachineStatus, other: MachineStatus) -> MachineStatus:
    """The worse of two statuses of a machine that is in use.

    Raises:
        ValueError: one of them is retired.
    """
    return max(one, other, key=_BADNESS.index)


def next_maintenance_on(done_on: date, every_days: int | None) -> date | None:
    """The day on which a machine is due again; None when it has no plan."""
    return None if every_days is None else done_on + timedelta(days=every_days)
