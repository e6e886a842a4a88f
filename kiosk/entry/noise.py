"""Which refusals of nobody's codes are worth an event.

A poster in the picture, or somebody who flips through codes to fill the disk, must not write without end. The same
code for the same reason is one event a minute, and all of them together 20 at once and then one every three seconds.
Refusals that concern a member are always written down.
"""

from shared.domain.decision import DenialReason

_SECOND = 10**9
SAME_AGAIN_NS = 60 * _SECOND
BURST = 20
ONE_PER_NS = 3 * _SECOND


class Noise:
    """By boot clock, in memory. ``unheard`` counts the refusals that were not written down."""

    def __init__(self) -> None:
        self.unheard = 0
        self._recent: dict[tuple[bytes, DenialReason], int] = {}
        self._left = float(BURST)
        self._filled_ns = 0

    def is_worth_an_event(self, lookup: bytes, reason: DenialReason, now_ns: int) -> bool:
        """Ask once for each refusal."""
        self._recent = {key: at for key, at in self._recent.items() if now_ns - at < SAME_AGAIN_NS}
        self._left = min(BURST, self._left + (now_ns - self._filled_ns) / ONE_PER_NS)
        self._filled_ns = now_ns
        if (lookup, reason) in self._recent or self._left < 1:
            self.unheard += 1
            return False
        self._recent[lookup, reason] = now_ns
        self._left -= 1
        return True
