"""The waiting screens: a title and a sentence beside the live picture, or beside a card that says what is wrong."""

from typing import assert_never

from PySide6.QtCore import QRectF, QSizeF

from kiosk.screens.display import Glyph, Item, Label, Panel
from kiosk.screens.grid import Grid
from kiosk.screens.state import CameraLost, Idle, Locked, NotEnrolled, RestingState, Starting
from kiosk.screens.texts import CATALOGUE
from kiosk.screens.view import View
from shared.desktop.drawings import Icon
from shared.desktop.fitting import Style, fit, style
from shared.desktop.tokens import SPACE, TYPE, Type

_NAMES: dict[type[RestingState], str] = {
    Idle: "idle",
    CameraLost: "camera_lost",
    Starting: "starting",
    NotEnrolled: "not_enrolled",
    Locked: "locked",
}
_TITLE_GAP, _SENTENCE_GAP = 16.0, 20.0
_CARD_ICON, _CARD_ICON_GAP, _CARD_LINE_GAP, _CARD_PAD = 104.0, 44.0, 8.0, 36.0


def resting_words(state: RestingState, view: View, grid: Grid) -> tuple[Item, ...]:
    """A title and the sentence below it."""
    name = _NAMES[type(state)]
    title_type, sentence_type = _types(state, view, grid)
    room = grid.words.adjusted(0, _TITLE_GAP, 0, 0)
    title = _text(f"{name}.title", view, room, style(title_type, max_lines=3, rtl=view.rtl), view.palette.text)
    room.setTop(title.box.bottom() + _SENTENCE_GAP)
    wanted = style(sentence_type, max_lines=5, rtl=view.rtl)
    return title, _text(f"{name}.sentence", view, room, wanted, view.palette.muted)


def _types(state: RestingState, view: View, grid: Grid) -> tuple[Type, Type]:
    """Type of title and sentence. The idle title is as large as it can be and stays so in large text."""
    if isinstance(state, Idle):
        return (TYPE.idle_portrait if grid.portrait else TYPE.idle, TYPE.hint_large if view.large else TYPE.hint)
    return TYPE.title, TYPE.sentence_large if view.large else TYPE.sentence


def _text(key: str, view: View, room: QRectF, wanted: Style, colour: str) -> Label:
    fitted = fit(CATALOGUE.text(view.lang, key), room.size(), wanted)
    return Label(fitted, QRectF(room.left(), room.top(), room.width(), fitted.height), colour)


def resting_card(state: RestingState, view: View, grid: Grid) -> tuple[Item, ...]:
    """What stands in place of the picture; nothing while the camera shows one."""
    match state:
        case Idle():
            return ()
        case CameraLost():
            return _sign_card(view, grid, Icon.CAMERA_OFF, "camera_lost.card", "camera_lost.card.line")
        case Starting():
            return _sign_card(view, grid, Icon.REFRESH, "starting.card")
        case NotEnrolled():
            return _sign_card(view, grid, Icon.KIOSK, "not_enrolled.card")
        case Locked():
            return _sign_card(view, grid, Icon.LOCK, "locked.card")
        case _:
            assert_never(state)


def _sign_card(view: View, grid: Grid, icon: Icon, *keys: str) -> tuple[Item, ...]:
    """An icon over one or two centred texts, together in the middle of the card."""
    room = QSizeF(grid.card.width() - 2 * _CARD_PAD, grid.card.height())
    types, colours = (TYPE.card_title, TYPE.note_line), (view.palette.text, view.palette.muted)
    fitted = [
        fit(CATALOGUE.text(view.lang, key), room, style(type_, max_lines=2, rtl=view.rtl, centred=True))
        for key, type_ in zip(keys, types, strict=False)
    ]
    height = _CARD_ICON + _CARD_ICON_GAP + sum(each.height for each in fitted) + _CARD_LINE_GAP * (len(fitted) - 1)
    top = grid.card.center().y() - height / 2
    items: list[Item] = [
        Panel(grid.card, SPACE.camera_radius, view.palette.sunken),
        Glyph(icon, QRectF(grid.card.center().x() - _CARD_ICON / 2, top, _CARD_ICON, _CARD_ICON), view.palette.muted),
    ]
    top += _CARD_ICON + _CARD_ICON_GAP
    for each, colour in zip(fitted, colours, strict=False):
        items.append(Label(each, QRectF(grid.card.left() + _CARD_PAD, top, room.width(), each.height), colour))
        top += each.height + _CARD_LINE_GAP
    return tuple(items)
