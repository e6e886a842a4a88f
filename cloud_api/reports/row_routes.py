"""The rows behind the numbers of ``reports``, a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import allow
from cloud_api.common.routing import new_router
from cloud_api.reports import doors, machines, members, plans, refusals, retention, takings, visits
from shared.contracts import report_rows as says


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(prefix="/v1/reports", tags=["reports"], dependencies=[Depends(allow("report.read"))])
    read = cloud.database.reading

    @routes.get("/visits/rows")
    def read_visit_rows(wanted: Annotated[says.VisitRowsQuery, Query()]) -> says.VisitLinePage:
        """The visits that were counted, newest first."""
        with read() as session:
            return visits.rows(session, wanted)

    @routes.get("/refusals/rows")
    def read_refusal_rows(wanted: Annotated[says.RefusalRowsQuery, Query()]) -> says.RefusalLinePage:
        """The refusals that were counted, newest first."""
        with read() as session:
            return refusals.rows(session, wanted)

    @routes.get("/members/rows")
    def read_member_rows(wanted: Annotated[says.MemberRowsQuery, Query()]) -> says.MemberLinePage:
        """Who joined, or who left, newest first."""
        with read() as session:
            return members.rows(session, wanted)

    @routes.get("/revenue/rows")
    def read_revenue_rows(wanted: Annotated[says.RevenueRowsQuery, Query()]) -> says.RevenueLinePage:
        """The receipts' lines that were counted, newest first."""
        with read() as session:
            return takings.rows(session, wanted)

    @routes.get("/machines/rows")
    def read_fault_rows(wanted: Annotated[says.FaultRowsQuery, Query()]) -> says.FaultLinePage:
        """Faults that were reported or resolved, newest first."""
        with read() as session:
            return machines.rows(session, wanted)

    @routes.get("/doors/rows")
    def read_door_rows(wanted: Annotated[says.DoorRowsQuery, Query()]) -> says.DoorHourPage:
        """The hours in which kiosks were heard, newest first."""
        with read() as session:
            return doors.rows(session, wanted)

    @routes.get("/plans/rows")
    def read_plan_rows(wanted: Annotated[says.HolderRowsQuery, Query()]) -> says.HolderLinePage:
        """Who has access today, or has it on one plan."""
        with read() as session:
            return plans.rows(session, wanted)

    @routes.get("/overdue/rows")
    def read_overdue_rows(wanted: Annotated[says.HolderRowsQuery, Query()]) -> says.HolderLinePage:
        """Who is overdue today, longest first."""
        with read() as session:
            return plans.overdue_rows(session, wanted)

    @routes.get("/retention/rows")
    def read_retention_rows(wanted: Annotated[says.RetentionRowsQuery, Query()]) -> says.MemberLinePage:
        """Who joined in a month, or came in another one, too."""
        with read() as session:
            return retention.rows(session, wanted)

    return routes
