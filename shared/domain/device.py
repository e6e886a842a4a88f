"""An enrolled kiosk."""

from enum import Enum


class DeviceStatus(Enum):
    """``AWAITING`` has a code but no key yet; ``REVOKED`` is told to wipe and may still hand in its events."""

    AWAITING = "awaiting"
    ACTIVE = "active"
    REVOKED = "revoked"


class Direction(Enum):
    """Which way people go who scan at a device."""

    ENTRY = "entry"
    EXIT = "exit"
