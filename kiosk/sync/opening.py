"""Orders of the desk to open the door: only what the gym signed for this very kiosk, just now, and once."""

import logging
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from kiosk.door.relay import Relay
from kiosk.enrolment.identity import Identity
from kiosk.store.timekeeper import Look
from shared.contracts.devices import OpenOrder
from shared.domain.time import TimeQuality
from shared.errors import Rejected, Unavailable
from shared.passtoken.signing import is_signed, open_message

_log = logging.getLogger(__name__)

VALID = timedelta(seconds=10)
AHEAD = timedelta(seconds=2)
"""How far this kiosk's time may lie behind the gym's: it was learnt over a network."""
_REMEMBERED = 64

Report = Callable[[UUID, bool], None]
"""Tells the cloud what became of an order; may raise ``Unavailable`` and ``Rejected``."""


class Orders:
    """Used by the thread of the long poll; ``report`` is called by the door's."""

    def __init__(self, relay: Relay, identity: Identity, look: Callable[[], Look], report: Report) -> None:
        self._relay = relay
        self._identity = identity
        self._look = look
        self._report = report
        self._done: deque[UUID] = deque(maxlen=_REMEMBERED)

    def take(self, order: OpenOrder) -> None:
        """Carry an order out, if it counts."""
        why_not = self._refusal(order)
        if why_not:
            _log.warning("an order to open the door does not count: %s", why_not)
            self._tell(order, opened=False)
            return
        self._done.append(order.id)
        self._relay.open(lambda opened: self._tell(order, opened=opened))

    def _refusal(self, order: OpenOrder) -> str:
        identity, now = self._identity, self._look().door
        message = open_message(
            gym_id=order.gym_id, device_id=order.device_id, order_id=order.id, ordered_at=order.ordered_at
        )
        if (order.gym_id, order.device_id) != (identity.gym_id, identity.device_id):
            return "it is for another kiosk"
        if not is_signed(identity.gym_public_key, message, order.signature):
            return "its signature is not the gym's"
        if now.quality is TimeQuality.LOST or not -AHEAD <= now.at - order.ordered_at <= VALID:
            return "it is not of this moment"
        return "it was carried out before" if order.id in self._done else ""

    def _tell(self, order: OpenOrder, *, opened: bool) -> None:
        try:
            self._report(order.id, opened)
        except (Unavailable, Rejected) as error:
            _log.info("the cloud could not be told of the door: %s", error)
