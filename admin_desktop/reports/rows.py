"""Rows behind a number: a page of them, with the names that the rows have ids of. Qt-free, blocks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from admin_desktop.desk import Desk
from admin_desktop.reports.behind import Behind, What
from admin_desktop.widgets.pages import Page
from shared.client.reports import ReportsCloud
from shared.contracts.gym import MemberRef

PAGE = 100
_STEP = " "

Names = dict[UUID, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report, who it is about, and what the plan, the machine or the kiosk in it is called.

    ``member`` is None where nobody is, or nobody knows.
    """

    line: Any
    member: MemberRef | None = None
    thing: str = ""


class _Lines(Protocol):
    @property
    def items(self) -> Sequence[Any]: ...

    @property
    def next(self) -> str | None: ...


class LineSource:
    """The lines of a number, page by page; names of things are asked for once. One thread at a time."""

    def __init__(self, desk: Desk, behind: Behind) -> None:
        self._desk, self._behind = desk, behind
        self._names: Names | None = None

    def fetch(self, after: str | None) -> Page[Line]:
        """A cursor of ours says which of the questions it is of."""
        number, _, cursor = (after or "0").partition(_STEP)
        place = int(number)
        question = self._behind.questions[place].model_copy(update={"after": cursor or None, "limit": PAGE})
        page = _route(self._desk.reports, self._behind.what)(question)
        rows = self._named(page.items)
        if page.next is not None:
            return Page(rows, f"{place}{_STEP}{page.next}")
        return Page(rows, str(place + 1) if place + 1 < len(self._behind.questions) else None)

    def _named(self, items: Sequence[Any]) -> list[Line]:
        members = self._desk.staff.member_refs(_members(items))
        if self._names is None:
            self._names = _things(self._desk, self._behind.what)
        names = self._names
        return [
            Line(item, members.get(getattr(item, "member_id", None)), names.get(_thing_of(item), ""))  # type: ignore[arg-type]
            for item in items
        ]


def machine_names(desk: Desk) -> Names:
    """Of all machines, also of those that are retired."""
    names: Names = {}
    after: str | None = None
    while True:
        page = desk.machines.machines(after=after, limit=PAGE)
        names |= {machine.id: machine.name for machine in page.items}
        after = page.next
        if after is None:
            return names


def kiosk_names(desk: Desk) -> Names:
    return {device.id: device.name for device in desk.staff.devices()}


def plan_names(desk: Desk) -> Names:
    return {plan.id: plan.name for plan in desk.staff.plans()}


def _route(reports: ReportsCloud, what: What) -> Callable[[Any], _Lines]:
    routes: dict[What, Callable[[Any], _Lines]] = {
        What.VISITS: reports.visit_lines,
        What.REFUSALS: reports.refusal_lines,
        What.MEMBERS: reports.member_lines,
        What.HOLDERS: reports.plan_lines,
        What.OVERDUE: reports.overdue_lines,
        What.RETENTION: reports.retention_lines,
        What.REVENUE: reports.revenue_lines,
        What.FAULTS: reports.fault_lines,
        What.DOORS: reports.door_hours,
    }
    return routes[what]


def _things(desk: Desk, what: What) -> Names:
    match what:
        case What.HOLDERS | What.OVERDUE | What.REVENUE:
            return plan_names(desk)
        case What.FAULTS:
            return machine_names(desk)
        case What.DOORS:
            return kiosk_names(desk)
        case _:
            return {}


def _members(items: Iterable[Any]) -> list[UUID]:
    return [item.member_id for item in items if getattr(item, "member_id", None) is not None]


def _thing_of(item: Any) -> Any:
    return next((getattr(item, name) for name in ("plan_id", "machine_id", "device_id") if hasattr(item, name)), None)
