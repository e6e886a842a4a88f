"""What staff's clients send and get about kiosks. What kiosks send and get is in :mod:`shared.contracts.devices`."""

from enum import Enum
from typing import Annotated
from uuid import UUID

from pydantic import Field, RootModel

from shared.contracts.base import Bytes, Instant, Message
from shared.contracts.devices import EventRecord, Heartbeat
from shared.domain.device import DeviceStatus, Direction


class NewDevice(Message):
    """A kiosk to register. Its client may give the ``id``: asked again with it, it is the same kiosk."""

    id: UUID | None = None
    site_id: UUID
    name: Annotated[str, Field(min_length=1, max_length=200)]
    direction: Direction = Direction.ENTRY


class EnrolmentCode(Message):
    """A one-time code, shown only now. ``pairing`` is the text a kiosk reads or is given: address, code, certificate.

    ``png`` shows the pairing text as a QR code, for the kiosk's camera.
    """

    device_id: UUID
    code: str
    pairing: str
    png: Bytes
    expires_at: Instant


class StreamInfo(Message):
    """What the cloud has of a stream. ``missing`` are inclusive ranges of numbers, at most 100 of them."""

    id: UUID
    current: bool
    last_number: int
    have_up_to: int
    missing: list[tuple[int, int]]


class RosterPlace(Message):
    """Where a site's roster stands. Whoever has ``rules_version`` of this epoch knows its hours, limits and policies."""

    epoch: UUID
    version: int
    rules_version: int


class DeviceInfo(Message):
    """A kiosk and how it is. A heartbeat with a lower last number than the cloud has means a restored disk.

    ``roster`` is that of its site in the cloud, to be held against the one in the heartbeat.
    """

    id: UUID
    site_id: UUID
    name: str
    direction: Direction
    status: DeviceStatus
    created_at: Instant
    enrolled_at: Instant | None
    revoked_at: Instant | None
    program_version: str | None
    heartbeat_at: Instant | None
    heartbeat: Heartbeat | None
    streams: list[StreamInfo]
    roster: RosterPlace | None


class DeviceList(RootModel[list[DeviceInfo]]):
    """Every kiosk there is."""


class EventInfo(Message):
    """A stored event: as the kiosk wrote it, the corrected time, and what the cloud noticed."""

    stream_id: UUID
    received_at: Instant
    effective_at: Instant
    flags: list[str]
    event: EventRecord


class EventList(RootModel[list[EventInfo]]):
    """Some events of one kiosk."""


class NewOpening(Message):
    """An order to open a kiosk's door now. ``id`` is minted by whoever asks: asked again it is the same order."""

    id: UUID


class OpeningState(Enum):
    """How far an order to open is."""

    WAITING = "waiting"
    """The kiosk has not fetched it yet."""
    FETCHED = "fetched"
    OPENED = "opened"
    FAILED = "failed"
    """The kiosk could not open."""
    MISSED = "missed"
    """Ten seconds went by without the kiosk: it will not be told any more."""


class Opening(Message):
    id: UUID
    device_id: UUID
    ordered_at: Instant
    state: OpeningState
