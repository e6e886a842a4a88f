"""Heartbeats of a kiosk."""

from cloud_api.devices.health import keep_heartbeat
from shared.contracts.devices import CameraState, Heartbeat
from shared.domain.time import TimeQuality


def beat(gym, kiosk):
    """One heartbeat, at the time that the gym's clock says."""
    told = Heartbeat(
        program_version="1.0",
        stream_id=kiosk.enrolment.stream_id,
        last_number=0,
        queue=0,
        oldest_unsent_at=None,
        quarantined=0,
        roster_epoch=None,
        roster_version=None,
        roster_age_s=None,
        clock_offset_ms=None,
        time_quality=TimeQuality.SYNCED,
        camera=CameraState.OK,
        decode_rate=12.0,
        disk_free_mib=1000,
        not_recorded=0,
    )
    with gym.cloud.database.transaction() as session:
        keep_heartbeat(session, kiosk.id, told)
