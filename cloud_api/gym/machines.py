"""Machines: the gym's equipment, what is known of it, and whether people may use it."""

from datetime import date
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id
from cloud_api.gym.lookups import get_site, today_at
from cloud_api.gym.machines_saving import known_of, lock_machine, refuse_overtaken, save, tell
from cloud_api.gym.mapping import to_site
from cloud_api.gym.tables import MachineFaultRow, MachineImageRow, MachineMaintenanceRow, MachineRow
from shared.contracts.machines import MachineChange, MachineDraft, NewMachine, StatusChange
from shared.domain.machine import Condition, MachineStatus, change_condition
from shared.errors import InvalidInput, Rejected

_PARTS = (MachineFaultRow, MachineMaintenanceRow, MachineImageRow)


def create_machine(session: Session, draft: NewMachine, *, by: Principal | str) -> MachineRow:
    """Write a machine down, in order. Asked again with the id of one that is there, it changes nothing.

    Raises:
        Rejected: ``site_unknown``.
    """
    machine_id = draft.id or new_id(session)
    known = session.get(MachineRow, machine_id)
    if known is not None:
        return known
    get_site(session, draft.site_id)
    row = MachineRow(
        id=machine_id,
        status=MachineStatus.IN_ORDER.value,
        since_on=today_of(session, draft.site_id),
        **draft.model_dump(exclude={"id"}),
    )
    session.add(row)
    session.flush()
    tell(session, row, "created", by=by, before={})
    return row


def change_machine(session: Session, machine_id: UUID, draft: MachineChange, *, by: Principal | str) -> MachineRow:
    """Change what is known of a machine, as a whole. The same again changes nothing.

    Raises:
        Rejected: ``machine_unknown``, ``machine_changed``, ``site_unknown``.
    """
    row = lock_machine(session, machine_id)
    get_site(session, draft.site_id)
    before = known_of(row)
    _fill(row, draft)
    if known_of(row) != before:
        refuse_overtaken(row, draft.version)
        save(session, row, "changed", by=by, before=before)
    return row


def set_status(session: Session, machine_id: UUID, change: StatusChange, *, by: Principal | str) -> MachineRow:
    """Say how a machine is. The same again changes nothing.

    Raises:
        Rejected: ``machine_unknown``, ``machine_changed``.
        InvalidInput: a reason is missing, or a retired machine is to break.
    """
    row = lock_machine(session, machine_id)
    before = known_of(row)
    put_into(session, row, change.status, reason=change.reason)
    if known_of(row) != before:
        refuse_overtaken(row, change.version)
        save(session, row, "status_changed", by=by, before=before)
    return row


def remove_machine(session: Session, machine_id: UUID, *, by: Principal | str) -> None:
    """Remove a machine and its history for good. Its pictures go with the next sweep.

    Raises:
        Rejected: ``machine_unknown``; ``machine_in_use``: it has a history and is not retired.
    """
    row = lock_machine(session, machine_id)
    if row.status != MachineStatus.RETIRED.value and _has_history(session, machine_id):
        message = "This machine has faults or maintenance on record. Retire it first; then it can be removed."
        raise Rejected(message, code="machine_in_use")
    before = known_of(row)
    for part in _PARTS:
        session.exec(delete(part).where(col(part.machine_id) == machine_id))
    session.delete(row)
    session.flush()
    row.version += 1
    tell(session, row, "removed", by=by, before=before)


def put_into(session: Session, row: MachineRow, status: MachineStatus, *, reason: str | None) -> None:
    """Bring a row into a condition as of today.

    Raises:
        InvalidInput: the rules of :mod:`shared.domain.machine` do not allow it.
    """
    now = Condition(MachineStatus(row.status), row.since_on, row.reason)
    try:
        new = change_condition(now, status, reason=reason, on=today_of(session, row.site_id))
    except ValueError as error:
        raise InvalidInput(f"This status is not possible: {error}.", field="status") from error
    row.status, row.since_on, row.reason = new.status.value, new.since_on, new.reason


def today_of(session: Session, site_id: UUID) -> date:
    """The day at a site."""
    return today_at(session, to_site(get_site(session, site_id)))


def _fill(row: MachineRow, draft: MachineDraft) -> None:
    row.site_id, row.name, row.category, row.serial = draft.site_id, draft.name, draft.category, draft.serial
    row.maintenance_every_days = draft.maintenance_every_days
    row.maintenance_due_on = draft.maintenance_due_on


def _has_history(session: Session, machine_id: UUID) -> bool:
    tables = (MachineFaultRow, MachineMaintenanceRow)
    return any(
        session.exec(select(table.id).where(table.machine_id == machine_id).limit(1)).first() for table in tables
    )
