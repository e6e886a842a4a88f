"""Looking after machines: faults reported and resolved, maintenance done."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common import audit
from cloud_api.common.principal import Principal
from cloud_api.common.session import new_id, transaction_time
from cloud_api.gym.machines import put_into, today_of
from cloud_api.gym.machines_saving import count_open_faults, known_of, lock_machine, save
from cloud_api.gym.outgoing import tell_fault
from cloud_api.gym.tables import MachineFaultRow, MachineMaintenanceRow, MachineRow
from shared.contracts.machines import FaultReport, FaultResolution, MaintenanceDone
from shared.domain.machine import MachineStatus, next_maintenance_on, worse_of
from shared.errors import InvalidInput, Rejected


def report_fault(session: Session, machine_id: UUID, report: FaultReport, *, by: Principal | str) -> MachineRow:
    """Write down that something is wrong. Reported again with the same id, it is the same fault.

    Raises:
        Rejected: ``machine_unknown``; ``machine_retired``; ``id_taken``: by another machine's fault.
        InvalidInput: a fault retires no machine.
    """
    row = lock_machine(session, machine_id)
    if report.id is not None and _is_there(session.get(MachineFaultRow, report.id), machine_id):
        return row
    if row.status == MachineStatus.RETIRED.value:
        raise Rejected("This machine is retired: nothing can be reported of it.", code="machine_retired")
    if report.status is MachineStatus.RETIRED:
        raise InvalidInput("A fault retires no machine. Set its status.", field="status")
    before = known_of(row)
    fault = _fault(session, machine_id, report, by)
    session.add(fault)
    worse = worse_of(MachineStatus(row.status), report.status)
    if worse is not MachineStatus.IN_ORDER and worse.value != row.status:
        put_into(session, row, worse, reason=report.description)
    save(session, row, "fault_reported", by=by, before=before, also={"fault": fault.id, "description": True})
    tell_fault(session, fault, "reported", site_id=row.site_id)
    return row


def resolve_fault(
    session: Session, machine_id: UUID, fault_id: UUID, resolution: FaultResolution, *, by: Principal | str
) -> MachineRow:
    """Close a fault. With the last one the machine is in order again, unless told otherwise.

    Asked again by the same person with the same note it changes nothing: an answer may have been lost.

    Raises:
        Rejected: ``machine_unknown``, ``fault_unknown``; ``fault_resolved``: somebody was faster.
    """
    row = lock_machine(session, machine_id)
    fault = session.get(MachineFaultRow, fault_id)
    if fault is None or fault.machine_id != machine_id:
        raise Rejected("There is no such fault of this machine.", code="fault_unknown")
    if (fault.resolved_by, fault.resolution) == (audit.name_of(by), resolution.note):
        return row
    if fault.resolved_at is not None:
        raise Rejected("This fault has been resolved already.", code="fault_resolved")
    before = known_of(row)
    fault.resolved_at, fault.resolved_by = transaction_time(session), audit.name_of(by)
    fault.resolution = resolution.note
    session.add(fault)
    session.flush()
    is_last = count_open_faults(session, machine_id) == 0
    if is_last and resolution.back_in_order and row.status != MachineStatus.RETIRED.value:
        put_into(session, row, MachineStatus.IN_ORDER, reason=None)
    save(session, row, "fault_resolved", by=by, before={**before, "fault": fault.id})
    tell_fault(session, fault, "resolved", site_id=row.site_id)
    return row


def record_maintenance(session: Session, machine_id: UUID, done: MaintenanceDone, *, by: Principal | str) -> MachineRow:
    """Write down maintenance; the plan says when it is due again. An older one written down late moves nothing back.

    Raises:
        Rejected: ``machine_unknown``; ``id_taken``: by another machine's maintenance.
        InvalidInput: it lies in the future.
    """
    row = lock_machine(session, machine_id)
    if done.id is not None and _is_there(session.get(MachineMaintenanceRow, done.id), machine_id):
        return row
    today = today_of(session, row.site_id)
    done_on = done.done_on or today
    if done_on > today:
        raise InvalidInput("Maintenance that was done cannot lie in the future.", field="done_on")
    before = known_of(row)
    session.add(
        MachineMaintenanceRow(
            id=done.id or new_id(session),
            machine_id=machine_id,
            done_on=done_on,
            done_by=audit.name_of(by),
            note=done.note,
        )
    )
    due_on = next_maintenance_on(done_on, row.maintenance_every_days)
    if row.maintenance_due_on is None or due_on is None or due_on > row.maintenance_due_on:
        row.maintenance_due_on = due_on
    save(session, row, "maintenance", by=by, before=before, also={"maintenance": done_on})
    return row


def _fault(session: Session, machine_id: UUID, report: FaultReport, by: Principal | str) -> MachineFaultRow:
    return MachineFaultRow(
        id=report.id or new_id(session),
        machine_id=machine_id,
        description=report.description,
        reported_at=transaction_time(session),
        reported_by=audit.name_of(by),
    )


def _is_there(row: MachineFaultRow | MachineMaintenanceRow | None, machine_id: UUID) -> bool:
    if row is not None and row.machine_id != machine_id:
        raise Rejected("This id belongs to another machine's record.", code="id_taken")
    return row is not None
