"""Gym equipment and whether people may use it."""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from shared.domain.ids import MachineId, SiteId


class MachineStatus(Enum):
    IN_ORDER = "in_order"
    OUT_OF_ORDER = "out_of_order"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Machine:
    """A piece of equipment. ``fault`` and ``out_since_on`` are set exactly while it is out of order."""

    id: MachineId
    site_id: SiteId
    name: str
    category: str
    serial: str | None = None
    status: MachineStatus = MachineStatus.IN_ORDER
    fault: str | None = None
    out_since_on: date | None = None


def take_out_of_order(machine: Machine, *, fault: str, since_on: date) -> Machine:
    """Mark a machine as broken.

    Raises:
        ValueError: no fault was named, or the machine is retired.
    """
    if not fault.strip():
        message = "say what is wrong with the machine"
        raise ValueError(message)
    if machine.status is MachineStatus.RETIRED:
        message = "a retired machine cannot break"
        raise ValueError(message)
    return replace(machine, status=MachineStatus.OUT_OF_ORDER, fault=fault.strip(), out_since_on=since_on)


def put_back_in_order(machine: Machine) -> Machine:
    """Mark a machine as usable again; a retired one stays retired."""
    if machine.status is MachineStatus.RETIRED:
        return machine
    return replace(machine, status=MachineStatus.IN_ORDER, fault=None, out_since_on=None)
