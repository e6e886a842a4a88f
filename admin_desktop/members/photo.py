"""A member's photo: set by a file, a drop or the clipboard, cut to a disc, removed. A click on the avatar begins it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QDropEvent, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from admin_desktop.members.reading import full_name
from admin_desktop.pictures.camera import CameraSheet
from admin_desktop.pictures.cropping import CropSheet
from admin_desktop.pictures.reading import Source, Unfit, read_picture, source_of
from admin_desktop.pictures.well import PictureWell
from admin_desktop.shell.changing import note_away
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.progress import Progress, Stopped
from admin_desktop.widgets.avatar import Avatar, paint_avatar
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.gym import MemberView
from shared.contracts.photos import PhotoSize
from shared.contracts.uploads import ImageType
from shared.desktop.drawings import Icon

_SIDE, _SHOWN = 640, 260


class PhotoSheet(Sheet):
    """The photo large, and what can be done with it. ``changed`` gets the new one; None when it was removed."""

    def __init__(self, context: Context, member: MemberView, changed: Callable[[QImage | None], None]) -> None:
        words, name = context.words, full_name(member, context.words)
        self.well = _Disc(context, name)
        self.camera_button = button(words("photo.camera"), kind="main", icon=Icon.CAMERA)
        self.choose_button = button(words("photo.choose"))
        self.paste_button = button(words("photo.paste"))
        self.remove_button = button(words("photo.remove"), kind="danger")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.well, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        for press in (self.camera_button, self.choose_button, self.paste_button, self.remove_button):
            row.addWidget(press)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(label(words("photo.hint"), "muted", wrap=True))
        column.addStretch(1)
        super().__init__(context.stage, words("photo.title", name=name), body, leave_text=words("do.close"))
        self._context, self._member, self._changed = context, member, changed
        self.progress: Progress | None = None
        self.well.given.connect(self.take)
        self.well.asked.connect(self.choose)
        self.well.nothing_to_paste.connect(lambda: self.say(words("picture.nothing")))
        self.camera_button.clicked.connect(lambda: CameraSheet(context, self.take))
        self.choose_button.clicked.connect(self.choose)
        self.paste_button.clicked.connect(self.well.paste)
        self.remove_button.clicked.connect(self._ask_to_remove)
        self.remove_button.hide()
        self.camera_button.setFocus()
        note_away(context, self, "away.waits")
        cloud = context.desk.machines
        context.ask.quietly(lambda: QImage.fromData(cloud.photo(member.id, PhotoSize.LARGE)), self._show)

    def choose(self) -> None:
        words = self._context.words
        dialog = QFileDialog(self, words("picture.choose"), "", words("picture.files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.open()

    def take(self, source: Source) -> None:
        """Let the part to keep be chosen, then send it."""
        if self.progress is None:
            self.say("")
            self._context.ask(lambda: read_picture(source), self._crop, failed=self._failed)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_V and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.well.paste()
            return
        super().keyPressEvent(event)

    def leave(self) -> None:
        """While a photo is sent, it is stopped; the old one stays."""
        if self.progress is None:
            super().leave()
        else:
            self.progress.stop()

    def send(self, content: bytes) -> None:
        progress = self.progress = Progress()
        progress.moved.connect(lambda: self.bar.setValue(progress.percent))
        self.bar.setValue(0)
        self.bar.show()
        self.leave_button.setText(self._context.words("do.cancel"))
        cloud, member = self._context.desk.machines, self._member

        def work() -> QImage:
            cloud.set_photo(member.id, content, ImageType.JPEG, sent=progress.tell)
            return QImage.fromData(content)

        self._context.ask(work, self._stored, failed=lambda error: self._failed(error, content))

    def _crop(self, image: QImage) -> None:
        CropSheet(self._context, image, aspect=1, width=_SIDE, then=self.send, round_frame=True)

    def _stored(self, image: QImage) -> None:
        self._end()
        self._changed(image)
        self.close_it()
        self._context.toasts.show(
            self._context.words("photo.stored", name=full_name(self._member, self._context.words))
        )

    def _failed(self, error: Exception, content: bytes | None = None) -> None:
        self._end()
        words = self._context.words
        if isinstance(error, Unfit):
            self.say(words(f"picture.{error.reason}"))
        elif isinstance(error, Stopped):
            self.say(words("picture.cancelled"))
        else:
            failure = explain(error, words)
            self.say(f"{failure.title} {failure.detail}")
            if failure.again and content is not None:
                self._context.toasts.show(failure.title, action=words("do.again"), then=lambda: self.send(content))

    def _end(self) -> None:
        self.progress = None
        self.bar.hide()
        self.leave_button.setText(self._context.words("do.close"))

    def _show(self, image: QImage) -> None:
        self.well.show_picture(image, has_picture=True)
        self.remove_button.show()

    def _ask_to_remove(self) -> None:
        words, cloud, member = self._context.words, self._context.desk.machines, self._member
        self._context.question(
            words("photo.remove.title", name=full_name(member, words)),
            [words("photo.remove.what")],
            yes=words("photo.remove"),
            then=lambda: self._context.ask(lambda: cloud.remove_photo(member.id), self._removed, failed=self._failed),
        )

    def _removed(self, _: object) -> None:
        self._changed(None)
        self.close_it()
        self._context.toasts.show(self._context.words("photo.removed"))


class _Disc(PictureWell):
    """A well that is round: the photo, or the initials."""

    def __init__(self, context: Context, name: str) -> None:
        super().__init__(context.words, size=QSize(_SHOWN, _SHOWN), may_change=True)
        self._name = name
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), self._name, self.picture)
        self.paint_focus(painter, round_one=True)
        painter.end()


class PhotoClick(QObject):
    """Makes an avatar the way to its member's photo: by a click, by Enter, by a drop."""

    def __init__(self, context: Context, avatar: Avatar, member: Callable[[], MemberView | None]) -> None:
        super().__init__(avatar)
        self._context, self._avatar, self._member = context, avatar, member
        avatar.installEventFilter(self)
        if context.me.may("photo.change"):
            avatar.setCursor(Qt.CursorShape.PointingHandCursor)
            avatar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            avatar.setAcceptDrops(True)
            avatar.setToolTip(context.words("photo.change"))

    def open(self) -> PhotoSheet | None:
        member = self._member()
        if member is None or member.erased or not self._context.me.may("photo.change"):
            return None
        name = full_name(member, self._context.words)
        return PhotoSheet(self._context, member, lambda image: self._avatar.show_person(name, image))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802 - Qt's name and signature
        if event.type() == QEvent.Type.MouseButtonRelease:
            self.open()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space) and self.open() is not None
        elif event.type() == QEvent.Type.DragEnter and isinstance(event, QDropEvent):
            event.setAccepted(source_of(event.mimeData()) is not None)
            return True
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self._dropped(event)
            return True
        return False

    def _dropped(self, event: QDropEvent) -> None:
        source, sheet = source_of(event.mimeData()), self.open()
        if source is not None and sheet is not None:
            event.acceptProposedAction()
            sheet.take(source)
