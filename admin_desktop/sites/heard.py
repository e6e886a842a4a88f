"""Which kiosks of a site have heard its rules."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.kiosks.health import Health
from admin_desktop.shell.context import Context
from admin_desktop.widgets.chips import Chip, ChipLabel, Tone
from admin_desktop.widgets.labels import label
from shared.contracts.kiosks import DeviceInfo
from shared.desktop.drawings import Icon


class HeardPanel(QFrame):
    """A line for each kiosk."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._context = context
        self.chips: dict[str, ChipLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(label(context.words("sites.heard"), "name"))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        column.addLayout(self._rows)

    def show_devices(self, devices: list[DeviceInfo]) -> None:
        """Those of the site at hand."""
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.chips.clear()
        for device in devices:
            self._rows.addWidget(self._row(device))
        if not devices:
            self._rows.addWidget(label(self._context.words("sites.heard.none"), "muted", wrap=True))

    def _row(self, device: DeviceInfo) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        chip = self.chips[device.name] = ChipLabel(_heard(device, self._context))
        line.addWidget(label(device.name, wrap=True), 1)
        line.addWidget(chip)
        return row


def _heard(device: DeviceInfo, context: Context) -> Chip:
    words = context.words
    if Health(device, None, context.clock.now()).knows_rules():
        return Chip(words("sites.heard.yes"), Tone.GOOD, Icon.TICK)
    return Chip(words("sites.heard.not_yet"), Tone.CARE, Icon.CLOCK)
