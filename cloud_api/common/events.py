"""Payloads of events that more than one service knows: written by one, read by others through the outbox."""

from uuid import UUID

from shared.contracts.base import Instant, Message
from shared.contracts.devices import EventRecord

ATTENDANCE_TOPIC = "attendance"
ATTENDANCE_RECORDED = "attendance.recorded"


class AttendanceRecorded(Message):
    """A newly stored attendance event, published once by ``devices``. Its message id is the event's id.

    Key: the member where the kiosk named one, else the event's id. ``effective_at`` is the corrected time that visits
    are derived from; ``flags`` as in the answer to the kiosk. Facts never change, so there is no version.
    """

    device_id: UUID
    site_id: UUID
    stream_id: UUID
    received_at: Instant
    effective_at: Instant
    flags: list[str]
    event: EventRecord
