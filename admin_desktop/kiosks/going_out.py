"""The list of kiosks as a file."""

from collections.abc import Sequence

from admin_desktop.exporting.table import Export, Field
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Page
from shared.contracts.kiosks import DeviceInfo
from shared.domain.device import DeviceStatus, Direction


def kiosk_export(context: Context, devices: Sequence[DeviceInfo]) -> Export[DeviceInfo]:
    """All of them, also those that are locked."""
    words, page = context.words, Page(list(devices), None)

    def state(device: DeviceInfo) -> str:
        key = {DeviceStatus.AWAITING: "kiosks.state.awaiting", DeviceStatus.REVOKED: "kiosks.state.locked"}
        return words(key.get(device.status, "export.in_use"))

    def waiting(device: DeviceInfo) -> int | None:
        return None if device.heartbeat is None else device.heartbeat.queue

    fields: list[Field[DeviceInfo]] = [
        Field(words("kiosks.name"), lambda device: device.name),
        Field(words("kiosks.site"), lambda device: context.sites.name_of(device.site_id)),
        Field(words("kiosks.direction"), lambda device: _direction(device, context)),
        Field(words("export.state"), state),
        Field(words("kiosks.light.seen"), lambda device: device.heartbeat_at),
        Field(words("kiosks.light.waiting"), waiting),
        Field(words("export.version"), lambda device: device.program_version),
    ]
    return Export(words("kiosks.room"), fields, lambda _: page, context.sites.zone)


def _direction(device: DeviceInfo, context: Context) -> str:
    return context.words("export.exit" if device.direction is Direction.EXIT else "export.entry")
