"""Who is inside now: how many of how many, since when, and by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from admin_desktop.door.keeping import Kept
from admin_desktop.door.live import Picture
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import Chip, ChipLabel, Tone
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.look import palette
from shared.desktop.drawings import Icon
from shared.desktop.fonts import font
from shared.desktop.tokens import DESK, DESK_TYPE

_RING, _WIDTH = 104, 10.0
_FULL_CIRCLE, _TOP = 16 * 360, 16 * 90


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody inside since a time; ``by_hand`` when only this PC knows so far."""

    name: str
    since: datetime
    by_hand: bool = False


def present(picture: Picture, kept: Sequence[Kept], *, nameless: str) -> list[Present]:
    """Everybody inside, by name, with those whom this desk let in while the cloud was away."""
    here = [Present(each.name or nameless, each.since) for each in picture.inside.items]
    ids: set[UUID] = {each.member_id for each in picture.inside.items}
    noted = [
        Present(each.who, each.at, by_hand=True)
        for each in kept
        if each.site_id == picture.site_id and each.at >= picture.inside.as_of and each.member_id not in ids
    ]
    return sorted([*here, *noted], key=lambda each: (each.name.casefold(), each.since))


class Ring(QWidget):
    """How full it is, around the number."""

    def __init__(self) -> None:
        super().__init__()
        self._count: int | None = None
        self._capacity: int | None = None
        self._of = ""
        self.setFixedSize(_RING, _RING)

    def show_count(self, count: int | None, capacity: int | None, *, of: str) -> None:
        """``count`` None: not known yet. ``of`` is the line under the number."""
        self._count, self._capacity, self._of = count, capacity, of
        self.setAccessibleName(f"{count} {of}" if count is not None else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter, look = QPainter(self), palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(_WIDTH, _WIDTH, -_WIDTH, -_WIDTH)
        painter.setPen(QPen(QColor(look.sunken), _WIDTH))
        painter.drawEllipse(box)
        if self._capacity and self._count:
            share = min(1.0, self._count / self._capacity)
            colour = look.denied if share >= 1 else look.accent
            painter.setPen(QPen(QColor(colour), _WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(box, _TOP, -round(_FULL_CIRCLE * share))
        self._paint_number(painter, box)
        painter.end()

    def _paint_number(self, painter: QPainter, box: QRectF) -> None:
        look = palette()
        painter.setPen(QColor(look.text))
        painter.setFont(font(size=DESK_TYPE.number[0], weight=DESK_TYPE.number[1], tabular=True))
        number = "–" if self._count is None else str(self._count)
        upper = box.adjusted(0, 0, 0, -16) if self._of else box
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, number)
        painter.setPen(QColor(look.muted))
        painter.setFont(font(size=DESK_TYPE.hint[0], weight=DESK_TYPE.hint[1]))
        painter.drawText(box.adjusted(0, 34, 0, 0), Qt.AlignmentFlag.AlignCenter, self._of)


class InsidePanel(QFrame):
    """The count, the names, and the way to the evacuation list."""

    def __init__(self, context: Context, *, evacuate: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._context = context
        words = context.words
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, 16, DESK.padding, 16)
        column.setSpacing(10)
        column.addWidget(label(words("door.inside"), "card"))
        self.ring = Ring()
        self.age = label("", "muted", wrap=True)
        self.full = ChipLabel(Chip(words("door.full"), Tone.BAD, Icon.EXCLAIM))
        texts = QVBoxLayout()
        texts.addStretch(1)
        texts.addWidget(self.full)
        texts.addWidget(self.age)
        texts.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.ring)
        row.addLayout(texts, 1)
        column.addLayout(row)
        self.names = QListWidget()
        self.names.setAccessibleName(words("door.inside"))
        self.names.setProperty("role", "bare")
        self.names.setFont(font(size=DESK_TYPE.body[0], weight=DESK_TYPE.body[1], tabular=True))
        column.addWidget(self.names, 1)
        self.evacuate = button(words("door.evacuation"), icon=Icon.PRINT)
        self.evacuate.clicked.connect(evacuate)
        column.addWidget(self.evacuate)
        self._shown: list[str] = []
        self.full.hide()
        self.show_picture(None, ())

    def show_picture(self, picture: Picture | None, kept: Sequence[Kept]) -> None:
        words, context = self._context.words, self._context
        capacity = context.sites.current.capacity
        self.evacuate.setEnabled(picture is not None)
        if picture is None:
            self.ring.show_count(None, None, of="")
            self.age.setText(words("door.inside.unknown"))
            self._show_names([])
            return
        people = present(picture, kept, nameless=words("door.nameless"))
        self.ring.show_count(len(people), capacity, of="" if capacity is None else words("door.of", n=capacity))
        self.full.setVisible(capacity is not None and len(people) >= capacity)
        self.age.setText(self._age(picture, people))
        zone = context.sites.zone
        self._show_names([f"{each.since.astimezone(zone):%H:%M}   {each.name}" for each in people])

    def _age(self, picture: Picture, people: Sequence[Present]) -> str:
        """When it was counted, if that is not now; else who is here longest."""
        words, context = self._context.words, self._context
        now = context.clock.now()
        if picture.inside.stale or not context.ask.contact.online:
            return words("door.as_of", moment=words.moment(picture.inside.as_of, zone=context.sites.zone, now=now))
        if not people:
            return words("door.empty")
        longest = now - min(each.since for each in people)
        return words("door.longest", span=words.lasting(longest))

    def _show_names(self, lines: list[str]) -> None:
        """Anew only when something changed: the place in the list stays."""
        if lines != self._shown:
            self._shown = lines
            place = self.names.verticalScrollBar().value()
            self.names.clear()
            self.names.addItems(lines)
            self.names.verticalScrollBar().setValue(place)
