"""What the room says of machines: states as chips, days as people say them, which are asked for. No Qt but chips' icons.

A gym has some hundreds of machines at the most: the desk holds those of a site and filters them itself, so that counts,
search and filters answer at once, also while the cloud is away.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import Chip, Tone
from admin_desktop.widgets.pages import Cell, Column
from shared.contracts.machines import MachineView
from shared.desktop.drawings import Icon
from shared.domain.machine import MachineStatus

STICKER = "FIT-MACHINE-"
"""Begins the code on a machine's sticker; its id follows."""
_CATEGORIES = 5

_BY_STATUS = {
    MachineStatus.IN_ORDER: ("in_order", Tone.GOOD, Icon.TICK),
    MachineStatus.NEEDS_ATTENTION: ("needs_attention", Tone.CARE, Icon.EXCLAIM),
    MachineStatus.OUT_OF_ORDER: ("out_of_order", Tone.BAD, Icon.BLOCK),
    MachineStatus.RETIRED: ("retired", Tone.OVER, Icon.BAR),
}


class By(Enum):
    """What a filter looks at."""

    ALL = "all"  # but the retired ones
    OUT = "out"
    ATTENTION = "attention"
    DUE = "due"
    CATEGORY = "category"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Filter:
    by: By = By.ALL
    category: str = ""

    def takes(self, machine: MachineView, *, today: date) -> bool:
        if (machine.status is MachineStatus.RETIRED) is not (self.by is By.RETIRED):
            return False
        match self.by:
            case By.OUT:
                return machine.status is MachineStatus.OUT_OF_ORDER
            case By.ATTENTION:
                return machine.status is MachineStatus.NEEDS_ATTENTION
            case By.DUE:
                return is_due(machine, today=today)
            case By.CATEGORY:
                return machine.category == self.category
            case _:
                return True

    def said(self, words: Words) -> str:
        return self.category if self.by is By.CATEGORY else words(f"machines.filter.{self.by.value}")


def is_due(machine: MachineView, *, today: date) -> bool:
    """Whether maintenance should be done by now."""
    due_on = machine.maintenance_due_on
    return machine.status is not MachineStatus.RETIRED and due_on is not None and due_on <= today


def offered(machines: Sequence[MachineView], *, today: date) -> list[tuple[Filter, int]]:
    """The filters that find something, with how many: all, states, the largest categories, retired ones."""
    in_use = [machine.category for machine in machines if machine.status is not MachineStatus.RETIRED]
    largest = Counter(in_use).most_common(_CATEGORIES)
    categories = [Filter(By.CATEGORY, name) for name, _ in largest] if len(largest) > 1 else []
    wanted = [Filter(By.OUT), Filter(By.ATTENTION), Filter(By.DUE), *categories, Filter(By.RETIRED)]
    counted = [(each, sum(each.takes(machine, today=today) for machine in machines)) for each in wanted]
    return [(Filter(), len(in_use)), *[(each, count) for each, count in counted if count]]


def found(machines: Sequence[MachineView], wanted: Filter, text: str, *, today: date) -> list[MachineView]:
    """Those of a filter with a text in name, category or serial; the one whose sticker was scanned into the search."""
    scanned = sticker_id(text)
    if scanned is not None:
        return [machine for machine in machines if machine.id == scanned]
    parts = text.casefold().split()
    chosen = [machine for machine in machines if wanted.takes(machine, today=today)]
    return [machine for machine in chosen if all(part in _searched(machine) for part in parts)]


def sticker_text(machine_id: UUID) -> str:
    """What the sticker's code says: alphanumeric, and none of the codes that open a door."""
    return f"{STICKER}{machine_id.hex.upper()}"


def sticker_id(text: str) -> UUID | None:
    """The machine of a scanned sticker; None for any other text."""
    text = text.strip().upper()
    try:
        return UUID(text.removeprefix(STICKER)) if text.startswith(STICKER) else None
    except ValueError:
        return None


def status_chip(machine: MachineView, words: Words, *, today: date) -> Chip:
    """The one thing to know: a state that keeps people away, else service that is due."""
    if machine.status is MachineStatus.IN_ORDER and is_due(machine, today=today):
        return Chip(words("machines.service_due"), Tone.CARE, Icon.WRENCH)
    return plain_chip(machine.status, words)


def plain_chip(status: MachineStatus, words: Words) -> Chip:
    name, tone, icon = _BY_STATUS[status]
    return Chip(words(f"machines.status.{name}"), tone, icon)


def beside_chip(machine: MachineView, words: Words, *, today: date) -> str:
    """What goes with the chip: the reason, else the next service."""
    if machine.reason and machine.status is not MachineStatus.IN_ORDER:
        return machine.reason
    if machine.maintenance_due_on is None:
        return ""
    key = "machines.due_since" if is_due(machine, today=today) else "machines.service_on"
    return words(key, day=words.day(machine.maintenance_due_on, today=today))


def _searched(machine: MachineView) -> str:
    return " ".join((machine.name, machine.category, machine.serial or "")).casefold()


def machine_columns(words: Words, today: Callable[[], date]) -> list[Column[MachineView]]:
    def service(machine: MachineView) -> Cell:
        due_on = machine.maintenance_due_on
        return Cell("" if due_on is None else words.day(due_on, today=today()))

    def state(machine: MachineView) -> Cell:
        return Cell(chip=status_chip(machine, words, today=today()))

    def faults(machine: MachineView) -> Cell:
        return Cell(str(machine.open_faults) if machine.open_faults else "", right=True)

    return [
        Column(
            words("machines.name"), 3, lambda machine: Cell(machine.name, machine.serial or "", strong=True), floor=200
        ),
        Column(words("machines.category"), 2, lambda machine: Cell(machine.category), floor=130),
        Column(words("machines.state"), 2, state, floor=160),
        Column(words("machines.service"), 1, service, floor=120),
        Column(words("machines.faults"), 1, faults, floor=110),
    ]
