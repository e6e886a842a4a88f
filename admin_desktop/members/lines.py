"""Lines of the card: what happened, with its sign at the left and its day at the right."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from admin_desktop.members.timeline import Moment
from admin_desktop.shell.context import Context
from admin_desktop.widgets.chips import Chip, ChipLabel
from admin_desktop.widgets.labels import IconLabel, label

_SHOWN = 60
"""More lines than these nobody reads on a card; each is widgets."""


def moment_line(moment: Moment, context: Context, *, chip: Chip | None = None) -> QWidget:
    words, zone, now = context.words, context.sites.zone, context.clock.now()
    there = moment.at.astimezone(zone)
    when = words.day(there.date(), today=now.astimezone(zone).date())
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(IconLabel(moment.icon), 0, Qt.AlignmentFlag.AlignTop)
    texts = QVBoxLayout()
    texts.setSpacing(2)
    texts.addWidget(label(moment.title, "name", wrap=True))
    if moment.second:
        texts.addWidget(label(moment.second, "muted", wrap=True))
    texts.addWidget(label(when if moment.is_day else f"{when} {there:%H:%M}", "muted"))
    row.addLayout(texts, 1)
    if chip is not None:
        row.addWidget(ChipLabel(chip), 0, Qt.AlignmentFlag.AlignTop)
    return line


class Lines(QVBoxLayout):
    """A column of lines that is filled anew."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.setSpacing(12)
        self.setContentsMargins(0, 0, 6, 0)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_moments(self, moments: Sequence[Moment], empty: str) -> None:
        self.show_lines([moment_line(moment, self._context) for moment in moments[:_SHOWN]], empty)

    def show_lines(self, lines: Sequence[QWidget], empty: str) -> None:
        """These, or the sentence that says why there are none."""
        _clear(self)
        for line in lines:
            self.addWidget(line)
        if not lines:
            self.addWidget(label(self._context.words(empty), "muted", wrap=True))


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
