"""How long a device is heard, by its heartbeats: told once an hour, with the first heartbeat of the next one.

What was heard of the hour so far stands in the device's own row, which each heartbeat writes anyway; so it costs an
event an hour and nothing else. A device that falls silent tells of its last hour when it is back, or when it is
revoked; hours of which nothing is ever told were silent.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from cloud_api.common.outbox import publish
from cloud_api.devices.tables import DeviceRow

SILENT_AFTER = timedelta(seconds=150)
"""Two heartbeats a minute apart may be lost to a slow answer; after this, contact was."""
_HOUR = timedelta(hours=1)


def hear(session: Session, device: DeviceRow, *, now: datetime) -> None:
    """Count the time since the last heartbeat (``heartbeat_at``, not yet the new one) as heard, or as a loss."""
    last = device.heartbeat_at
    is_silent = last is not None and now - last > SILENT_AFTER
    heard_from = now if last is None or is_silent or last > now else last
    while _hour_of(heard_from) < _hour_of(now):
        end = _hour_of(heard_from) + _HOUR
        _count(session, device, heard_from, end)
        heard_from = end
    _count(session, device, heard_from, now)
    device.lost += is_silent


def tell_heard(session: Session, device: DeviceRow) -> None:
    """Tell of the hour that was being counted, if there is one, and begin anew."""
    if device.heard_hour_at is None:
        return
    payload = {
        "device_id": str(device.id),
        "site_id": str(device.site_id),
        "hour_at": device.heard_hour_at.isoformat(),
        "heard_s": round(device.heard_ms / 1000),
        "losses": device.lost,
    }
    publish(session, topic="device", type="device.heard", key=device.id, payload=payload)
    device.heard_hour_at, device.heard_ms, device.lost = None, 0, 0


def _count(session: Session, device: DeviceRow, start: datetime, end: datetime) -> None:
    """Count a span that lies within an hour."""
    hour_at = _hour_of(start)
    if device.heard_hour_at != hour_at:
        tell_heard(session, device)
        device.heard_hour_at = hour_at
    device.heard_ms += round((end - start) / timedelta(milliseconds=1))


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
