"""What one bounded round of syncing came to."""

from dataclasses import dataclass

from shared.client.errors import DeviceRevoked
from shared.contracts.devices import WipeOrder
from shared.errors import FitError


@dataclass(frozen=True, slots=True)
class Round:
    """``done`` counts settled events or applied rows. ``more``: another round has work right now.

    ``error`` is what stopped the round. ``snapshot``: the whole roster was taken anew. ``wipe`` is an order that came
    with a refusal; its signature was not checked yet.
    """

    done: int = 0
    more: bool = False
    error: FitError | None = None
    snapshot: bool = False

    @property
    def wipe(self) -> WipeOrder | None:
        return self.error.wipe_order if isinstance(self.error, DeviceRevoked) else None
