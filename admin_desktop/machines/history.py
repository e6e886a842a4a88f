"""What is known of a machine in lines: its facts, and what has happened to it."""

from admin_desktop.machines.reading import is_due
from admin_desktop.shell.context import Context
from shared.contracts.machines import FaultView, MachineDetail, MaintenanceView


def facts(machine: MachineDetail, context: Context) -> list[str]:
    words, today = context.words, context.today
    serial = words("machines.no_serial")
    if machine.serial is not None:
        serial = words("machines.serial", serial=machine.serial)
    plan = [words("machines.no_plan")]
    if machine.maintenance_every_days is not None:
        plan = [words("machines.plan", n=machine.maintenance_every_days)]
    if machine.maintenance_due_on is not None:
        key = "machines.due_since" if is_due(machine, today=today) else "machines.service_on"
        plan.append(words(key, day=words.day(machine.maintenance_due_on, today=today)))
    since = words("machines.since", day=words.day(machine.since_on, today=today))
    return [since, f"{machine.category} · {context.sites.name_of(machine.site_id)}", serial, *plan]


def history(machine: MachineDetail, context: Context) -> list[tuple[str, str]]:
    """Resolved faults and services, newest first."""
    words, zone, now = context.words, context.sites.zone, context.clock.now()

    def of_fault(fault: FaultView) -> tuple[str, str]:
        assert fault.resolved_at is not None  # noqa: S101  # it is history
        resolved = words("machines.fault.resolved", moment=words.moment(fault.resolved_at, zone=zone, now=now))
        reported = words("machines.fault.reported", moment=words.moment(fault.reported_at, zone=zone, now=now))
        return fault.description, " · ".join(filter(None, (resolved, fault.resolution, reported)))

    def of_service(done: MaintenanceView) -> tuple[str, str]:
        day = words.day(done.done_on, today=now.astimezone(zone).date())
        return words("machines.history.service"), " · ".join(filter(None, (day, done.note)))

    faults = [fault for fault in machine.faults if fault.resolved_at is not None]
    dated = [(fault.resolved_at.astimezone(zone).date(), of_fault(fault)) for fault in faults if fault.resolved_at]
    dated += [(done.done_on, of_service(done)) for done in machine.maintenance]
    return [lines for _, lines in sorted(dated, key=lambda pair: pair[0], reverse=True)]
