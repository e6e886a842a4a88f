"""Machines as staff look at them. The URLs of pictures are signed anew for each answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from cloud_api.common.objects import Objects
from cloud_api.common.paging import beyond, cut
from cloud_api.gym.machines_images import images_of
from cloud_api.gym.machines_saving import count_open_faults, get_machine
from cloud_api.gym.tables import MachineFaultRow, MachineImageRow, MachineMaintenanceRow, MachineRow
from shared.contracts.machines import FaultView, ImageView, MachineDetail, MachinePage, MachineView, MaintenanceView
from shared.domain.machine import MachineStatus

_NEWEST = 100


def list_machines(
    session: Session,
    objects: Objects,
    *,
    site_id: UUID | None,
    status: MachineStatus | None,
    due_by: date | None,
    after: str | None,
    limit: int,
) -> MachinePage:
    """By name. Raises InvalidInput for a cursor that is none of ours."""
    order = (col(MachineRow.name), col(MachineRow.id))
    query = select(MachineRow).order_by(*order).limit(limit + 1)
    if site_id is not None:
        query = query.where(MachineRow.site_id == site_id)
    if status is not None:
        query = query.where(MachineRow.status == status.value)
    if due_by is not None:
        query = query.where(col(MachineRow.maintenance_due_on) <= due_by)
    if after is not None:
        query = query.where(beyond(order, after, [str, UUID]))
    rows, following = cut(session.exec(query).all(), limit, lambda row: (row.name, row.id))
    return MachinePage(items=_views(session, objects, rows), next=following)


def read_machine(session: Session, objects: Objects, machine_id: UUID) -> MachineDetail:
    """Raises Rejected ``machine_unknown``."""
    row = get_machine(session, machine_id)
    images = [_image_view(objects, image) for image in images_of(session, machine_id)]
    faults = _newest(session, MachineFaultRow, machine_id, col(MachineFaultRow.reported_at))
    done = _newest(session, MachineMaintenanceRow, machine_id, col(MachineMaintenanceRow.done_on))
    view = _view(row, open_faults=count_open_faults(session, machine_id), picture=images[0] if images else None)
    return MachineDetail(
        **dict(view),
        images=images,
        faults=[FaultView(**fault.model_dump(exclude={"machine_id"})) for fault in faults],
        maintenance=[MaintenanceView(**item.model_dump(exclude={"machine_id"})) for item in done],
    )


def _views(session: Session, objects: Objects, rows: Sequence[MachineRow]) -> list[MachineView]:
    ids = [row.id for row in rows]
    is_open = (col(MachineFaultRow.machine_id).in_(ids), col(MachineFaultRow.resolved_at).is_(None))
    counting = select(MachineFaultRow.machine_id, func.count()).where(*is_open)
    faults = dict(session.exec(counting.group_by(col(MachineFaultRow.machine_id))).all())
    ordered = select(MachineImageRow).where(col(MachineImageRow.machine_id).in_(ids))
    last_to_first = ordered.order_by(col(MachineImageRow.place).desc(), col(MachineImageRow.id).desc())
    first = {image.machine_id: image for image in session.exec(last_to_first)}
    pictures = {machine_id: _image_view(objects, image) for machine_id, image in first.items()}
    return [_view(row, open_faults=faults.get(row.id, 0), picture=pictures.get(row.id)) for row in rows]


def _view(row: MachineRow, *, open_faults: int, picture: ImageView | None) -> MachineView:
    known = row.model_dump(exclude={"status"})
    return MachineView(**known, status=MachineStatus(row.status), open_faults=open_faults, picture=picture)


def _image_view(objects: Objects, row: MachineImageRow) -> ImageView:
    return ImageView(
        id=row.id,
        width=row.width,
        height=row.height,
        large_url=objects.sign_download(row.large_key),
        medium_url=objects.sign_download(row.medium_key),
        small_url=objects.sign_download(row.small_key),
    )


def _newest(session: Session, table: Any, machine_id: UUID, order: Any) -> Sequence[Any]:
    query = select(table).where(table.machine_id == machine_id).order_by(order.desc(), table.id.desc())
    return session.exec(query.limit(_NEWEST)).all()
