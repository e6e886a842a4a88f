"""A verdict's side of words: word, name, sentence, then chips or the note card at the bottom."""

from dataclasses import replace

from PySide6.QtCore import QRectF, QSizeF

from kiosk.screens.display import Glyph, Item, Label, Panel, label, moved
from kiosk.screens.grid import Grid
from kiosk.screens.state import Chip, Note, Verdict
from kiosk.screens.texts import CATALOGUE
from kiosk.screens.view import View
from shared.desktop import tokens
from shared.desktop.fitting import Style, fit, fit_name, style
from shared.desktop.tokens import SPACE, TYPE, VerdictColours

_WORD_RISE = 10.0  # its capitals stand that much nearer to the card's upper edge
_NAME_GAP, _BOTTOM_GAP = 8.0, 16.0
_CHIP_ICON, _CHIP_PAD, _CHIP_ICON_GAP, _CHIP_GAP = 28.0, 24.0, 11.0, 14.0
_NOTE_TEXT_GAP, _NOTE_LINE_GAP, _NOTE_ICON = 24.0, 4.0, 34.0


def verdict_items(verdict: Verdict, view: View, grid: Grid) -> tuple[Item, ...]:
    colours = view.verdict_colours or tokens.NOTICE
    bottom, floor = _bottom(verdict, view, grid, colours)
    word = _word(verdict, view, grid, colours)
    top = grid.words.top() - _WORD_RISE + _word_style(view, grid).line_height
    name = _name(verdict, view, grid, colours, top)
    top = name[0].box.bottom() + _NAME_GAP if name else top
    room = QRectF(grid.words.left(), top, grid.words.width(), floor - _BOTTOM_GAP - top)
    return (word, *name, _sentence(verdict, view, room, colours), *bottom)


def _word_style(view: View, grid: Grid) -> Style:
    portrait = TYPE.word_portrait if grid.portrait else TYPE.word
    return style(TYPE.word_large if view.large else portrait, rtl=view.rtl)


def _word(verdict: Verdict, view: View, grid: Grid, colours: VerdictColours) -> Label:
    wanted = _word_style(view, grid)
    box = QRectF(grid.words.left(), grid.words.top() - _WORD_RISE, grid.words.width(), wanted.line_height)
    return label(fit(CATALOGUE.render(view.lang, verdict.word), box.size(), wanted), box, colours.on)


def _name(verdict: Verdict, view: View, grid: Grid, colours: VerdictColours, top: float) -> tuple[Label, ...]:
    if verdict.name is None:
        return ()
    wanted = style(TYPE.name, rtl=view.rtl)
    box = QRectF(grid.words.left(), top, grid.words.width(), wanted.line_height)
    return (label(fit_name(verdict.name, box.size(), wanted), box, colours.on),)


def _sentence(verdict: Verdict, view: View, room: QRectF, colours: VerdictColours) -> Label:
    size = TYPE.sentence if verdict.name else TYPE.sentence_alone
    wanted = style(TYPE.sentence_large if view.large else size, max_lines=4 if view.large else 3, rtl=view.rtl)
    if colours.light:
        wanted = replace(wanted, weight=tokens.LIGHT_VERDICT_SENTENCE_WEIGHT)
    fitted = fit(CATALOGUE.render(view.lang, verdict.sentence), room.size(), wanted)
    return Label(fitted, QRectF(room.left(), room.top(), room.width(), fitted.height), colours.on)


def _bottom(verdict: Verdict, view: View, grid: Grid, colours: VerdictColours) -> tuple[tuple[Item, ...], float]:
    """Chips or the note card, and the height at which they begin."""
    if verdict.note is not None:
        return _note_items(verdict.note, view, grid, colours)
    if verdict.chips:
        return _chip_items(verdict.chips, view, grid, colours)
    return (), grid.words.bottom()


def _note_items(note: Note, view: View, grid: Grid, colours: VerdictColours) -> tuple[tuple[Item, ...], float]:
    pad, disc = SPACE.note_padding, SPACE.note_disc
    left = grid.words.left() + pad + disc + _NOTE_TEXT_GAP
    texts = _note_texts(note, view, QSizeF(grid.words.right() - pad - left, grid.words.height()))
    height = sum(text.fitted.height for text in texts) + _NOTE_LINE_GAP * (len(texts) - 1) + 2 * pad
    box = QRectF(grid.words.left(), grid.words.bottom() - height, grid.words.width(), height)
    top, placed = box.top() + pad, []
    for text in texts:
        placed.append(moved(text, left, top))
        top += text.fitted.height + _NOTE_LINE_GAP
    disc_box = QRectF(box.left() + pad, box.center().y() - disc / 2, disc, disc)
    inset = (disc - _NOTE_ICON) / 2
    icon = Glyph(note.icon, disc_box.adjusted(inset, inset, -inset, -inset), tokens.WHITE)
    panel = Panel(box, SPACE.note_radius, tokens.NOTE_CARD)
    return (panel, Panel(disc_box, disc / 2, colours.note_disc), icon, *placed), box.top()


def _note_texts(note: Note, view: View, room: QSizeF) -> tuple[Label, ...]:
    """The title and, unless text is large, the line of help."""
    title_type = TYPE.note_title_large if view.large else TYPE.note_title
    title = fit(CATALOGUE.render(view.lang, note.title), room, style(title_type, max_lines=2, rtl=view.rtl))
    texts = [Label(title, QRectF(0, 0, room.width(), title.height), tokens.NOTE_TITLE)]
    if not view.large:
        line = fit(CATALOGUE.render(view.lang, note.line), room, style(TYPE.note_line, max_lines=2, rtl=view.rtl))
        texts.append(Label(line, QRectF(0, 0, room.width(), line.height), tokens.NOTE_TEXT))
    return tuple(texts)


def _chip_items(
    chips: tuple[Chip, ...], view: View, grid: Grid, colours: VerdictColours
) -> tuple[tuple[Item, ...], float]:
    """At most two rows of chips from the bottom up, one when text is large; what is left over is not shown."""
    rows = _chip_rows([_chip(chip, view, grid, colours) for chip in chips], grid.words.width())
    rows = rows[: 1 if view.large else 2]
    step = SPACE.chip_height + _CHIP_GAP
    first = grid.words.bottom() + _CHIP_GAP - step * len(rows)
    items: list[Item] = []
    for number, row in enumerate(rows):
        left = grid.words.left()
        for chip in row:
            items += [moved(item, left, first + number * step) for item in chip]
            left += chip[0].box.width() + _CHIP_GAP
    return tuple(items), first


_Chip = tuple[Panel, Glyph, Label]


def _chip_rows(chips: list[_Chip], width: float) -> list[list[_Chip]]:
    rows: list[list[_Chip]] = []
    free = -1.0
    for chip in chips:
        free -= chip[0].box.width() + _CHIP_GAP
        if free < 0:
            rows.append([])
            free = width - chip[0].box.width()
        rows[-1].append(chip)
    return rows


def _chip(chip: Chip, view: View, grid: Grid, colours: VerdictColours) -> _Chip:
    height = SPACE.chip_height
    beside = 2 * _CHIP_PAD + _CHIP_ICON + _CHIP_ICON_GAP
    wanted = style(TYPE.chip_large if view.large else TYPE.chip, rtl=view.rtl)
    fitted = fit(CATALOGUE.render(view.lang, chip.label), QSizeF(grid.words.width() - beside, height), wanted)
    box = QRectF(0, 0, fitted.width + 1 + beside, height)
    icon = QRectF(_CHIP_PAD, (height - _CHIP_ICON) / 2, _CHIP_ICON, _CHIP_ICON)
    text = QRectF(icon.right() + _CHIP_ICON_GAP, 0, fitted.width + 1, height)
    return Panel(box, height / 2, colours.chip), Glyph(chip.icon, icon, colours.on), label(fitted, text, colours.on)
