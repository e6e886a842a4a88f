"""One machine in a sheet: its pictures, how it is, what can be done with it, and what has happened to it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.machines.fleet import Pictures
from admin_desktop.machines.history import facts, history
from admin_desktop.machines.new_pictures import NewPictures
from admin_desktop.machines.picture_cards import ASPECT
from admin_desktop.machines.reading import status_chip
from admin_desktop.machines.strip import PictureStrip
from admin_desktop.pictures.well import PictureWell
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import label, rule
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.machines import FaultView, MachineDetail
from shared.desktop.drawings import Icon
from shared.domain.machine import MachineStatus

_WIDTH = 640
_PICTURE = QSize(330, round(330 / ASPECT))


class MachineCard(Sheet):
    """Shows a machine; the acts are the room's. ``resolve`` carries a fault."""

    set_status = Signal()
    report = Signal()
    maintain = Signal()
    edit = Signal()
    print_sticker = Signal()
    remove = Signal()
    resolve = Signal(object)

    def __init__(
        self, context: Context, machine: MachineDetail, *, pictures: Pictures, new_pictures: NewPictures
    ) -> None:
        words = context.words
        self._pictures, self._new = pictures, new_pictures
        self.machine = machine
        may_change = context.me.may("image.change")
        self.well = PictureWell(words, size=_PICTURE, may_change=may_change)
        self.strip = PictureStrip(context, pictures, may_change=may_change, add=self.choose)
        self._inner = QVBoxLayout()
        self._inner.setSpacing(10)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addLayout(self._head())
        column.addWidget(self.strip)
        super().__init__(context.stage, machine.name, body, leave_text=words("do.close"), width=_WIDTH)
        self._context = context
        column.addLayout(self._acts())
        column.addWidget(rule())
        column.addLayout(self._inner)
        self._add_foot()
        self.well.asked.connect(self.choose)
        self.well.given.connect(lambda source: self._new.take(self.machine, source))
        self.well.nothing_to_paste.connect(lambda: context.toasts.show(words("picture.nothing")))
        self.strip.chosen.connect(self._show_picture)
        pictures.came.connect(self._show_picture)
        new_pictures.moved.connect(self._show_sending)
        self.show_machine(machine)
        self._show_sending()
        self.report_button.setFocus()

    def choose(self) -> None:
        self._new.choose(self.machine, self)

    def show_machine(self, machine: MachineDetail) -> None:
        self.machine = machine
        self.heading.setText(machine.name)
        self.strip.show_images(machine.images)
        self._show_chip(machine)
        self.facts.setText("\n".join(facts(machine, self._context)))
        retired = machine.status is MachineStatus.RETIRED
        let(self.report_button, on=not retired)
        self._show_history(machine)

    def _head(self) -> QHBoxLayout:
        """The picture, and beside it how the machine is."""
        row, self._beside_picture = QHBoxLayout(), QVBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.well)
        self._beside_picture.setSpacing(8)
        self._beside_picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.chip: ChipLabel | None = None
        self.beside = label("", "name", wrap=True)
        self.facts = label("", "muted", wrap=True)
        self._beside_picture.addWidget(self.beside)
        self._beside_picture.addWidget(self.facts)
        row.addLayout(self._beside_picture, 1)
        return row

    def _acts(self) -> QHBoxLayout:
        words, row = self._context.words, QHBoxLayout()
        self.report_button = button(words("machines.report"), kind="main", icon=Icon.EXCLAIM)
        self.status_button = button(words("machines.set_status"), icon=Icon.SLIDERS)
        self.maintain_button = button(words("machines.maintain"), icon=Icon.WRENCH)
        pairs = ((self.report_button, self.report), (self.status_button, self.set_status))
        for press, signal in (*pairs, (self.maintain_button, self.maintain)):
            press.clicked.connect(lambda _=False, tell=signal: tell.emit())
            changing(self._context, press, "machine.care")
            row.addWidget(press)
        row.addStretch(1)
        return row

    def _add_foot(self) -> None:
        words = self._context.words
        self.remove_button = button(words("machines.remove"), kind="danger")
        self.sticker_button = button(words("machines.sticker"), icon=Icon.PRINT)
        self.edit_button = button(words("machines.edit"), icon=Icon.EDIT)
        pairs = ((self.remove_button, self.remove), (self.sticker_button, self.print_sticker))
        for press, signal in (*pairs, (self.edit_button, self.edit)):
            press.clicked.connect(lambda _=False, tell=signal: tell.emit())
            self.foot.addWidget(press)
        for press in (self.remove_button, self.edit_button):
            changing(self._context, press, "machine.change")

    def _show_picture(self) -> None:
        current = self.strip.current
        image = self._pictures.find(current, "large")
        self.well.show_picture(image or self._pictures.find(current), has_picture=current is not None)

    def _show_sending(self) -> None:
        self.well.show_sending(self._new.sending(self.machine.id))

    def _show_chip(self, machine: MachineDetail) -> None:
        words, today = self._context.words, self._context.today
        chip = status_chip(machine, words, today=today)
        if self.chip is None:
            self.chip = ChipLabel(chip)
            self._beside_picture.insertWidget(0, self.chip)
        self.chip.show_chip(chip)
        self.beside.setText(machine.reason or "")
        self.beside.setVisible(bool(machine.reason))

    def _show_history(self, machine: MachineDetail) -> None:
        _clear(self._inner)
        words = self._context.words
        still_open = [fault for fault in machine.faults if fault.resolved_at is None]
        if still_open:
            self._inner.addWidget(label(words("machines.open_faults"), "head"))
        for fault in still_open:
            self._inner.addWidget(self._fault(fault))
        self._inner.addWidget(label(words("machines.history"), "head"))
        past = history(machine, self._context)
        for text, second in past:
            self._inner.addWidget(_two_lines(text, second))
        if not past:
            self._inner.addWidget(label(words("machines.no_history"), "muted"))

    def _fault(self, fault: FaultView) -> QWidget:
        words, whole = self._context.words, QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        moment = words.moment(fault.reported_at, zone=self._context.sites.zone, now=self._context.clock.now())
        row.addWidget(_two_lines(fault.description, words("machines.fault.reported", moment=moment)), 1)
        press = button(words("machines.resolve"), icon=Icon.TICK)
        changing(self._context, press, "machine.care")
        press.clicked.connect(lambda _=False: self.resolve.emit(fault))
        row.addWidget(press, 0, Qt.AlignmentFlag.AlignTop)
        return whole


def _two_lines(text: str, second: str) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(label(text, "name", wrap=True))
    column.addWidget(label(second, "muted", wrap=True))
    return whole


def _clear(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
