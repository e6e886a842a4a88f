"""What a look at one frame gives."""

from dataclasses import dataclass, field

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Corners in pixels of the frame handed in, in the code's own order: top left, top right, bottom right, bottom left."""


@dataclass(frozen=True, slots=True)
class Read:
    """One code read.

    ``text`` is the payload as plain text; bytes that are no text come as one character each, and a reader must take
    anything. ``format`` is ``QRCode`` or a name of `SYMBOLOGIES`, ``stage`` the step that read it. ``quad`` may be
    roughly a line.
    """

    text: str
    format: str
    quad: Quad
    stage: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What helps a member to aim, when nothing was read.

    ``quad`` is a QR code that was found but not decoded, ``module_px`` the size of its modules (below about 2.5 it is
    too far away); both None when nothing was found. ``brightness`` is the frame's mean grey (0 to 255). ``quiet``
    means that nothing has moved for a while. ``unconfirmed`` are linear codes seen once, which do not count yet.
    """

    quad: Quad | None = None
    module_px: float | None = None
    brightness: float = 0.0
    quiet: bool = False
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanResult:
    """All codes that count in this frame, the number of decoding attempts, and their CPU time in ms."""

    reads: tuple[Read, ...]
    tried: int
    ms: float
    hints: Hints = field(default_factory=Hints)
