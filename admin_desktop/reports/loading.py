"""What the parts of the room ask the cloud for. Qt-free; blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from admin_desktop.desk import Desk
from admin_desktop.reports.figures import Summary
from admin_desktop.reports.rows import Names, kiosk_names, machine_names, plan_names
from admin_desktop.widgets.pages import Page
from shared.contracts.gym import MemberRef
from shared.contracts.report_rows import AtRiskMember, AtRiskQuery
from shared.contracts.reports import DoorsReport, MachinesReport, ReportQuery

PAGE = 50


@dataclass(frozen=True, slots=True)
class Leaving:
    """Someone who comes less than usual, by name and with the plan's. ``until`` ends the weeks that were compared."""

    risk: AtRiskMember
    member: MemberRef | None
    plan: str
    until: date


@dataclass(frozen=True, slots=True)
class LeavingPage:
    """``total`` counts those of all pages."""

    total: int
    page: Page[Leaving]


def load_summary(desk: Desk, wanted: ReportQuery, sites: Sequence[UUID]) -> Summary:
    """``sites`` are those to count who is inside right now; none for a period that is not today's."""
    report = desk.reports.summary(wanted)
    return Summary(report, sum(desk.staff.occupancy(site).inside for site in sites) if sites else None)


def load_leaving(desk: Desk, site_id: UUID | None, after: str | None, *, limit: int = PAGE) -> LeavingPage:
    found = desk.reports.at_risk(AtRiskQuery(site_id=site_id, after=after, limit=limit))
    members = desk.staff.member_refs(each.member_id for each in found.items)
    plans = plan_names(desk) if found.items else {}
    rows = [
        Leaving(each, members.get(each.member_id), plans.get(each.plan_id, ""), found.until) for each in found.items
    ]
    return LeavingPage(found.total, Page(rows, found.next))


def load_machines(desk: Desk, wanted: ReportQuery) -> tuple[MachinesReport, Names]:
    report = desk.reports.machines(wanted)
    return report, machine_names(desk) if report.machines else {}


def load_doors(desk: Desk, wanted: ReportQuery) -> tuple[DoorsReport, Names]:
    return desk.reports.doors(wanted), kiosk_names(desk)
