"""The messages about machines: the gym's equipment, its faults, its maintenance and its pictures."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Instant, Message
from shared.contracts.fields import Day, Name
from shared.domain.machine import MachineStatus

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""One to five hundred characters."""
Serial = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Category = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Days = Annotated[int, Field(ge=1, le=3660)]


class MachineDraft(Message):
    """A machine as staff write it down. ``serial`` is the maker's number, None when there is none.

    ``maintenance_every_days`` None means no plan; ``maintenance_due_on`` is the next day it is due.
    """

    site_id: UUID
    name: Name
    category: Category
    serial: Serial | None = None
    maintenance_every_days: Days | None = None
    maintenance_due_on: Day | None = None


class NewMachine(MachineDraft):
    """``id`` is minted by whoever asks (UUID version 7), so that asking twice makes one machine; else by the server."""

    id: UUID | None = None


class MachineChange(MachineDraft):
    """A machine as a whole. ``version`` is that which was seen: if it changed meanwhile, nothing is changed."""

    version: Version


class StatusChange(Message):
    """``reason`` is needed for every status but ``in_order``; ``version`` as in MachineChange."""

    status: MachineStatus
    reason: Words | None = None
    version: Version


class FaultReport(Message):
    """Something is wrong. The machine becomes at least as bad as ``status`` says; ``id`` as in NewMachine."""

    id: UUID | None = None
    description: Words
    status: MachineStatus = MachineStatus.NEEDS_ATTENTION


class FaultResolution(Message):
    """``note`` says what was done. With the last open fault the machine is in order again, unless told otherwise."""

    note: Words | None = None
    back_in_order: bool = True


class MaintenanceDone(Message):
    """``done_on`` None is today at the site; ``id`` as in NewMachine. The next day follows from the plan."""

    id: UUID | None = None
    done_on: Day | None = None
    note: Words | None = None


class ImageOrder(Message):
    """All pictures of the machine in the order they shall have; ``version`` as in MachineChange."""

    image_ids: Annotated[list[UUID], Field(max_length=50)]
    version: Version


class ImageView(Message):
    """A picture in three sizes. The URLs are absolute or paths on this server, and good for some minutes.

    ``width`` and ``height`` are pixels of the large one.
    """

    id: UUID
    width: int
    height: int
    large_url: str
    medium_url: str
    small_url: str


class FaultView(Message):
    """A fault: who reported it when (an account's id), and how it was resolved; None while it is open."""

    id: UUID
    description: str
    reported_at: Instant
    reported_by: str
    resolved_at: Instant | None
    resolved_by: str | None
    resolution: str | None


class MaintenanceView(Message):
    """Maintenance that was done, and by whom (an account's id)."""

    id: UUID
    done_on: date
    done_by: str
    note: str | None


class MachineView(Message):
    """A machine in a list. ``reason`` and ``since_on`` go with the status; ``picture`` is the first one."""

    id: UUID
    site_id: UUID
    name: str
    category: str
    serial: str | None
    status: MachineStatus
    reason: str | None
    since_on: date
    maintenance_every_days: int | None
    maintenance_due_on: date | None
    open_faults: int
    picture: ImageView | None
    version: int


class MachineDetail(MachineView):
    """A machine with its pictures in order, and its newest hundred faults and maintenances, newest first."""

    images: list[ImageView]
    faults: list[FaultView]
    maintenance: list[MaintenanceView]


class MachinePage(Message):
    """Ordered by name, id. ``next`` goes into ``after``; None at the end."""

    items: list[MachineView]
    next: str | None
