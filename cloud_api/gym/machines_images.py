"""Pictures of machines: taken in, put in order, taken away."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import images, keeping, uploads
from cloud_api.common.cloud import Cloud
from cloud_api.common.objects import content_key
from cloud_api.common.principal import Principal
from cloud_api.gym.machines_saving import get_machine, known_of, lock_machine, save
from cloud_api.gym.tables import MachineImageRow, MachineRow
from shared.contracts.machines import ImageOrder
from shared.errors import InvalidInput, Rejected

FOLDER = "images"
MAX_IMAGES = 20


def attach_image(cloud: Cloud, machine_id: UUID, upload: str, *, by: Principal | str) -> None:
    """Take an uploaded picture in, as the last one of a machine. Asked again, it is not taken in twice.

    Two transactions: the object store is written between them, while no lock is held (:mod:`keeping`).

    Raises:
        Rejected: ``machine_unknown``, ``upload_unknown``, ``too_many_images``.
        InvalidInput: it is no picture that can be taken.
        Unavailable: the store is full or away; nothing was changed, and the upload is still there.
    """
    with cloud.database.reading() as session:
        get_machine(session, machine_id)
        if _is_taken_in(session, machine_id, upload):
            return
        _check_room(session, machine_id)
    pictures = uploads.read_pictures(cloud.objects, upload, edges=images.MACHINE_EDGES)
    contents = {content_key(FOLDER, one.content, one.content_type): one.content for one in pictures}
    keys = [content_key(FOLDER, one.content, one.content_type) for one in pictures]
    uploads.store(cloud.database, cloud.objects, contents)
    with cloud.database.transaction() as session:
        keeping.confirm(session, keys)
        _add(session, machine_id, uploads.id_of(upload), keys, pictures[0], by=by)
    uploads.discard(cloud.objects, upload)


def order_images(session: Session, machine_id: UUID, order: ImageOrder, *, by: Principal | str) -> None:
    """Put all pictures of a machine in order.

    Raises:
        Rejected: ``machine_unknown``, ``machine_changed``.
        InvalidInput: not each picture was named once.
    """
    row = lock_machine(session, machine_id, version=order.version)
    rows = {image.id: image for image in images_of(session, machine_id)}
    if sorted(order.image_ids) != sorted(rows):
        raise InvalidInput("Name every picture of the machine once.", field="image_ids")
    if order.image_ids != list(rows):
        before = _with_images(session, row)
        _place(session, [rows[image_id] for image_id in order.image_ids])
        _save(session, row, before, by=by)


def remove_image(session: Session, machine_id: UUID, image_id: UUID, *, by: Principal | str) -> None:
    """Take a picture away from a machine; the next sweep removes what nobody else refers to.

    Raises:
        Rejected: ``machine_unknown``, ``image_unknown``.
    """
    row = lock_machine(session, machine_id)
    rows = images_of(session, machine_id)
    gone = next((image for image in rows if image.id == image_id), None)
    if gone is None:
        raise Rejected("This machine has no such picture.", code="image_unknown")
    before = _with_images(session, row)
    session.delete(gone)
    _place(session, [image for image in rows if image is not gone])
    _save(session, row, before, by=by)


def images_of(session: Session, machine_id: UUID) -> list[MachineImageRow]:
    """In their order."""
    order = (col(MachineImageRow.place), col(MachineImageRow.id))
    return list(session.exec(select(MachineImageRow).where(MachineImageRow.machine_id == machine_id).order_by(*order)))


def _add(
    session: Session,
    machine_id: UUID,
    image_id: UUID,
    keys: Sequence[str],
    picture: images.Picture,
    *,
    by: Principal | str,
) -> None:
    row = lock_machine(session, machine_id)
    if session.get(MachineImageRow, image_id) is not None:
        return  # asked twice at the same time
    _check_room(session, machine_id)
    places = [image.place for image in images_of(session, machine_id)]
    large, medium, small = keys
    before = _with_images(session, row)
    session.add(
        MachineImageRow(
            id=image_id,
            machine_id=machine_id,
            place=max(places, default=-1) + 1,
            width=picture.width,
            height=picture.height,
            large_key=large,
            medium_key=medium,
            small_key=small,
        )
    )
    _save(session, row, before, by=by)


def _is_taken_in(session: Session, machine_id: UUID, upload: str) -> bool:
    known = session.get(MachineImageRow, uploads.id_of(upload))
    if known is not None and known.machine_id != machine_id:
        raise Rejected("This picture was taken in for another machine.", code="upload_unknown")
    return known is not None


def _check_room(session: Session, machine_id: UUID) -> None:
    if len(images_of(session, machine_id)) >= MAX_IMAGES:
        raise Rejected(f"A machine has {MAX_IMAGES} pictures at the most.", code="too_many_images")


def _place(session: Session, rows: Sequence[MachineImageRow]) -> None:
    for place, image in enumerate(rows):
        image.place = place
        session.add(image)


def _with_images(session: Session, row: MachineRow) -> dict[str, object]:
    """What the audit log gets when the pictures changed: which they are, in their order."""
    return {**known_of(row), "images": [image.id for image in images_of(session, row.id)]}


def _save(session: Session, row: MachineRow, before: dict[str, object], *, by: Principal | str) -> None:
    session.flush()
    save(session, row, "changed", by=by, before=before, also=_with_images(session, row))
