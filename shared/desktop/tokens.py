"""Every colour, type size, space and duration of both desktop programs (docs/look.md tells why they are so).

Qt-free. Painters, QPalette and style sheets read these values; a test finds a colour written anywhere else.
Kiosk lengths are pixels at a screen whose shorter side has 720 lines; the stage scales them.
"""

from dataclasses import dataclass

from shared.desktop.colours import mix


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartColours:
    """``series`` stand on one another from the bottom. A heat map goes from ``cold`` to ``hot``.

    ``on_hot`` can be read from ``readable`` of the way on, the palette's text up to ``quiet`` of it.
    """

    series: tuple[str, str, str]
    cold: str
    hot: str
    on_hot: str
    readable: float
    quiet: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Roles of one theme. ``line`` is decoration only; ``edge`` may carry meaning (3:1 on surface)."""

    bg: str
    surface: str
    raised: str
    sunken: str
    line: str
    edge: str
    text: str
    muted: str
    accent: str
    on_accent: str
    granted: str
    notice: str
    denied: str
    focus: str
    accent_soft: str
    granted_soft: str
    notice_soft: str
    denied_soft: str
    chart: ChartColours


LIGHT = Palette(
    bg="#EEF0ED",
    surface="#FFFFFF",
    raised="#FFFFFF",
    sunken="#E3E7E3",
    line="#D2D8D3",
    edge="#7C8884",
    text="#14191B",
    muted="#525C5D",
    accent="#1B4F9C",
    on_accent="#FFFFFF",
    granted="#00704F",
    notice="#845000",
    denied="#A0152C",
    focus="#1B4F9C",
    accent_soft="#DDE8F8",
    granted_soft="#D9F0E6",
    notice_soft="#FCEDC8",
    denied_soft="#FADFE2",
    chart=ChartColours(
        series=("#1B4F9C", "#5C93D6", "#B9D2F0"),
        cold="#EEF0ED",
        hot="#163F7D",
        on_hot="#FFFFFF",
        readable=0.70,
        quiet=0.35,
    ),
)

DARK = Palette(
    bg="#101415",
    surface="#1A1F21",
    raised="#242B2D",
    sunken="#0B0E0F",
    line="#2F383A",
    edge="#748185",
    text="#ECF0ED",
    muted="#A5B0B0",
    accent="#8FBAF6",
    on_accent="#0A1A31",
    granted="#5BD6A8",
    notice="#F6BE4A",
    denied="#FF9DAA",
    focus="#B9D5FB",
    accent_soft="#1D3152",
    granted_soft="#10372B",
    notice_soft="#3B2D0B",
    denied_soft="#481822",
    chart=ChartColours(
        series=("#8FBAF6", "#4A78B8", "#2C4A75"),
        cold="#242B2D",
        hot="#9CC4F8",
        on_hot="#0A1A31",
        readable=0.70,
        quiet=0.35,
    ),
)

WHITE = "#FFFFFF"
BLACK = "#000000"

NOTE_CARD = WHITE
NOTE_TITLE = "#14191B"
NOTE_TEXT = "#414A4C"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictColours:
    """One verdict's colours, the same in light and dark so that members learn each once.

    ``deep`` tints the camera card; ``on`` is text and plate. ``light`` verdicts carry dark text.
    """

    fill: str
    deep: str
    on: str
    light: bool

    @property
    def chip(self) -> str:
        return mix(self.fill, WHITE, 0.50) if self.light else mix(self.fill, self.deep, 0.75)

    @property
    def badge(self) -> str:
        return mix(self.fill, WHITE, 0.50) if self.light else mix(self.fill, self.deep, 0.60)

    @property
    def button(self) -> str:
        return mix(self.fill, WHITE, 0.35) if self.light else mix(self.fill, self.deep, 0.45)

    @property
    def button_edge(self) -> str:
        return mix(self.fill, self.on, 0.60 if self.light else 0.75)

    @property
    def note_disc(self) -> str:
        """The disc behind the note card's icon; the icon itself is white."""
        return self.on if self.light else self.deep


# The green leans to teal and the red is a dark wine so that they stay apart for people who see red and green as one:
# their lightness L* differs by 18 or more under every simulated colour vision (tests keep a floor of 15).
GRANTED = VerdictColours(fill="#00835F", deep="#006348", on=WHITE, light=False)
NOTICE = VerdictColours(fill="#F6BE4A", deep="#E0A42A", on="#1B1503", light=True)
REPEAT = VerdictColours(fill="#BFDCFA", deep="#9CC4EE", on="#08203F", light=True)
DENIED = VerdictColours(fill="#7A1022", deep="#5C0918", on=WHITE, light=False)

SOFT_PICTURE_SHARE = 1 / 18  # the live picture outside the aiming frame is scaled down to this and drawn up again
SOFT_PICTURE_DARKER = 0.18
VERDICT_PICTURE_TINT = 0.88


@dataclass(frozen=True, slots=True)
class Type:
    """One text style: pixels, the smallest it may shrink to, weight (CSS numbers), line height as a factor."""

    size: float
    floor: float
    weight: int
    line: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeScale:
    """Kiosk type. Text for two metres is never under 36 px, for an arm's length never under 20 px."""

    word: Type = Type(132, 84, 700, 1.14)
    word_portrait: Type = Type(112, 84, 700, 1.14)
    word_large: Type = Type(101, 84, 700, 1.14)
    idle: Type = Type(92, 64, 700, 1.04)
    idle_portrait: Type = Type(76, 56, 700, 1.04)
    hint: Type = Type(34, 30, 400, 1.26)
    hint_large: Type = Type(50, 42, 400, 1.26)
    title: Type = Type(64, 48, 700, 1.1)
    name: Type = Type(64, 40, 600, 1.2)
    sentence: Type = Type(38, 36, 400, 1.26)
    sentence_alone: Type = Type(46, 36, 400, 1.26)
    sentence_large: Type = Type(62, 46, 400, 1.22)
    note_title: Type = Type(34, 30, 700, 1.22)
    note_title_large: Type = Type(46, 38, 700, 1.22)
    note_line: Type = Type(28, 26, 400, 1.34)
    chip: Type = Type(27, 24, 600, 1.2)
    chip_large: Type = Type(38, 30, 600, 1.2)
    caption: Type = Type(25, 20, 600, 1.2)
    card_title: Type = Type(34, 28, 700, 1.22)
    button: Type = Type(24, 20, 600, 1.2)
    language: Type = Type(21, 20, 500, 1.2)
    site: Type = Type(27, 27, 700, 1.2)
    door: Type = Type(25, 20, 400, 1.2)
    clock: Type = Type(28, 28, 600, 1.2)
    badge: Type = Type(22, 20, 600, 1.2)
    staff: Type = Type(20, 20, 400, 1.35)


TYPE = TypeScale()
LIGHT_VERDICT_SENTENCE_WEIGHT = 500
DISPLAY_FROM_PX = 28  # Inter Display is used from this size at weight 600 and up
TIGHT_FROM_PX = 64
TIGHT_SPACING = -0.015  # of the size; none for Arabic, whose letters join
ARABIC_LINE = 1.3  # the least line height for Arabic


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Kiosk lengths."""

    unit: float = 4
    margin: float = 40
    margin_portrait: float = 36
    card_gap: float = 56
    control: float = 68
    control_gap: float = 12
    camera_radius: float = 32
    note_radius: float = 24
    button_radius: float = 18
    control_edge: float = 2
    focus_edge: float = 4
    chip_height: float = 64
    badge_height: float = 48
    note_padding: float = 26
    note_disc: float = 72


SPACE = Space()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """How long a verdict stays, in seconds, and how long a chosen language waits for its person."""

    granted_s: float = 3
    repeat_s: float = 3
    notice_s: float = 5
    denied_s: float = 6
    not_recorded_s: float = 6
    large_text_factor: float = 1.5
    choice_s: float = 45


STAY = Stay()


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Milliseconds."""

    ring_step_ms: int = 100
    clock_step_ms: int = 1000
    plate_ms: int = 140
    plate_from: float = 0.92


MOTION = Motion()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskType:
    """Desk type: pixels and weight (CSS numbers). Nothing is smaller than 12 px."""

    title: tuple[int, int] = (24, 700)
    card_title: tuple[int, int] = (18, 700)
    number: tuple[int, int] = (28, 700)
    name: tuple[int, int] = (14, 600)
    body: tuple[int, int] = (14, 400)
    second: tuple[int, int] = (13, 400)
    head: tuple[int, int] = (12, 600)
    hint: tuple[int, int] = (12, 400)


DESK_TYPE = DeskType()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSpace:
    """Desk lengths in device-independent pixels."""

    nav: int = 212
    nav_narrow: int = 64
    top: int = 60
    margin: int = 24
    gap: int = 16
    padding: int = 20
    control: int = 36
    row: int = 56
    row_compact: int = 40
    head: int = 38
    chip: int = 24
    card: int = 392
    sheet: int = 480
    radius_card: int = 12
    radius_control: int = 8


DESK = DeskSpace()

TINTS = ("#C9DAF3", "#CDE7DC", "#F5E2B8", "#F3CFD4", "#DDD3EF", "#D5DEDB")
"""Grounds of the initials of people without a photo, by a hash of the name."""
INK = "#14191B"
SCRIM = "#0B0E0F"
SCRIM_OPACITY = 0.5
