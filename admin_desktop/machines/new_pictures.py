"""A new picture of a machine: read, cut to shape, sent. The old one stays until the new one is stored."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from admin_desktop.machines.picture_cards import ASPECT
from admin_desktop.pictures.cropping import CropSheet
from admin_desktop.pictures.reading import Source, Unfit, read_picture
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.progress import Progress, Stopped
from shared.client.machines import MachineCloud
from shared.contracts.machines import ImageOrder, MachineDetail, MachineView
from shared.contracts.uploads import ImageType
from shared.errors import Rejected

_WIDTH = 1600


class NewPictures(QObject):
    """Goes on while its sheet is closed. ``moved`` is any progress, ``stored`` carries the machine with its new picture."""

    moved = Signal()
    stored = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._running: dict[UUID, Progress] = {}

    def sending(self, machine_id: UUID) -> Progress | None:
        return self._running.get(machine_id)

    def percent(self, machine_id: UUID) -> int | None:
        running = self._running.get(machine_id)
        return None if running is None else running.percent

    def choose(self, machine: MachineView, over: QObject) -> None:
        """Ask for a file."""
        words = self._context.words
        dialog = QFileDialog(self._context.stage, words("picture.choose"), "", words("picture.files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.take(machine, Path(name)))
        over.destroyed.connect(dialog.deleteLater)
        dialog.open()

    def take(self, machine: MachineView, source: Source) -> None:
        """Let the part to keep be chosen, then send it."""
        if machine.id in self._running:
            return
        self._context.ask(lambda: read_picture(source), lambda image: self._crop(machine, image), failed=self._unfit)

    def send(self, storing: "_Storing") -> None:
        machine_id = storing.machine_id
        storing.sending = self._running[machine_id] = Progress()
        storing.sending.moved.connect(self.moved)
        self.moved.emit()

        def done(detail: MachineDetail) -> None:
            self._end(machine_id)
            self._context.toasts.show(self._context.words("machines.picture.stored", name=detail.name))
            self.stored.emit(detail)

        def failed(error: Exception) -> None:
            self._end(machine_id)
            self._say(error, lambda: self.send(storing))

        self._context.ask(storing, done, failed=failed)

    def _crop(self, machine: MachineView, image: QImage) -> None:
        cloud = self._context.desk.machines
        CropSheet(
            self._context,
            image,
            aspect=ASPECT,
            width=_WIDTH,
            then=lambda content: self.send(_Storing(cloud, machine.id, content)),
        )

    def _unfit(self, error: Exception) -> None:
        if isinstance(error, Unfit):
            self._context.toasts.show(self._context.words(f"picture.{error.reason}"))
        else:
            self._context.show_failure(error)

    def _end(self, machine_id: UUID) -> None:
        self._running.pop(machine_id)
        self.moved.emit()

    def _say(self, error: Exception, again: Callable[[], None]) -> None:
        words, toasts = self._context.words, self._context.toasts
        if isinstance(error, Stopped):
            toasts.show(words("picture.cancelled"))
            return
        failure = explain(error, words)
        text = words("picture.failed", why=failure.title if failure.again else failure.detail)
        toasts.show(text, action=words("do.again"), then=again if failure.again else None)


class _Storing:
    """Sends one picture, which becomes the machine's first; called again, it looks first whether it is there already."""

    def __init__(self, cloud: MachineCloud, machine_id: UUID, content: bytes) -> None:
        self._cloud, self.machine_id, self._content = cloud, machine_id, content
        self._known: set[UUID] | None = None
        self.sending = Progress()

    def __call__(self) -> MachineDetail:
        now = self._cloud.machine(self.machine_id)
        ids = {image.id for image in now.images}
        if self._known is not None and ids - self._known:
            return now  # its answer was lost
        self._known = ids
        detail = self._cloud.add_image(self.machine_id, self._content, ImageType.JPEG, sent=self.sending.tell)
        return self._to_the_front(detail) if ids else detail

    def _to_the_front(self, detail: MachineDetail) -> MachineDetail:
        *others, new = [image.id for image in detail.images]
        try:
            return self._cloud.order_images(
                self.machine_id, ImageOrder(image_ids=[new, *others], version=detail.version)
            )
        except Rejected:
            return detail  # somebody changed the machine in between: the picture is there, as the last one
