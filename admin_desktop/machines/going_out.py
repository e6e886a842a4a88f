"""The list of machines as a file."""

from admin_desktop.exporting.table import Export, Field
from admin_desktop.machines.reading import plain_chip
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Fetch
from shared.contracts.machines import MachineView


def machine_export(context: Context, fetch: Fetch[MachineView]) -> Export[MachineView]:
    """As the list is filtered."""
    words = context.words
    fields: list[Field[MachineView]] = [
        Field(words("machines.name"), lambda machine: machine.name),
        Field(words("machines.category"), lambda machine: machine.category),
        Field(words("machines.serial_field"), lambda machine: machine.serial),
        Field(words("machines.site_field"), lambda machine: context.sites.name_of(machine.site_id)),
        Field(words("machines.state"), lambda machine: plain_chip(machine.status, words).text),
        Field(words("machines.reason_field"), lambda machine: machine.reason),
        Field(words("export.since"), lambda machine: machine.since_on),
        Field(words("machines.due_field"), lambda machine: machine.maintenance_due_on),
        Field(words("machines.faults"), lambda machine: machine.open_faults),
    ]
    return Export(words("machines.room"), fields, fetch, context.sites.zone)
