"""Lays a view out on the grid. A pure function; every text it places can say whether it was cut."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from kiosk.screens.display import Item, Label, label, mirror_items
from kiosk.screens.grid import Grid, mirrored
from kiosk.screens.resting import resting_card, resting_words
from kiosk.screens.state import Idle, Verdict, VerdictKind
from kiosk.screens.texts import CATALOGUE
from kiosk.screens.topline import top_items
from kiosk.screens.verdict_words import verdict_items
from kiosk.screens.view import Ground, View, ground_for
from kiosk.screens.wording import staff_texts
from shared.desktop import tokens
from shared.desktop.fitting import fit, style
from shared.desktop.plate import Sign

SIGNS = {
    VerdictKind.GRANTED: Sign.TICK,
    VerdictKind.NOTICE: Sign.TICK_NOTE,
    VerdictKind.REPEAT: Sign.TICKS,
    VerdictKind.DENIED: Sign.STOP,
    VerdictKind.NOT_RECORDED: Sign.CARE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The camera's side. ``aim`` is set while a code is awaited, ``sign`` on a verdict, neither without a camera."""

    box: QRectF
    aim: QRectF | None
    sign: Sign | None
    plate_centre: QPointF
    plate_radius: float
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A laid-out screen: the flood's colours, the still part, and the card that moves with the camera."""

    grid: Grid
    ground: Ground
    items: tuple[Item, ...]
    card: Card

    @property
    def labels(self) -> tuple[Label, ...]:
        return tuple(item for item in (*self.items, *self.card.items) if isinstance(item, Label))


def compose(view: View, grid: Grid) -> Composition:
    """Lay out a view. GUI thread, fonts loaded."""
    ground = ground_for(view)
    if isinstance(view.state, Verdict):
        words = verdict_items(view.state, view, grid)
        card_items = _caption(view, grid)
    else:
        words = resting_words(view.state, view, grid) + _staff_items(view, grid)
        card_items = resting_card(view.state, view, grid)
    items = (*top_items(view, ground, grid), *words)
    if view.rtl:
        items, card_items = mirror_items(items, grid.size.width()), mirror_items(card_items, grid.size.width())
    return Composition(grid=grid, ground=ground, items=items, card=_card(view, grid, card_items))


def _card(view: View, grid: Grid, items: tuple[Item, ...]) -> Card:
    box, aim, centre = grid.card, grid.aim, grid.plate_centre
    if view.rtl:
        width = grid.size.width()
        box, aim, centre = mirrored(box, width), mirrored(aim, width), QPointF(width - centre.x(), centre.y())
    return Card(
        box=box,
        aim=aim if isinstance(view.state, Idle) else None,
        sign=SIGNS[view.state.kind] if isinstance(view.state, Verdict) else None,
        plate_centre=centre,
        plate_radius=grid.plate_radius,
        items=items,
    )


def _caption(view: View, grid: Grid) -> tuple[Item, ...]:
    wanted = style(tokens.TYPE.caption, rtl=view.rtl, centred=True)
    fitted = fit(CATALOGUE.text(view.lang, "caption.next"), grid.caption.size(), wanted)
    return (label(fitted, grid.caption, ground_for(view).text),)


def _staff_items(view: View, grid: Grid) -> tuple[Item, ...]:
    if view.staff_line is None:
        return ()
    parts = [CATALOGUE.render(view.lang, said).replace(" ", "\u00a0") for said in staff_texts(view.staff_line)]
    fitted = fit(" · ".join(parts), grid.staff.size(), style(tokens.TYPE.staff, max_lines=2, rtl=view.rtl))
    return (label(fitted, grid.staff, ground_for(view).muted),)
