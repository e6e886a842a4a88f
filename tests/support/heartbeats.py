"""What a kiosk of a test says of itself."""

WELL = {
    "program_version": "0.4.1",
    "last_number": 0,
    "queue": 0,
    "oldest_unsent_at": None,
    "quarantined": 0,
    "roster_epoch": None,
    "roster_version": None,
    "roster_age_s": 4,
    "clock_offset_ms": -212,
    "time_quality": "synced",
    "camera": "ok",
    "decode_rate": 24.5,
    "disk_free_mib": 51_234,
    "not_recorded": 0,
}


def beat(device, **facts):
    """A heartbeat of a kiosk that is well, but for ``facts``."""
    body = WELL | {"stream_id": str(device.enrolment.stream_id)} | facts
    device.client.post("/v1/devices/self/heartbeat", json=body).raise_for_status()
