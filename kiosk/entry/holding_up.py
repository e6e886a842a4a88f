"""Repeat suppression: a code is in the picture for many frames, and one presentation gets one answer."""

from dataclasses import dataclass

from kiosk.entry.reading import Shown
from kiosk.entry.verdict import NotRecorded, Verdict
from shared.domain.decision import DenialReason, Denied

_SECOND = 10**9
GAP_NS = 3 * _SECOND
"""A pass that was out of sight for longer is presented anew."""
DECIDE_AGAIN_NS = 5 * _SECOND
"""A refusal is looked at again this often while the code is held up: the desk may be mending it right now."""


@dataclass(slots=True)
class _Held:
    code: object
    refused: bool
    reason: DenialReason | None
    decided_ns: int
    seen_ns: int


class HeldUp:
    """The passes in front of the reader, by boot clock. In memory only, and only those seen in the last seconds.

    Who was let in stays answered as long as the pass is in sight, also when a phone shows its next code meanwhile. A
    refusal stands for that code: a fresh one is decided at once, the same one every few seconds.
    """

    def __init__(self) -> None:
        self._held: dict[bytes, _Held] = {}

    def is_answered(self, shown: Shown, now_ns: int) -> bool:
        """Whether this is still the presentation that was answered; counts as a sighting."""
        self._held = {key: held for key, held in self._held.items() if now_ns - held.seen_ns <= GAP_NS}
        held = self._held.get(shown.lookup)
        if held is None:
            return False
        held.seen_ns = now_ns
        return not held.refused or (held.code == shown.code_at and now_ns - held.decided_ns < DECIDE_AGAIN_NS)

    def is_same_refusal(self, shown: Shown, denied: Denied, now_ns: int) -> bool:
        """Whether a code that is still held up was refused again for the same reason: nothing new to say or record."""
        held = self._held.get(shown.lookup)
        same = held is not None and held.code == shown.code_at and held.reason is denied.reason
        if same and held is not None:
            held.decided_ns = now_ns
        return same

    def note(self, shown: Shown, verdict: Verdict | NotRecorded, now_ns: int) -> None:
        """Remember what was answered."""
        denied = verdict.decision if isinstance(verdict, Verdict) and isinstance(verdict.decision, Denied) else None
        self._held[shown.lookup] = _Held(
            code=shown.code_at,
            refused=denied is not None or isinstance(verdict, NotRecorded),
            reason=None if denied is None else denied.reason,
            decided_ns=now_ns,
            seen_ns=now_ns,
        )
