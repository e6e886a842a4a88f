"""What a call to the cloud may come to, beside its answer. None of these but a signed order ever wipes a device."""

from shared.contracts.devices import WipeOrder
from shared.errors import Rejected, Unavailable


class ServerFailed(Unavailable):
    """The cloud itself answered with an error of its own (500). What was sent may be the cause; it may also pass."""


class NotRecognised(Rejected):
    """The cloud does not know this device or refuses its token (401, 403, 404).

    After a restore from a backup that is no reason to forget anything: keep all and ask to be enrolled again in place.
    """


class SnapshotRequired(Rejected):
    """The cursor is of another epoch, ahead of the server, or older than the tombstones it keeps (410)."""


class DeviceRevoked(Rejected):
    """The device was revoked. ``wipe_order`` counts only once its signature was checked."""

    def __init__(self, message: str, *, wipe_order: WipeOrder) -> None:
        super().__init__(message, code="device_revoked")
        self.wipe_order = wipe_order
