"""Text that shrinks to fit its box, and says so when it does not.

A screen never trusts a translation to fit: each text is laid out here, and tests fail on ``cut``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QTextLayout, QTextOption

from shared.desktop import tokens
from shared.desktop.fonts import font

_STEP_PX = 2.0
_ELLIPSIS = "…"
_ARABIC = re.compile("[\u0600-\u06ff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a text wants to look. Sizes in device-independent pixels; ``line`` is the line height as a factor."""

    size: float
    floor: float
    weight: int
    line: float
    max_lines: int = 1
    rtl: bool = False
    centred: bool = False
    tabular: bool = False

    def font(self, text: str) -> QFont:
        return font(size=self.size, weight=self.weight, tabular=self.tabular, arabic=bool(_ARABIC.search(text)))

    @property
    def line_height(self) -> float:
        return self.size * (max(self.line, tokens.ARABIC_LINE) if self.rtl else self.line)


def style(type_: tokens.Type, *, max_lines: int = 1, rtl: bool = False, centred: bool = False) -> Style:
    """A token as a style."""
    return Style(
        size=type_.size,
        floor=type_.floor,
        weight=type_.weight,
        line=type_.line,
        max_lines=max_lines,
        rtl=rtl,
        centred=centred,
    )


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text laid out. ``cut`` is True when it does not fit even at its floor."""

    text: str
    style: Style
    lines: tuple[str, ...]
    width: float
    cut: bool

    @property
    def height(self) -> float:
        return len(self.lines) * self.style.line_height

    def paint(self, painter: QPainter, at: QPointF, width: float, colour: str) -> None:
        """Draw with the first line's top at ``at``; right-to-left text ends at ``at.x() + width``."""
        painter.setPen(QColor(colour))
        for layout, offset in _placed(self, width):
            layout.draw(painter, at + QPointF(0, offset))


def fit(text: str, box: QSizeF, wanted: Style) -> Fitted:
    """The largest layout of ``text`` between the style's size and its floor that fits the box and its line count."""
    return _fit(text, box.width(), box.height(), wanted)


@lru_cache(maxsize=512)
def _fit(text: str, width: float, height: float, wanted: Style) -> Fitted:
    for candidate in _sizes(wanted):
        fitted = _lay_out(text, width, candidate)
        if not fitted.cut and fitted.height <= height + 0.5:
            return fitted
    return replace(fitted, cut=True)


def _sizes(wanted: Style) -> Iterator[Style]:
    size = wanted.size
    while size > wanted.floor:
        yield replace(wanted, size=size)
        size -= _STEP_PX
    yield replace(wanted, size=wanted.floor)


def _lay_out(text: str, width: float, wanted: Style) -> Fitted:
    layout = _layout(text, wanted)
    lines, widest = [], 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        start = line.textStart()
        lines.append(text[start : start + line.textLength()].rstrip(" "))
        widest = max(widest, line.naturalTextWidth())
    layout.endLayout()
    cut = len(lines) > wanted.max_lines or widest > width + 0.5
    return Fitted(text=text, style=wanted, lines=tuple(lines), width=widest, cut=cut)


def _layout(text: str, wanted: Style) -> QTextLayout:
    layout = QTextLayout(text, wanted.font(text))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    # A Latin name on an Arabic screen stays left-to-right, at the right-hand side.
    rightward = not (wanted.rtl and _ARABIC.search(text))
    option.setTextDirection(Qt.LayoutDirection.LeftToRight if rightward else Qt.LayoutDirection.RightToLeft)
    option.setAlignment(_alignment(wanted))
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    return layout


def _alignment(wanted: Style) -> Qt.AlignmentFlag:
    if wanted.centred:
        return Qt.AlignmentFlag.AlignHCenter
    # AlignRight is absolute here: text direction alone keeps the lines of a QTextLayout at the left.
    return Qt.AlignmentFlag.AlignRight if wanted.rtl else Qt.AlignmentFlag.AlignLeft


def _placed(fitted: Fitted, width: float) -> Iterator[tuple[QTextLayout, float]]:
    """One layout per line with its offset from the top, so that the line height is ours and not the font's."""
    metrics = QFontMetricsF(fitted.style.font(""))
    leading = (fitted.style.line_height - metrics.ascent() - metrics.descent()) / 2
    for number, text in enumerate(fitted.lines):
        layout = _layout(text, fitted.style)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(width)
        # Fallback faces can raise this line's ascent; the baseline must not move with them.
        drop = metrics.ascent() - line.ascent()
        layout.endLayout()
        yield layout, number * fitted.style.line_height + leading + drop


def elide(text: str, width: float, wanted: Style) -> str:
    """``text``, cut with an ellipsis to ``width``. For names of places only: sentences must fit."""
    return QFontMetricsF(wanted.font(text)).elidedText(text, Qt.TextElideMode.ElideRight, width)


def fit_name(name: str, box: QSizeF, wanted: Style) -> Fitted:
    """Fit a public name such as ``Maximiliane-Alexandra Ø.``.

    It shrinks first, then loses the second given name, then is elided inside the given name; the initial stays.
    """
    for candidate in _shorter_names(name):
        fitted = fit(candidate, box, wanted)
        if not fitted.cut:
            break
    return fitted


def _shorter_names(name: str) -> Iterator[str]:
    given, _, initial = name.rpartition(" ") if name.endswith(".") else (name, "", "")
    ending = f" {initial}" if initial else ""
    yield name
    short = re.split(r"[\s-]", given)[0]
    yield short + ending
    yield from (f"{short[:keep]}{_ELLIPSIS}{ending}" for keep in range(len(short) - 1, 0, -1))
