"""Machines: the list, one machine, its status, faults, maintenance and pictures."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from cloud_api.common import uploads
from cloud_api.common.cloud import Cloud
from cloud_api.common.paging import After, Limit
from cloud_api.common.principal import Principal, allow
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import join, new_router
from cloud_api.gym import machines, machines_care, machines_images
from cloud_api.gym.machines_listing import list_machines, read_machine
from cloud_api.gym.machines_saving import get_machine
from shared.contracts.machines import (
    FaultReport,
    FaultResolution,
    ImageOrder,
    MachineChange,
    MachineDetail,
    MachinePage,
    MaintenanceDone,
    NewMachine,
    StatusChange,
)
from shared.contracts.uploads import ImageUploadRequest, UploadedImage, UploadTicket
from shared.domain.machine import MachineStatus

_Changer = Annotated[Principal, Depends(allow("machine.change"))]
_Carer = Annotated[Principal, Depends(allow("machine.care"))]
_Reader = Depends(allow("machine.read"))
_ONE = "/v1/machines/{machine_id}"
_DueBy = Annotated[date | None, Query(description="Only those whose maintenance is due on this day or before.")]


def router(cloud: Cloud) -> APIRouter:
    routes = new_router()
    for part in (_kept, _cared_for, _pictured):
        join(routes, part(cloud))
    return routes


def _kept(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["machines"])

    @routes.get("/v1/machines", dependencies=[_Reader])
    def read_machines(
        site_id: UUID | None = None,
        status: MachineStatus | None = None,
        due_by: _DueBy = None,
        after: After = None,
        limit: Limit = 50,
    ) -> MachinePage:
        """Machines by name, a page at a time."""
        with cloud.database.reading() as session:
            return list_machines(
                session, cloud.objects, site_id=site_id, status=status, due_by=due_by, after=after, limit=limit
            )

    @routes.post("/v1/machines", status_code=201, responses=problem_responses(404))
    def create_machine(body: NewMachine, by: _Changer) -> MachineDetail:
        """Write a machine down. Sent again with the same id it changes nothing."""
        with cloud.database.transaction() as session:
            row = machines.create_machine(session, body, by=by)
            return read_machine(session, cloud.objects, row.id)

    @routes.get(_ONE, dependencies=[_Reader], responses=problem_responses(404))
    def read_one(machine_id: UUID) -> MachineDetail:
        """One machine with its pictures, faults and maintenance."""
        with cloud.database.reading() as session:
            return read_machine(session, cloud.objects, machine_id)

    @routes.put(_ONE, responses=problem_responses(404, 409))
    def change_machine(machine_id: UUID, body: MachineChange, by: _Changer) -> MachineDetail:
        """Change what is known of a machine, as a whole, unless somebody else was faster."""
        with cloud.database.transaction() as session:
            machines.change_machine(session, machine_id, body, by=by)
            return read_machine(session, cloud.objects, machine_id)

    @routes.delete(_ONE, status_code=204, responses=problem_responses(404, 409))
    def remove_machine(machine_id: UUID, by: _Changer) -> None:
        """Remove a machine that is retired, or that has no history."""
        with cloud.database.transaction() as session:
            machines.remove_machine(session, machine_id, by=by)

    return routes


def _cared_for(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["machines"])

    @routes.post(f"{_ONE}/status", responses=problem_responses(404, 409))
    def set_status(machine_id: UUID, body: StatusChange, by: _Carer) -> MachineDetail:
        """Say whether people may use a machine, and why not."""
        with cloud.database.transaction() as session:
            machines.set_status(session, machine_id, body, by=by)
            return read_machine(session, cloud.objects, machine_id)

    @routes.post(f"{_ONE}/faults", status_code=201, responses=problem_responses(404, 409))
    def report_fault(machine_id: UUID, body: FaultReport, by: _Carer) -> MachineDetail:
        """Write down that something is wrong. Sent again with the same id it changes nothing."""
        with cloud.database.transaction() as session:
            machines_care.report_fault(session, machine_id, body, by=by)
            return read_machine(session, cloud.objects, machine_id)

    @routes.post(f"{_ONE}/faults/{{fault_id}}/resolve", responses=problem_responses(404, 409))
    def resolve_fault(machine_id: UUID, fault_id: UUID, body: FaultResolution, by: _Carer) -> MachineDetail:
        """Close a fault."""
        with cloud.database.transaction() as session:
            machines_care.resolve_fault(session, machine_id, fault_id, body, by=by)
            return read_machine(session, cloud.objects, machine_id)

    @routes.post(f"{_ONE}/maintenance", status_code=201, responses=problem_responses(404, 409))
    def record_maintenance(machine_id: UUID, body: MaintenanceDone, by: _Carer) -> MachineDetail:
        """Write down that a machine was looked after. Sent again with the same id it changes nothing."""
        with cloud.database.transaction() as session:
            machines_care.record_maintenance(session, machine_id, body, by=by)
            return read_machine(session, cloud.objects, machine_id)

    return routes


def _pictured(cloud: Cloud) -> APIRouter:
    routes = new_router(tags=["machines"])

    @routes.post(f"{_ONE}/image-uploads", status_code=201, responses=problem_responses(404))
    def offer_upload(
        machine_id: UUID, body: ImageUploadRequest, _by: Annotated[Principal, Depends(allow("image.change"))]
    ) -> UploadTicket:
        """Ask where to send a picture."""
        with cloud.database.reading() as session:
            get_machine(session, machine_id)
        return uploads.offer(cloud.objects, body)

    @routes.post(f"{_ONE}/images", status_code=201, responses=problem_responses(404, 409))
    def attach_image(
        machine_id: UUID, body: UploadedImage, by: Annotated[Principal, Depends(allow("image.change"))]
    ) -> MachineDetail:
        """Take in the picture that was sent, as the last one. Asked again, it is not taken in twice."""
        machines_images.attach_image(cloud, machine_id, body.upload, by=by)
        with cloud.database.reading() as session:
            return read_machine(session, cloud.objects, machine_id)

    @routes.put(f"{_ONE}/images", responses=problem_responses(404, 409))
    def order_images(
        machine_id: UUID, body: ImageOrder, by: Annotated[Principal, Depends(allow("image.change"))]
    ) -> MachineDetail:
        """Put the pictures in another order, unless somebody else changed the machine meanwhile."""
        with cloud.database.transaction() as session:
            machines_images.order_images(session, machine_id, body, by=by)
            return read_machine(session, cloud.objects, machine_id)

    @routes.delete(f"{_ONE}/images/{{image_id}}", responses=problem_responses(404))
    def remove_image(
        machine_id: UUID, image_id: UUID, by: Annotated[Principal, Depends(allow("image.change"))]
    ) -> MachineDetail:
        """Take a picture away."""
        with cloud.database.transaction() as session:
            machines_images.remove_image(session, machine_id, image_id, by=by)
            return read_machine(session, cloud.objects, machine_id)

    return routes
