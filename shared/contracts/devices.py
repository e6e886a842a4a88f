"""The messages between a kiosk and ``devices``: enrolment, tokens, roster feed, event upload, heartbeat, wipe."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Bytes, Instant, Message
from shared.contracts.roster import RosterRow
from shared.domain.attendance import EventKind, Outcome
from shared.domain.device import Direction
from shared.domain.passes import PassKind
from shared.domain.time import TimeQuality

MAX_BATCH = 500
"""Events in one upload at the most."""

SERVER_TIME_HEADER = "Fit-Server-Time"
"""On every answer: the server's time in microseconds since 1970, for the kiosk's clock offset."""

ShortText = Annotated[str, Field(max_length=200)]
CodeText = Annotated[str, Field(max_length=64)]


class EnrolRequest(Message):
    """Redeem a one-time code. ``public_key`` is the device's raw Ed25519 key; ``program_version`` of the kiosk."""

    code: Annotated[str, Field(min_length=4, max_length=32)]
    public_key: Annotated[Bytes, Field(min_length=32, max_length=32)]
    program_version: CodeText


class Enrolment(Message):
    """What a kiosk is after enrolment. ``pepper`` and ``site_key`` are secrets and go to the ``SecretStore`` only.

    ``gym_public_key`` (Ed25519) verifies wipe orders. ``stream_id`` numbers this device's events from 1.
    """

    device_id: UUID
    device_name: str
    stream_id: UUID
    gym_id: UUID
    gym_number: int
    gym_name: str
    site_id: UUID
    site_name: str
    direction: Direction
    pepper: Bytes
    site_key: Bytes
    gym_public_key: Bytes
    server_at: Instant


class ChallengeRequest(Message):
    device_id: UUID


class Challenge(Message):
    r"""``nonce`` is to be signed within ``expires_at``: Ed25519 over ``"fit-device-1\0"``, the device id's 16 bytes, nonce."""

    nonce: Bytes
    expires_at: Instant


class TokenRequest(Message):
    device_id: UUID
    nonce: Bytes
    signature: Annotated[Bytes, Field(min_length=64, max_length=64)]


class DeviceToken(Message):
    """A bearer token for the routes under ``/v1/devices/self``; ``expires_in_s`` from now, 900 as a rule."""

    access_token: str
    expires_in_s: int


class WipeOrder(Message):
    r"""The only message that makes a kiosk wipe (hard case: wipe).

    ``signature``: the gym's Ed25519 key over ``"fit-wipe-1\0"``, gym id (16), device id (16), ``ordered_at`` as unix
    seconds (8, big-endian).
    """

    gym_id: UUID
    device_id: UUID
    ordered_at: Instant
    signature: Bytes


class FeedAnswer(Message):
    """Changes after a cursor, oldest first.

    ``version`` is the cursor after applying ``rows``; ``head_version`` and ``checksum`` (64 bits) are of the whole
    roster, and hold for the kiosk once ``version == head_version`` (then ``more`` is false).
    """

    epoch: UUID
    version: int
    head_version: int
    checksum: int
    rows: list[RosterRow]
    more: bool


class Snapshot(Message):
    """The whole roster of a site in one consistent read. Tombstones are not in it."""

    epoch: UUID
    version: int
    checksum: int
    rows: list[RosterRow]


class OpenOrder(Message):
    r"""Open the door once, now: good for 10 seconds after ``ordered_at`` and for one kiosk.

    ``signature``: the gym's Ed25519 key over ``"fit-open-1\0"``, gym id (16), device id (16), ``id`` (16),
    ``ordered_at`` as unix seconds (8, big-endian).
    """

    id: UUID
    gym_id: UUID
    device_id: UUID
    ordered_at: Instant
    signature: Bytes


class OpenReport(Message):
    """What became of an order to open: ``opened`` is False when the door's program failed, or the order did not count."""

    opened: bool


class Hint(Message):
    """Where the roster stands; answered when it is not where the kiosk said, or after ``wait`` seconds.

    ``open`` is an order that somebody gave just now. It is told once, to a kiosk that waits; it never waits for one.
    """

    epoch: UUID
    version: int
    open: OpenOrder | None = None


class EventRecord(Message):
    """One attendance event as the kiosk wrote it down before the light turned green.

    ``number`` is gapless within the stream. ``lookup`` is the keyed hash of what was shown (never the thing itself),
    ``code_at`` the time inside a live code, ``voucher_id`` the public id of a voucher. ``wall_at`` is what the wall
    clock said, ``door_at`` what the door believed, ``boot_ms`` milliseconds of CLOCK_BOOTTIME under ``boot_id``,
    ``offset_ms`` server minus wall clock when last measured. ``refers_to`` is the check-in a void takes back.
    """

    id: UUID
    number: Annotated[int, Field(ge=1, lt=2**53)]
    kind: EventKind
    direction: Direction
    outcome: Outcome | None
    reason: CodeText | None
    notices: Annotated[list[CodeText], Field(max_length=16)]
    reopened: bool
    pass_kind: PassKind | None
    lookup: Annotated[Bytes, Field(min_length=16, max_length=16)] | None
    member_id: UUID | None
    membership_id: UUID | None
    voucher_id: Annotated[Bytes, Field(min_length=8, max_length=8)] | None
    code_at: Instant | None
    wall_at: Instant
    door_at: Instant
    time_quality: TimeQuality
    boot_ms: Annotated[int, Field(ge=0, lt=2**53)]
    boot_id: CodeText
    offset_ms: Annotated[int, Field(gt=-(2**53), lt=2**53)] | None
    roster_epoch: UUID | None
    roster_version: Annotated[int, Field(ge=0, lt=2**53)] | None
    roster_age_s: Annotated[int, Field(ge=0, lt=2**53)] | None
    refers_to: UUID | None
    note: ShortText | None


class EventStatus(Enum):
    """What became of one uploaded event. All but ``later`` close its number: it need not be sent again."""

    STORED = "stored"
    DUPLICATE = "duplicate"  # stored before, with the same content
    CONFLICT = "conflict"  # the same id was stored before with other content; the first is kept
    REFUSED = "refused"  # cannot be read, for good; kept as raw bytes under its number
    LATER = "later"  # not now, send again


class EventResult(Message):
    """``flags`` say what the cloud noticed: unknown_member, admitted_after_block, reused_number, clock_in_future ..."""

    id: UUID
    number: int
    status: EventStatus
    flags: list[CodeText]


class EventUpload(Message):
    """Up to 500 events of one stream. Documents the body; the server reads each event on its own."""

    stream_id: UUID
    events: Annotated[list[EventRecord], Field(max_length=MAX_BATCH)]


class UploadAnswer(Message):
    """One result for each event, found by its id. ``have_up_to``: every number from 1 to it is closed.

    ``missing`` are the gaps above it as inclusive ranges (at most 100 of them), which the kiosk sends again if it has
    them. ``open_new_stream`` says that a number came back with another event: this disk was restored or copied.
    """

    results: list[EventResult]
    have_up_to: int
    missing: list[tuple[int, int]]
    open_new_stream: bool


class CameraState(Enum):
    OK = "ok"
    LOST = "lost"
    NONE = "none"


class DoorState(Enum):
    """Whether a kiosk can open a door, and whether it did when it was last asked to."""

    NONE = "none"
    READY = "ready"
    FAILED = "failed"


class Heartbeat(Message):
    """How a kiosk is. ``queue`` counts unsent events; ages in seconds, disk in MiB, decode rate in frames per second."""

    program_version: CodeText
    stream_id: UUID
    last_number: Annotated[int, Field(ge=0, lt=2**53)]
    queue: Annotated[int, Field(ge=0)]
    oldest_unsent_at: Instant | None
    quarantined: Annotated[int, Field(ge=0)]
    roster_epoch: UUID | None
    roster_version: int | None
    roster_age_s: Annotated[int, Field(ge=0)] | None
    clock_offset_ms: int | None
    time_quality: TimeQuality
    camera: CameraState
    decode_rate: Annotated[float, Field(ge=0, le=1000)]
    disk_free_mib: Annotated[int, Field(ge=0)]
    not_recorded: Annotated[int, Field(ge=0)]
    door: DoorState = DoorState.NONE


class HeartbeatAnswer(Message):
    """``have_up_to`` lets a kiosk notice that the cloud knows events its restored disk has forgotten."""

    have_up_to: int
    last_number_seen: int


class SalvageUpload(Message):
    r"""Unsent events of a revoked device, handed in without a token.

    ``payload`` is the JSON of an :class:`EventUpload`; ``signature`` is the device's Ed25519 key over
    ``"fit-salvage-1\0"``, the device id's 16 bytes and the payload's UTF-8 bytes.
    """

    device_id: UUID
    payload: Annotated[str, Field(max_length=512 * 1024)]
    signature: Annotated[Bytes, Field(min_length=64, max_length=64)]
