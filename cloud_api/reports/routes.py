"""The routes of ``reports``."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import allow
from cloud_api.common.routing import join, new_router
from cloud_api.reports import audit_routes, csvs, refusals, visits
from shared.contracts.reports import RefusalsReport, ReportQuery, VisitsReport

_Query = Annotated[ReportQuery, Query()]
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {csvs.MEDIA_TYPE: {"schema": {"type": "string"}}}}}


class Csv(PlainTextResponse):
    media_type = csvs.MEDIA_TYPE


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(prefix="/v1/reports", tags=["reports"], dependencies=[Depends(allow("report.read"))])

    @routes.get("/visits")
    def read_visits(wanted: _Query) -> VisitsReport:
        """Visits begun, by site-local day and hour."""
        with cloud.database.reading() as session:
            return visits.report(session, wanted)

    @routes.get("/visits.csv", response_class=Csv, responses=_CSV)
    def read_visits_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with cloud.database.reading() as session:
            return Csv(csvs.visits_csv(visits.report(session, wanted)))

    @routes.get("/refusals")
    def read_refusals(wanted: _Query) -> RefusalsReport:
        """Refusals at the doors, by site-local day and reason."""
        with cloud.database.reading() as session:
            return refusals.report(session, wanted)

    @routes.get("/refusals.csv", response_class=Csv, responses=_CSV)
    def read_refusals_csv(wanted: _Query) -> Csv:
        """The same for a spreadsheet."""
        with cloud.database.reading() as session:
            return Csv(csvs.refusals_csv(refusals.report(session, wanted)))

    return join(routes, audit_routes.router(cloud))
