"""Looking at a window as a person does: is a text cut, can it be read on its ground?"""

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QTableView, QWidget

from shared.desktop.colours import contrast

LEAST_CONTRAST = 4.5
_SLACK = 1.0


def texts(window: QWidget) -> Iterator[QWidget]:
    """Every widget on the screen that says something."""
    for kind in (QLabel, QAbstractButton, QComboBox):
        for each in window.findChildren(kind):
            if each.isVisible() and said(each).strip():
                yield each


def said(widget: QWidget) -> str:
    return widget.currentText() if isinstance(widget, QComboBox) else str(widget.text())  # type: ignore[attr-defined]


def cut_texts(window: QWidget) -> list[str]:
    """Texts that do not fit into their widget, or whose widget lies outside of what is shown."""
    return [f"{type(each).__name__}: {said(each)!r}" for each in texts(window) if _is_cut(each)]


def unreadable_texts(window: QWidget) -> list[str]:
    """Texts whose colour is too near to the ground they stand on; what is off may be fainter."""
    picture = window.grab().toImage()
    found = []
    for each in texts(window):
        corner = each.mapTo(window, QPoint(0, 0))
        box = QRect(corner, each.size()).intersected(picture.rect())
        if not each.isEnabled() or box.isEmpty() or _is_covered(each, window):
            continue
        ratio = _contrast_in(picture.copy(box))
        if ratio < LEAST_CONTRAST:
            found.append(f"{type(each).__name__}: {said(each)!r} {ratio:.2f}")
    return found


def cut_headings(window: QWidget) -> list[str]:
    """Column headings of tables that are elided."""
    found = []
    for table in window.findChildren(QTableView):
        if not table.isVisible():
            continue
        header, model = table.horizontalHeader(), table.model()
        for column in range(model.columnCount()):
            text = str(model.headerData(column, Qt.Orientation.Horizontal))
            width = QFontMetricsF(header.font()).horizontalAdvance(text)
            if width > header.sectionSize(column):
                found.append(text)
    return found


def _is_cut(widget: QWidget) -> bool:
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.heightForWidth(widget.width()) > widget.height() + _SLACK
    if isinstance(widget, QLabel):
        needed = max(QFontMetricsF(widget.font()).horizontalAdvance(line) for line in widget.text().split("\n"))
        return needed > widget.contentsRect().width() + _SLACK
    if isinstance(widget, QComboBox):
        return widget.minimumSizeHint().width() > widget.width() + _SLACK and widget.count() == 1
    return widget.sizeHint().width() > widget.width() + _SLACK or widget.sizeHint().height() > widget.height() + _SLACK


def _is_covered(widget: QWidget, window: QWidget) -> bool:
    """Whether something floats over its middle, or it has been scrolled away."""
    middle = widget.mapTo(window, widget.rect().center())
    top = window.childAt(middle)
    while top is not None and top is not widget:
        if widget.isAncestorOf(top):
            return False
        top = top.parentWidget()
    return top is not widget


def _contrast_in(picture: QImage) -> float:
    """Of the colour seen most often (the ground) against the one farthest from it."""
    small = picture.convertToFormat(QImage.Format.Format_RGB32)
    seen: Counter[int] = Counter()
    for y in range(small.height()):
        for x in range(small.width()):
            seen[small.pixel(x, y)] += 1
    ground = QColor(seen.most_common(1)[0][0]).name()
    return max(contrast(ground, QColor(colour).name()) for colour in seen)
