"""What a screen can say, as plain frozen values. Qt-free and language-free: texts are ``Say`` until painted.

Starting ──▶ NotEnrolled ──▶ Idle ◀──▶ CameraLost
                              │ ▲
                       a scan ▼ │ its time is over
                            Verdict            Locked: after a wipe, until paired again
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.desktop.drawings import Icon
from shared.desktop.translation import Say


class VerdictKind(StrEnum):
    """The door opens for GRANTED and NOTICE, stays shut for DENIED; REPEAT and NOT_RECORDED as the site's rule says."""

    GRANTED = "granted"
    NOTICE = "notice"
    REPEAT = "repeat"
    DENIED = "denied"
    NOT_RECORDED = "not_recorded"


_NAMELESS = frozenset({VerdictKind.DENIED, VerdictKind.NOT_RECORDED})


@dataclass(frozen=True, slots=True)
class Note:
    """The white card of a verdict: what to do, and a line of help."""

    icon: Icon
    title: Say
    line: Say


@dataclass(frozen=True, slots=True)
class Chip:
    """A small fact on a verdict."""

    icon: Icon
    label: Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer to a scan. It leaves by itself (``tokens.STAY``).

    ``name`` is the public name ("Nora B."), None when the pass does not unseal one or the person or gym hides it.
    ValueError for a name on a refusal, and for a note together with chips.
    """

    kind: VerdictKind
    word: Say
    sentence: Say
    name: str | None = None
    note: Note | None = None
    chips: tuple[Chip, ...] = ()

    def __post_init__(self) -> None:
        if self.name is not None and self.kind in _NAMELESS:
            raise ValueError(f"A verdict of kind {self.kind} names nobody in public")
        if self.note is not None and self.chips:
            raise ValueError("A verdict has a note or chips, never both")


@dataclass(frozen=True, slots=True)
class Idle:
    """Waiting for a code, with the live picture."""


@dataclass(frozen=True, slots=True)
class CameraLost:
    """The camera gives no picture: gone, dark or frozen."""


@dataclass(frozen=True, slots=True)
class Starting:
    """Until the store is open and the camera gave its first picture."""


@dataclass(frozen=True, slots=True)
class NotEnrolled:
    """This machine belongs to no gym yet."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Wiped by its gym: no names, no keys, no door."""


RestingState = Idle | CameraLost | Starting | NotEnrolled | Locked
ScreenState = RestingState | Verdict


class Badge(StrEnum):
    """A condition of the kiosk, said in the top line on any state. Earlier ones win where only one fits."""

    DISK_FULL = "disk_full"
    CLOCK_LOST = "clock_lost"
    OFFLINE = "offline"
    CLOCK_GUESSED = "clock_guessed"
    DISK_NEARLY_FULL = "disk_nearly_full"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the kiosk stands: site and door as the gym named them."""

    site: str
    door: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """For staff, small, on waiting screens. ``roster_age_s`` is None before the first roster.

    ``clock`` is a ``TimeQuality`` value: synced, held, guessed or lost.
    """

    roster_age_s: float | None
    unsent: int
    clock: str
