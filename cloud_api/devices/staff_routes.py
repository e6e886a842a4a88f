"""The routes by which staff look after kiosks: pairing, health, locking out, opening a door."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from cloud_api.devices import enrolment, health, opening, revocation
from cloud_api.devices.messages import DeviceInfo, EnrolmentCode, EventInfo, NewDevice, NewOpening, Opening
from cloud_api.devices.pairing import enrolment_code


def router(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["devices"])

    @routes.get("/v1/devices")
    def list_devices(_principal: Annotated[Principal, Depends(allow("device.list"))]) -> list[DeviceInfo]:
        """Every kiosk and how it is."""
        with cloud.database.reading() as session:
            return health.list_devices(session)

    @routes.post("/v1/devices", status_code=201, responses=problem_responses(404))
    def create_device(
        body: NewDevice, principal: Annotated[Principal, Depends(allow("device.create"))]
    ) -> EnrolmentCode:
        """Register a kiosk; the answer has its one-time code, good for 15 minutes."""
        with cloud.database.transaction() as session:
            device_id = enrolment.create_device(
                session,
                site_id=body.site_id,
                name=body.name,
                direction=body.direction,
                device_id=body.id,
                actor=principal,
            )
            code, expires_at = enrolment.new_code(session, device_id, keys=cloud.keys, actor=principal)
        return enrolment_code(cloud, device_id, code, expires_at)

    @routes.post("/v1/devices/{device_id}/codes", status_code=201, responses=problem_responses(404, 409))
    def make_code(device_id: UUID, principal: Annotated[Principal, Depends(allow("device.change"))]) -> EnrolmentCode:
        """A new code, to enrol the same kiosk again in place. Its old key counts until the code is used."""
        with cloud.database.transaction() as session:
            code, expires_at = enrolment.new_code(session, device_id, keys=cloud.keys, actor=principal)
        return enrolment_code(cloud, device_id, code, expires_at)

    @routes.post("/v1/devices/{device_id}/revocation", status_code=204, responses=problem_responses(404))
    def revoke(device_id: UUID, principal: Annotated[Principal, Depends(allow("device.revoke"))]) -> None:
        """Lock a kiosk out for good. At its next call it is ordered to wipe; its unsent events are handed in after."""
        with cloud.database.transaction() as session:
            revocation.revoke_device(session, device_id, actor=principal, journal=cloud.journal)

    @routes.post("/v1/devices/{device_id}/openings", status_code=201, responses=problem_responses(404, 409))
    def open_door(
        device_id: UUID, body: NewOpening, principal: Annotated[Principal, Depends(allow("device.open"))]
    ) -> Opening:
        """Open a kiosk's door now: it is told within a second or so, or never. 409 ``no_door``, ``no_contact``."""
        with cloud.database.transaction() as session:
            return opening.order(session, device_id, body, by=principal)

    @routes.get("/v1/devices/{device_id}/openings/{opening_id}", responses=problem_responses(404))
    def read_opening(
        device_id: UUID, opening_id: UUID, _principal: Annotated[Principal, Depends(allow("device.open"))]
    ) -> Opening:
        """How far an order to open is."""
        with cloud.database.reading() as session:
            return opening.read(session, device_id, opening_id)

    @routes.get("/v1/devices/{device_id}/events", responses=problem_responses(404))
    def list_events(
        device_id: UUID,
        _principal: Annotated[Principal, Depends(allow("device.list"))],
        after: UUID | None = None,
        newest: Annotated[int | None, Query(ge=1, le=health.MOST_NEWEST)] = None,
    ) -> list[EventInfo]:
        """A page of up to 500 events that a kiosk handed in, by id; ``after`` is the last id of the page before.

        ``newest`` asks for that many of the last instead, newest first.
        """
        with cloud.database.reading() as session:
            if newest is not None:
                return health.newest_events(session, device_id, newest)
            return health.list_events(session, device_id, after=after)

    return routes
