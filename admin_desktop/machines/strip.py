"""A machine's pictures in their order: one is shown large; it can be moved and removed."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from admin_desktop.machines.fleet import Pictures
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from shared.contracts.machines import ImageView
from shared.desktop.drawings import Icon

_SMALL = QSize(64, 43)


class PictureStrip(QWidget):
    """``chosen`` is a click on another picture, ``ordered`` carries all ids anew, ``removed`` an id."""

    chosen = Signal()
    ordered = Signal(object)
    removed = Signal(object)

    def __init__(self, context: Context, pictures: Pictures, *, may_change: bool, add: Callable[[], None]) -> None:
        super().__init__()
        words = context.words
        self._words, self._pictures = words, pictures
        self._images: list[ImageView] = []
        self._current: UUID | None = None
        self._thumbs: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        column.addLayout(self._row)
        acts = QHBoxLayout()
        acts.setSpacing(6)
        self.add = button(words("machines.picture.add"), icon=Icon.PLUS)
        self.add.clicked.connect(add)
        self.earlier = button(words("machines.picture.earlier"), kind="quiet")
        self.later = button(words("machines.picture.later"), kind="quiet")
        self.remove = button(words("machines.picture.remove"), kind="quiet")
        self.earlier.clicked.connect(lambda: self._move(-1))
        self.later.clicked.connect(lambda: self._move(1))
        self.remove.clicked.connect(lambda: self.removed.emit(self._current))
        for press in (self.add, self.earlier, self.later, self.remove):
            acts.addWidget(press)
            press.setVisible(may_change)
            changing(context, press, "image.change")
        acts.addStretch(1)
        column.addLayout(acts)
        self._may_change = may_change
        pictures.came.connect(self._show_thumbs)

    @property
    def current(self) -> ImageView | None:
        return next((image for image in self._images if image.id == self._current), None)

    def show_images(self, images: list[ImageView]) -> None:
        """Show a machine's pictures. The one that was looked at stays, unless a new one came to the front."""
        fresh = bool(images) and images[0].id not in {image.id for image in self._images}
        self._images = images
        if fresh or self.current is None:
            self._current = images[0].id if images else None
        self._build()

    def _build(self) -> None:
        for thumb in self._thumbs:
            self._row.removeWidget(thumb)
            thumb.deleteLater()
        while self._row.count():
            self._row.takeAt(0)
        self._thumbs = []
        for place, image in enumerate(self._images if len(self._images) > 1 else []):
            name = self._words("machines.picture.place", n=place + 1, count=len(self._images))
            thumb = button("", kind="thumb", name=name)
            thumb.setCheckable(True)
            thumb.setChecked(image.id == self._current)
            thumb.setIconSize(_SMALL)
            thumb.setFixedSize(_SMALL + QSize(8, 8))
            thumb.setToolTip(name)
            thumb.clicked.connect(lambda _=False, at=place: self._choose(at))
            self._thumbs.append(thumb)
            self._row.addWidget(thumb)
        self._row.addStretch(1)
        place = self._place()
        self.earlier.setVisible(self._may_change and len(self._images) > 1)
        self.later.setVisible(self._may_change and len(self._images) > 1)
        self.remove.setVisible(self._may_change and bool(self._images))
        let(self.earlier, on=place > 0)
        let(self.later, on=place < len(self._images) - 1)
        self._show_thumbs()
        self.chosen.emit()

    def _place(self) -> int:
        return next((at for at, image in enumerate(self._images) if image.id == self._current), 0)

    def _choose(self, place: int) -> None:
        self._current = self._images[place].id
        self._build()
        if self._thumbs:
            self._thumbs[place].setFocus()

    def _move(self, step: int) -> None:
        ids, place = [image.id for image in self._images], self._place()
        ids.insert(place + step, ids.pop(place))
        self.ordered.emit(ids)

    def _show_thumbs(self) -> None:
        for image, thumb in zip(self._images, self._thumbs, strict=False):
            small = self._pictures.find(image, "small")
            if small is not None:
                thumb.setIcon(QIcon(QPixmap.fromImage(small)))
