"""One machine at a time: its card, and what is done from it."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from admin_desktop.machines import acts
from admin_desktop.machines.card import MachineCard
from admin_desktop.machines.editing import MachineSheet
from admin_desktop.machines.fleet import Pictures
from admin_desktop.machines.new_pictures import NewPictures
from admin_desktop.machines.reading import plain_chip
from admin_desktop.machines.stickers import print_stickers
from admin_desktop.shell.context import Context
from shared.client.machines import MachineCloud
from shared.contracts.machines import ImageOrder, MachineDetail, StatusChange
from shared.domain.machine import MachineStatus


class Handling(QObject):
    """``changed`` says that the list is to be loaded anew."""

    changed = Signal()

    def __init__(
        self, context: Context, pictures: Pictures, new_pictures: NewPictures, *, categories: Callable[[], list[str]]
    ) -> None:
        super().__init__()
        self.context = context
        self.card: MachineCard | None = None
        self._pictures, self._new_pictures, self._categories = pictures, new_pictures, categories
        new_pictures.stored.connect(self._show)

    def open(self, machine: MachineDetail) -> None:
        card = MachineCard(self.context, machine, pictures=self._pictures, new_pictures=self._new_pictures)
        self.card = card
        card.closed.connect(self._closed)
        context, done = self.context, self.said
        card.edit.connect(lambda: MachineSheet(context, card.machine, done("saved"), categories=self._categories()))
        card.set_status.connect(lambda: acts.set_status(context, card.machine, partial(self._status_set, card.machine)))
        card.report.connect(lambda: acts.report_fault(context, card.machine, done("reported")))
        card.maintain.connect(lambda: acts.record_maintenance(context, card.machine, done("maintained")))
        card.resolve.connect(lambda fault: acts.resolve_fault(context, card.machine, fault, done("resolved")))
        card.remove.connect(lambda: self._ask_to_remove(card.machine))
        card.print_sticker.connect(lambda: print_stickers(context, [card.machine]))
        card.strip.ordered.connect(lambda ids: self._order(card.machine, ids))
        card.strip.removed.connect(lambda image_id: self._ask_to_remove_image(card.machine, image_id))

    def _closed(self) -> None:
        self.card = None

    def said(self, what: str) -> Callable[[MachineDetail], None]:
        def done(machine: MachineDetail) -> None:
            self._show(machine)
            self.context.toasts.show(self.context.words(f"machines.{what}", name=machine.name))

        return done

    def _status_set(self, before: MachineDetail, machine: MachineDetail) -> None:
        """Say it, with the way back."""
        self._show(machine)
        words, toasts = self.context.words, self.context.toasts
        said = words("machines.status_set", name=machine.name, state=plain_chip(machine.status, words).text)
        back = StatusChange(status=before.status, reason=before.reason, version=machine.version)
        if MachineStatus.RETIRED is machine.status and before.status is not MachineStatus.IN_ORDER:
            toasts.show(said)  # what is retired can only be put back in order
        else:
            undo = partial(self._do, lambda cloud: cloud.set_status(machine.id, back), self._show)
            toasts.show_undoable(said, action=words("do.undo"), undo=undo)

    def _show(self, machine: MachineDetail) -> None:
        if self.card is not None and self.card.machine.id == machine.id:
            self.card.show_machine(machine)
        self.changed.emit()

    def _ask_to_remove(self, machine: MachineDetail) -> None:
        words, cloud = self.context.words, self.context.desk.machines

        def gone(_: object) -> None:
            if self.card is not None:
                self.card.close_it()
            self.changed.emit()
            self.context.toasts.show(words("machines.removed", name=machine.name))

        self.context.question(
            words("machines.remove.title", name=machine.name),
            [words("machines.remove.what"), words("machines.remove.instead")],
            yes=words("machines.remove"),
            then=lambda: self.context.ask(
                lambda: cloud.remove_machine(machine.id), gone, failed=self.context.show_failure
            ),
        )

    def _order(self, machine: MachineDetail, ids: list[UUID]) -> None:
        order = ImageOrder(image_ids=ids, version=machine.version)
        self._do(lambda cloud: cloud.order_images(machine.id, order), self._show)

    def _ask_to_remove_image(self, machine: MachineDetail, image_id: UUID) -> None:
        words = self.context.words

        def gone(changed: MachineDetail) -> None:
            self._show(changed)
            self.context.toasts.show(words("machines.picture.removed"))

        self.context.question(
            words("machines.picture.remove.title", name=machine.name),
            [words("machines.picture.remove.what")],
            yes=words("machines.picture.remove"),
            then=lambda: self._do(lambda cloud: cloud.remove_image(machine.id, image_id), gone),
        )

    def _do(self, work: Callable[[MachineCloud], MachineDetail], then: Callable[[MachineDetail], None]) -> None:
        cloud = self.context.desk.machines
        self.context.ask(lambda: work(cloud), then, failed=self.context.show_failure)
