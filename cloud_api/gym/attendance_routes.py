"""Who came, when; what happened at the doors; and what staff enter or take back by hand."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.gym import checkins
from cloud_api.gym.listing import list_attendance, list_visits, read_event, read_events
from shared.contracts.gym import (
    Acceptance,
    AttendancePage,
    AttendanceView,
    EventQuery,
    ManualCheckIn,
    VisitPage,
    VoidRequest,
)

_Changer = Annotated[Principal, Depends(allow("attendance.change"))]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["attendance"])

    @routes.get("/v1/visits", dependencies=[Depends(allow("visit.read"))])
    def read_visits(wanted: Annotated[EventQuery, Query()]) -> VisitPage:
        """Who came, when, oldest first or newest first. Days are the site's."""
        with cloud.database.reading() as session:
            return list_visits(session, wanted)

    @routes.get("/v1/attendance", dependencies=[Depends(allow("attendance.read"))])
    def read_attendance(wanted: Annotated[EventQuery, Query()]) -> AttendancePage:
        """Every event at the doors, admitted or refused and why, oldest or newest first. Days are the site's."""
        with cloud.database.reading() as session:
            return list_attendance(session, wanted)

    @routes.post("/v1/attendance", status_code=201, responses=problem_responses(404, 409))
    def check_in(body: ManualCheckIn, by: _Changer) -> AttendanceView:
        """Check a member in by hand. Sent again with the same id it counts once."""
        with cloud.database.transaction() as session:
            return read_event(session, checkins.check_in(session, cloud.keys, body, by=by))

    @routes.post("/v1/attendance-acceptances", responses=problem_responses(404))
    def accept(body: Acceptance, by: _Changer) -> AttendancePage:
        """Let events count that a revoked kiosk handed in, all of them or none."""
        with cloud.database.transaction() as session:
            return read_events(session, checkins.accept(session, cloud.keys, body.event_ids, by=by))

    @routes.post("/v1/attendance/{event_id}/void", responses=problem_responses(404, 409))
    def take_back(event_id: UUID, body: VoidRequest, by: _Changer) -> AttendanceView:
        """Take a check-in back: it stays on record and counts no more."""
        with cloud.database.transaction() as session:
            return read_event(session, checkins.take_back(session, cloud.keys, event_id, note=body.note, by=by))

    return routes
