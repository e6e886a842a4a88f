"""What staff's clients send and get about devices, by the names that this service uses."""

from shared.contracts.kiosks import (
    DeviceInfo,
    EnrolmentCode,
    EventInfo,
    NewDevice,
    NewOpening,
    Opening,
    OpeningState,
    RosterPlace,
    StreamInfo,
)

__all__ = [
    "DeviceInfo",
    "EnrolmentCode",
    "EventInfo",
    "NewDevice",
    "NewOpening",
    "Opening",
    "OpeningState",
    "RosterPlace",
    "StreamInfo",
]
