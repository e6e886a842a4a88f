"""The top line: the mark, the site and door, badges, the clock."""

from PySide6.QtCore import QRectF, QSizeF

from kiosk.screens.display import Glyph, Item, Label, Panel, label, moved
from kiosk.screens.grid import Grid
from kiosk.screens.state import Badge
from kiosk.screens.texts import CATALOGUE
from kiosk.screens.view import Ground, View
from shared.desktop.drawings import Icon
from shared.desktop.fitting import Style, elide, fit, style
from shared.desktop.tokens import SPACE, TYPE

_MARK, _MARK_GAP, _NAME_GAP = 36.0, 12.0, 14.0
_CLOCK_GAP, _BADGE_GAP = 28.0, 12.0
_BADGE_ICON, _BADGE_PAD, _BADGE_ICON_GAP = 26.0, 20.0, 12.0
_SITE_SHARE = 0.40  # a longer name of a site is elided

_BADGE_ICONS = {
    Badge.DISK_FULL: Icon.DISK,
    Badge.CLOCK_LOST: Icon.CLOCK,
    Badge.OFFLINE: Icon.CLOUD_OFF,
    Badge.CLOCK_GUESSED: Icon.CLOCK,
    Badge.DISK_NEARLY_FULL: Icon.DISK,
}


def top_items(view: View, ground: Ground, grid: Grid) -> tuple[Item, ...]:
    """From the left: mark, site, door. From the right: clock, badges. For room the door goes, then the site is elided."""
    left, right = grid.top.left() - 2, grid.top.right()
    items: list[Item] = [
        Glyph(Icon.MARK, QRectF(left, grid.top.center().y() - _MARK / 2 + 1, _MARK, _MARK), ground.mark)
    ]
    left += _MARK + _MARK_GAP
    if view.clock:
        clock = _line(view.clock, style(TYPE.clock), grid, ground.text)
        right -= clock.box.width()
        items.append(moved(clock, right, 0))
        right -= _CLOCK_GAP
    for badge in _badges(view, ground, grid, right - left):
        right -= badge[0].box.width()
        items += [moved(item, right, 0) for item in badge]
        right -= _BADGE_GAP
    site = moved(_site(view, ground, grid, right - left), left, 0)
    door = moved(_line(view.place.door, style(TYPE.door), grid, ground.muted), site.box.right() + _NAME_GAP, 0)
    fits = bool(view.place.door) and door.box.right() <= right
    return (*items, site, door) if fits else (*items, site)


def _line(text: str, wanted: Style, grid: Grid, colour: str) -> Label:
    """A one-line label at the left edge, exactly as wide as its text, so that it can be mirrored as it is."""
    fitted = fit(text, QSizeF(grid.size.width(), grid.top.height()), wanted)
    return label(fitted, QRectF(0, grid.top.top(), fitted.width + 1, grid.top.height()), colour)


def _site(view: View, ground: Ground, grid: Grid, room: float) -> Label:
    wanted = style(TYPE.site)
    return _line(elide(view.place.site, min(room, grid.top.width() * _SITE_SHARE), wanted), wanted, grid, ground.text)


def _badges(view: View, ground: Ground, grid: Grid, room: float) -> list[tuple[Panel, Glyph, Label]]:
    """The badges that apply, the gravest first. It is always shown; others only beside a name of the site in full."""
    badges = [_badge(kind, view, ground, grid) for kind in Badge if kind in view.badges]
    room -= _site(view, ground, grid, room).box.width()
    shown = badges[:1]
    for badge in badges[1:]:
        if sum(each[0].box.width() + _BADGE_GAP for each in (*shown, badge)) <= room:
            shown.append(badge)
    return shown


def _badge(kind: Badge, view: View, ground: Ground, grid: Grid) -> tuple[Panel, Glyph, Label]:
    words = CATALOGUE.text(view.lang, f"badge.{kind.value}")
    text = _line(words, style(TYPE.badge, rtl=view.rtl), grid, ground.on_badge)
    height, middle = SPACE.badge_height, grid.top.center().y()
    icon = QRectF(_BADGE_PAD, middle - _BADGE_ICON / 2, _BADGE_ICON, _BADGE_ICON)
    width = icon.right() + _BADGE_ICON_GAP + text.box.width() + _BADGE_PAD
    panel = Panel(QRectF(0, middle - height / 2, width, height), height / 2, ground.badge)
    return panel, Glyph(_BADGE_ICONS[kind], icon, ground.on_badge), moved(text, icon.right() + _BADGE_ICON_GAP, 0)
