"""Everything a painted screen depends on, in one frozen value, and the colours that follow from it. Qt-free."""

from dataclasses import dataclass

from kiosk.screens.state import Badge, Place, ScreenState, StaffLine, Verdict, VerdictKind
from shared.desktop import tokens
from shared.desktop.tokens import Palette, VerdictColours
from shared.desktop.translation import RIGHT_TO_LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The stage is a pure function of this (and of the camera's picture and the time a verdict has left).

    ``clock`` is the door's local time as ``17:42``, empty while the time is lost; ``large`` is text at +50 %.
    """

    state: ScreenState
    place: Place
    lang: str = "en"
    large: bool = False
    palette: Palette = tokens.LIGHT
    badges: frozenset[Badge] = frozenset()
    staff_line: StaffLine | None = None
    clock: str = ""

    @property
    def rtl(self) -> bool:
        return self.lang in RIGHT_TO_LEFT

    @property
    def verdict_colours(self) -> VerdictColours | None:
        """None while nobody is being answered."""
        return VERDICT_COLOURS[self.state.kind] if isinstance(self.state, Verdict) else None


VERDICT_COLOURS = {
    VerdictKind.GRANTED: tokens.GRANTED,
    VerdictKind.NOTICE: tokens.NOTICE,
    VerdictKind.REPEAT: tokens.REPEAT,
    VerdictKind.DENIED: tokens.DENIED,
    VerdictKind.NOT_RECORDED: tokens.NOTICE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The colours of the flood and of what stands on it."""

    fill: str
    text: str
    muted: str
    mark: str
    badge: str
    on_badge: str
    button: str
    on_button: str
    button_edge: str
    chosen: str
    on_chosen: str
    focus: str


def ground_for(view: View) -> Ground:
    colours = view.verdict_colours
    return _resting_ground(view.palette) if colours is None else _verdict_ground(colours)


def _resting_ground(palette: Palette) -> Ground:
    return Ground(
        fill=palette.bg,
        text=palette.text,
        muted=palette.muted,
        mark=palette.accent,
        badge=palette.notice_soft,
        on_badge=palette.notice,
        button=palette.surface,
        on_button=palette.text,
        button_edge=palette.edge,
        chosen=palette.accent,
        on_chosen=palette.on_accent,
        focus=palette.focus,
    )


def _verdict_ground(colours: VerdictColours) -> Ground:
    return Ground(
        fill=colours.fill,
        text=colours.on,
        muted=colours.on,
        mark=colours.on,
        badge=colours.badge,
        on_badge=colours.on,
        button=colours.button,
        on_button=colours.on,
        button_edge=colours.button_edge,
        chosen=colours.on,
        on_chosen=colours.fill,
        focus=colours.on,
    )
