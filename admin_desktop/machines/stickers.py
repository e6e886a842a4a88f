"""The sticker on a machine: which one it is, where it stands, how to report, and a code that opens it at the desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPainter

from admin_desktop.machines.reading import sticker_text
from admin_desktop.printing.paper import Form
from admin_desktop.printing.qr import paint_code
from admin_desktop.printing.sheet import PrintSheet
from admin_desktop.shell.context import Context
from shared.contracts.machines import MachineView
from shared.desktop.fitting import Style, fit
from shared.desktop.tokens import LIGHT

_SIZE = QSizeF(90, 50)
FORMS = (Form("sticker", _SIZE), Form("a4_stickers", _SIZE, on_a4=True))
_CODE, _PAD, _GAP = 400.0, 40.0, 20.0
_NAME = Style(size=64, floor=34, weight=700, line=1.1, max_lines=2)
_PLACE = Style(size=34, floor=24, weight=500, line=1.2, max_lines=2)
_REPORT = Style(size=30, floor=22, weight=600, line=1.25, max_lines=5)
_DESK = Style(size=24, floor=18, weight=400, line=1.25, max_lines=2)


@dataclass(frozen=True, slots=True)
class Sticker:
    """``place`` is where it stands, ``report`` and ``desk`` what to do, ``serial`` the maker's number or nothing."""

    code: str
    name: str
    place: str
    serial: str
    report: str
    desk: str

    def paint(self, painter: QPainter, box: QRectF) -> None:
        side = min(_CODE, box.height() - 2 * _PAD)
        paint_code(painter, QRectF(_GAP, (box.height() - side) / 2, side, side), self.code)
        left = _GAP + side + _GAP
        room = QSizeF(box.width() - left - _PAD, box.height() - 2 * _PAD)
        top = self._paint_from_top(painter, left, room)
        desk = fit(self.desk, QSizeF(room.width(), 60), _DESK)
        desk.paint(painter, QPointF(left, box.height() - _PAD - desk.height), room.width(), LIGHT.text)
        report = fit(self.report, QSizeF(room.width(), box.height() - _PAD - desk.height - top - 16), _REPORT)
        report.paint(painter, QPointF(left, top + 8), room.width(), LIGHT.text)

    def _paint_from_top(self, painter: QPainter, left: float, room: QSizeF) -> float:
        """Name, place and serial number; returns where they end."""
        top = _PAD
        for text, style in ((self.name, _NAME), (self.place, _PLACE), (self.serial, _DESK)):
            if text:
                fitted = fit(text, QSizeF(room.width(), 150), style)
                fitted.paint(painter, QPointF(left, top), room.width(), LIGHT.text)
                top += fitted.height + 6
        return top


def sticker_of(machine: MachineView, context: Context) -> Sticker:
    words = context.words
    serial = "" if machine.serial is None else words("machines.serial", serial=machine.serial)
    return Sticker(
        code=sticker_text(machine.id),
        name=machine.name,
        place=f"{context.sites.name_of(machine.site_id)} · {context.desk.connection.gym_name}",
        serial=serial,
        report=words("machines.sticker.report"),
        desk=words("machines.sticker.desk"),
    )


def print_stickers(context: Context, machines: Sequence[MachineView]) -> PrintSheet:
    words, stickers = context.words, [sticker_of(machine, context) for machine in machines]
    title = words("machines.sticker.title", n=len(machines))
    if len(machines) == 1:
        title = words("machines.sticker.one", name=machines[0].name)
    forms = FORMS if len(machines) == 1 else FORMS[::-1]
    return PrintSheet(context, title, forms, lambda _form: stickers)
