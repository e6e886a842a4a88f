"""The scanner's settings, with the values the kiosk runs."""

from dataclasses import dataclass

SYMBOLOGIES = ("Code128", "Code39", "EAN13", "EAN8", "ITF", "Codabar")
"""Linear codes that a gym can switch on. Code 39, ITF and Codabar carry no check digit of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerSettings:
    """How hard to look, and for what.

    QR codes (Model 2) are always read. ``linear`` names the symbologies of the gym's existing tags; EAN-13 is off
    unless the gym uses it, because every bottle carries one. ``budget_ms`` is CPU time per frame; a step that is
    under way is finished.
    """

    linear: frozenset[str] = frozenset({"Code128"})
    budget_ms: float = 30.0
    frame_width: int = 1280
    frame_height: int = 720
    region_limit: int = 3
    whole_frame_every: int = 7
    quiet_after_s: float = 1.0
    quiet_every: int = 4
    second_opinion: bool = True
    second_opinion_wait_s: float = 0.04

    def __post_init__(self) -> None:
        """Refuse symbologies that nobody here can read, naming them."""
        unknown = sorted(self.linear - set(SYMBOLOGIES))
        if unknown:
            raise ValueError(f"unknown symbologies {', '.join(unknown)}; known are {', '.join(SYMBOLOGIES)}")
