"""Opening a door from the desk: one order to one kiosk, good for ten seconds, and what became of it."""

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from admin_desktop.desk import Desk
from admin_desktop.shell.context import Context
from shared.contracts.devices import DoorState
from shared.contracts.kiosks import DeviceInfo, Opening, OpeningState
from shared.domain.device import DeviceStatus, Direction

_HEARD = timedelta(seconds=150)
_ASK_EVERY_S = 0.4
_UNDER_WAY = (OpeningState.WAITING, OpeningState.FETCHED)


def doors_at(devices: Iterable[DeviceInfo], site_id: UUID, *, now: datetime) -> list[DeviceInfo]:
    """The kiosks of a site that can open a way in now: those that said so and were heard of lately."""
    return [each for each in devices if each.site_id == site_id and _can_open(each, now)]


def open_door(context: Context, device: DeviceInfo) -> None:
    """Order it, and tell in a toast what became of it."""
    order_id, words, desk = context.new_id(), context.words, context.desk

    def told(opening: Opening) -> None:
        context.toasts.show(words(f"door.opening.{opening.state.value}", name=device.name))

    context.toasts.show(words("door.opening.waiting", name=device.name))
    context.ask(lambda: _ordered(desk, device.id, order_id), told, failed=context.show_failure)


def _ordered(desk: Desk, device_id: UUID, order_id: UUID) -> Opening:
    """Blocks until it is known what became of the order: ten seconds and a little at the most."""
    opening, pause = desk.staff.open_door(device_id, order_id), threading.Event()
    while opening.state in _UNDER_WAY:
        pause.wait(_ASK_EVERY_S)
        opening = desk.staff.opening(device_id, order_id)
    return opening


def _can_open(device: DeviceInfo, now: datetime) -> bool:
    told, heard_at = device.heartbeat, device.heartbeat_at
    if told is None or heard_at is None or told.door is DoorState.NONE:
        return False
    is_on = device.status is DeviceStatus.ACTIVE and device.direction is Direction.ENTRY
    return is_on and now - heard_at <= _HEARD
