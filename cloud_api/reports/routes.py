"""The routes of ``reports``: the numbers, each also for a spreadsheet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

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
from shared.contracts.report_rows import AtRiskPage, AtRiskQuery
from shared.contracts.reports import ReportQuery, RetentionQuery, SiteQuery

_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {csvs.MEDIA_TYPE: {"schema": {"type": "string"}}}}}


class Csv(PlainTextResponse):
    media_type = csvs.MEDIA_TYPE


@dataclass(frozen=True, slots=True)
class _Report:
    """``read(session, wanted)`` answers what ``asks`` asks, with the type it says of itself."""

    path: str
    asks: type[BaseModel]
    read: Callable[..., BaseModel]
    as_csv: Callable[[Any], str]
    says: str


_REPORTS = (
    _Report(
        "summary", ReportQuery, summary.report, csvs.summary_csv, "A period in numbers, and the as many days before it."
    ),
    _Report("visits", ReportQuery, visits.report, csvs.visits_csv, "Visits begun, by site-local day and hour."),
    _Report(
        "heat-map", ReportQuery, visits.heat_map, csvs.heat_map_csv, "Visits begun, by weekday and hour, and by site."
    ),
    _Report(
        "refusals",
        ReportQuery,
        refusals.report,
        csvs.refusals_csv,
        "Refusals at the doors, by site-local day and reason.",
    ),
    _Report("members", ReportQuery, members.report, csvs.members_csv, "Who joined and who left, by day."),
    _Report(
        "revenue", ReportQuery, takings.report, csvs.revenue_csv, "What came in less what went back, by month and plan."
    ),
    _Report(
        "machines",
        ReportQuery,
        machines.report,
        csvs.machines_csv,
        "Machines: faults reported and resolved, days out of order.",
    ),
    _Report(
        "doors", ReportQuery, doors.report, csvs.doors_csv, "How long the kiosks were in contact, by kiosk and day."
    ),
    _Report("plans", SiteQuery, plans.report, csvs.plans_csv, "Members with access today, by plan."),
    _Report("overdue", SiteQuery, plans.overdue, csvs.overdue_csv, "Who is overdue today."),
    _Report(
        "retention",
        RetentionQuery,
        retention.report,
        csvs.retention_csv,
        "Of those who joined in a month, how many came in each month since.",
    ),
)


def router(cloud: Cloud) -> APIRouter:
    parts = (_numbers, row_routes.router, contact_routes.router, audit_routes.router)
    return join(new_router(), *(part(cloud) for part in parts))


def _numbers(cloud: Cloud) -> APIRouter:
    routes = new_router(prefix="/v1/reports", tags=["reports"], dependencies=[Depends(allow("report.read"))])
    for each in _REPORTS:
        _add(routes, cloud, each)
    _add_at_risk(routes, cloud)
    return routes


def _add(routes: APIRouter, cloud: Cloud, report: _Report) -> None:
    """The numbers, and the same for a spreadsheet."""
    answer = get_type_hints(report.read)["return"]
    name = f"read_{report.path.replace('-', '_')}"

    def numbers(wanted: Any) -> Any:
        with cloud.database.reading() as session:
            return report.read(session, wanted)

    def spreadsheet(wanted: Any) -> Any:
        return Csv(report.as_csv(numbers(wanted)))

    asked = {"wanted": Annotated[report.asks, Query()]}
    numbers.__annotations__ = {**asked, "return": answer}
    spreadsheet.__annotations__ = {**asked, "return": Csv}
    routes.add_api_route(f"/{report.path}", numbers, name=name, description=report.says)
    routes.add_api_route(
        f"/{report.path}.csv",
        spreadsheet,
        name=f"{name}_csv",
        description="The same for a spreadsheet.",
        response_class=Csv,
        responses=_CSV,
    )


def _add_at_risk(routes: APIRouter, cloud: Cloud) -> None:
    read = cloud.database.reading

    @routes.get("/at-risk")
    def read_at_risk(wanted: Annotated[AtRiskQuery, Query()]) -> AtRiskPage:
        """Who comes less than usual, those first who miss most."""
        with read() as session:
            return at_risk(session, wanted)

    @routes.get("/at-risk.csv", response_class=Csv, responses=_CSV)
    def read_at_risk_csv(wanted: Annotated[SiteQuery, Query()]) -> Csv:
        """All of them, for a spreadsheet."""
        with read() as session:
            return Csv(csvs.at_risk_csv(everybody_at_risk(session, wanted)))
