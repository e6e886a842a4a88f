"""The routes of ``reports``: the numbers, each also for a spreadsheet."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import allow
from cloud_api.common.routing import join, new_router
from cloud_api.reports import (
    audit_routes,
    contact_routes,
    csvs,
    doors,
    machines,
    members,
    plans,
    refusals,
    retention,
    row_routes,
    summary,
    takings,
    visits,
)
from cloud_api.reports.at_risk import at_risk, everybody_at_risk
from shared.contracts import reports as says
from shared.contracts.report_rows import AtRiskPage, AtRiskQuery

_Query = Annotated[says.ReportQuery, Query()]
_Site = Annotated[says.SiteQuery, Query()]
_Months = Annotated[says.RetentionQuery, Query()]
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {csvs.MEDIA_TYPE: {"schema": {"type": "string"}}}}}


class Csv(PlainTextResponse):
    media_type = csvs.MEDIA_TYPE


def router(cloud: Cloud) -> APIRouter:
    own = (_of_the_floor, _of_the_house, _of_today)
    return join(
        new_router(), *(part(cloud) for part in (*own, row_routes.router, contact_routes.router, audit_routes.router))
    )


def _readers() -> APIRouter:
    return new_router(prefix="/v1/reports", tags=["reports"], dependencies=[Depends(allow("report.read"))])


def _of_the_floor(cloud: Cloud) -> APIRouter:
    routes, read = _readers(), cloud.database.reading

    @routes.get("/summary")
    def read_summary(wanted: _Query) -> says.SummaryReport:
        """A period in numbers, and the as many days before it."""
        with read() as session:
            return summary.report(session, wanted)

    @routes.get("/summary.csv", response_class=Csv, responses=_CSV)
    def read_summary_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.summary_csv(summary.report(session, wanted)))

    @routes.get("/visits")
    def read_visits(wanted: _Query) -> says.VisitsReport:
        """Visits begun, by site-local day and hour."""
        with read() as session:
            return visits.report(session, wanted)

    @routes.get("/visits.csv", response_class=Csv, responses=_CSV)
    def read_visits_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.visits_csv(visits.report(session, wanted)))

    @routes.get("/heat-map")
    def read_heat_map(wanted: _Query) -> says.HeatMapReport:
        """Visits begun, by weekday and hour, and by site."""
        with read() as session:
            return visits.heat_map(session, wanted)

    @routes.get("/heat-map.csv", response_class=Csv, responses=_CSV)
    def read_heat_map_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.heat_map_csv(visits.heat_map(session, wanted)))

    @routes.get("/refusals")
    def read_refusals(wanted: _Query) -> says.RefusalsReport:
        """Refusals at the doors, by site-local day and reason."""
        with read() as session:
            return refusals.report(session, wanted)

    @routes.get("/refusals.csv", response_class=Csv, responses=_CSV)
    def read_refusals_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.refusals_csv(refusals.report(session, wanted)))

    return routes


def _of_the_house(cloud: Cloud) -> APIRouter:
    routes, read = _readers(), cloud.database.reading

    @routes.get("/members")
    def read_members(wanted: _Query) -> says.MembersReport:
        """Who joined and who left, by day."""
        with read() as session:
            return members.report(session, wanted)

    @routes.get("/members.csv", response_class=Csv, responses=_CSV)
    def read_members_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.members_csv(members.report(session, wanted)))

    @routes.get("/revenue")
    def read_revenue(wanted: _Query) -> says.RevenueReport:
        """What came in less what went back, by month and plan."""
        with read() as session:
            return takings.report(session, wanted)

    @routes.get("/revenue.csv", response_class=Csv, responses=_CSV)
    def read_revenue_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.revenue_csv(takings.report(session, wanted)))

    @routes.get("/machines")
    def read_machines(wanted: _Query) -> says.MachinesReport:
        """Machines: faults reported and resolved, days out of order."""
        with read() as session:
            return machines.report(session, wanted)

    @routes.get("/machines.csv", response_class=Csv, responses=_CSV)
    def read_machines_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.machines_csv(machines.report(session, wanted)))

    @routes.get("/doors")
    def read_doors(wanted: _Query) -> says.DoorsReport:
        """How long the kiosks were in contact, by kiosk and day."""
        with read() as session:
            return doors.report(session, wanted)

    @routes.get("/doors.csv", response_class=Csv, responses=_CSV)
    def read_doors_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.doors_csv(doors.report(session, wanted)))

    return routes


def _of_today(cloud: Cloud) -> APIRouter:
    routes, read = _readers(), cloud.database.reading

    @routes.get("/plans")
    def read_plans(wanted: _Site) -> says.PlansReport:
        """Members with access today, by plan."""
        with read() as session:
            return plans.report(session, wanted)

    @routes.get("/plans.csv", response_class=Csv, responses=_CSV)
    def read_plans_csv(wanted: _Site) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.plans_csv(plans.report(session, wanted)))

    @routes.get("/overdue")
    def read_overdue(wanted: _Site) -> says.OverdueReport:
        """Who is overdue today."""
        with read() as session:
            return plans.overdue(session, wanted)

    @routes.get("/overdue.csv", response_class=Csv, responses=_CSV)
    def read_overdue_csv(wanted: _Site) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.overdue_csv(plans.overdue(session, wanted)))

    @routes.get("/retention")
    def read_retention(wanted: _Months) -> says.RetentionReport:
        """Of those who joined in a month, how many came in each month since."""
        with read() as session:
            return retention.report(session, wanted)

    @routes.get("/retention.csv", response_class=Csv, responses=_CSV)
    def read_retention_csv(wanted: _Months) -> Csv:
        """The same for a spreadsheet."""
        with read() as session:
            return Csv(csvs.retention_csv(retention.report(session, wanted)))

    @routes.get("/at-risk")
    def read_at_risk(wanted: Annotated[AtRiskQuery, Query()]) -> AtRiskPage:
        """Who comes less than usual, those first who miss most."""
        with read() as session:
            return at_risk(session, wanted)

    @routes.get("/at-risk.csv", response_class=Csv, responses=_CSV)
    def read_at_risk_csv(wanted: _Site) -> Csv:
        """All of them, for a spreadsheet."""
        with read() as session:
            return Csv(csvs.at_risk_csv(everybody_at_risk(session, wanted)))

    return routes
