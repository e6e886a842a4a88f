"""The kiosks' room: a card each, kept as they are by asking every few seconds; beside them a pairing or the chosen one."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout

from admin_desktop.exporting.sheet import export_button
from admin_desktop.kiosks.cards import CardList
from admin_desktop.kiosks.detail import KioskDetail
from admin_desktop.kiosks.going_out import kiosk_export
from admin_desktop.kiosks.health import Health
from admin_desktop.kiosks.making import KioskSheet
from admin_desktop.kiosks.pairing import Pairing, PairingPanel, read_code
from admin_desktop.kiosks.reading import count_states, where
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import bare, label
from shared.contracts.kiosks import DeviceInfo
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK
from shared.domain.device import DeviceStatus

REFRESH_MS, TICK_MS = 5000, 1000


class KiosksRoom(Room):
    """Name ``kiosks``. Goes to a device's id."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("kiosks.room"))
        words = context.words
        self.devices: list[DeviceInfo] = []
        self.chosen: UUID | None = None
        self.locked_button = button("", kind="quiet")
        self.locked_button.setCheckable(True)
        self.locked_button.clicked.connect(self._show)
        self.new = button(words("kiosks.pair"), kind="main", icon=Icon.PLUS)
        self.new.clicked.connect(self.make_new)
        self.export = export_button(context, lambda: kiosk_export(context, self.devices))
        for press in (self.locked_button, self.export, self.new):
            self.acts.addWidget(press)
        self.locked_button.hide()
        changing(context, self.new, "device.create")
        self.new.setVisible(context.me.may("device.create"))
        self.list = CardList(context)
        self.list.chosen.connect(self.choose)
        self.cards = self.list.cards
        row = QHBoxLayout()
        row.setSpacing(DESK.gap)
        row.addWidget(bare(self.list), 1)
        row.addWidget(self._side())
        self.body.addLayout(row, 1)
        self._asking = QTimer(self, interval=REFRESH_MS)
        self._asking.timeout.connect(self._refresh)
        self._ticking = QTimer(self, interval=TICK_MS)
        self._ticking.timeout.connect(self._tick)

    def _side(self) -> QFrame:
        context = self.context
        self.detail = KioskDetail(context, again=self.pair_again, lock=self.lock)
        self.pairing = PairingPanel(context, again=self.new_code, close=self.close_pairing)
        pick = label(context.words("kiosks.pick"), "muted", wrap=True)
        pick.setAlignment(Qt.AlignmentFlag.AlignCenter)
        side = QFrame()
        side.setProperty("role", "panel")
        side.setFixedWidth(DESK.card)
        column = QVBoxLayout(side)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        self._stack = QStackedWidget()
        column.addWidget(self._stack)
        self._pick, self._detail, self._pairing = pick, bare(self.detail), bare(self.pairing)
        for page in (self._pick, self._detail, self._pairing):
            self._stack.addWidget(page)
        return side

    def entered(self) -> None:
        self._load(failed=self.context.show_failure)
        self.new.setFocus()

    def go_to(self, thing: object) -> None:
        if isinstance(thing, UUID):
            self.choose(thing)
        elif thing == "new":
            self.make_new()

    def make_new(self) -> None:
        if self.new.isEnabled():
            KioskSheet(self.context, self._begin_pairing)

    def choose(self, device_id: UUID) -> None:
        """Show one kiosk beside the list."""
        self.chosen = device_id
        self.list.mark(device_id)
        if self.pairing.pairing is not None and self.pairing.pairing.device_id != device_id:
            self.pairing.pairing = None
        self._show_side()

    def pair_again(self) -> None:
        """Enrol the chosen kiosk again in place."""
        if self.chosen in self.cards:
            info = self.cards[self.chosen].health.info
            self._ask_code(info.id, info.name, where(info.site_id, info.direction, self.context))

    def new_code(self) -> None:
        """Another code for the pairing on the screen."""
        if self.pairing.pairing is not None:
            shown = self.pairing.pairing
            self._ask_code(shown.device_id, shown.name, shown.where)

    def close_pairing(self) -> None:
        self.pairing.pairing = None
        self._show_side()

    def lock(self) -> None:
        if self.chosen not in self.cards:
            return
        info, words, staff = self.cards[self.chosen].health.info, self.context.words, self.context.desk.staff

        def done(_: object) -> None:
            self.context.toasts.show(words("kiosks.locked", name=info.name))
            self.close_pairing()
            self._refresh()

        self.context.question(
            words("kiosks.lock.title", name=info.name),
            [words(f"kiosks.lock.{each}") for each in ("what", "events", "final")],
            yes=words("kiosks.lock"),
            then=lambda: self.context.ask(lambda: staff.revoke_device(info.id), done, failed=self.context.show_failure),
        )

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        self._asking.start()
        self._ticking.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        self._asking.stop()
        self._ticking.stop()
        super().hideEvent(event)

    def _ask_code(self, device_id: UUID, name: str, place: str) -> None:
        context, staff = self.context, self.context.desk.staff

        def work() -> Pairing:
            return read_code(staff.new_code(device_id), name, place)

        context.ask(work, self._begin_pairing, failed=context.show_failure)

    def _begin_pairing(self, pairing: Pairing) -> None:
        self.pairing.show_pairing(pairing)
        self.choose(pairing.device_id)
        self._refresh()

    def _refresh(self) -> None:
        """As the timer does: what fails now is asked again in a few seconds, and the banner says so."""
        self._load(failed=lambda _: None)

    def _load(self, *, failed: Callable[[Exception], None]) -> None:
        staff = self.context.desk.staff
        self.context.ask(staff.devices, self._loaded, failed=failed, owner=self, lane="devices")

    def _loaded(self, devices: list[DeviceInfo]) -> None:
        self.devices = devices
        self._show()
        pairing = self.pairing.pairing
        if pairing is None or self.pairing.has_joined:
            return
        if any(each.id == pairing.device_id and pairing.is_joined(each) for each in devices):
            self.pairing.show_joined()
            self.context.toasts.show(self.context.words("kiosks.joined", name=pairing.name))

    def _show(self) -> None:
        """Those that are to be seen; the locked ones at the end, when asked for."""
        locked = [each for each in self.devices if each.status is DeviceStatus.REVOKED]
        alive = [each for each in self.devices if each not in locked]
        shown = alive + (locked if self.locked_button.isChecked() else [])
        self.list.show_healths([self._health(each) for each in shown])
        self._say(alive, len(locked))
        self._show_side()

    def _say(self, alive: list[DeviceInfo], locked: int) -> None:
        words = self.context.words
        counts = count_states([self._health(each) for each in alive])
        self.sentence.setText(words("kiosks.count", **counts))
        self.locked_button.setVisible(locked > 0)
        key = "kiosks.hide_locked" if self.locked_button.isChecked() else "kiosks.show_locked"
        self.locked_button.setText(words(key, n=locked))

    def _show_side(self) -> None:
        card = None if self.chosen is None else self.cards.get(self.chosen)
        if self.pairing.pairing is not None:
            self._stack.setCurrentWidget(self._pairing)
        elif card is not None:
            self.detail.show_health(card.health)
            self._stack.setCurrentWidget(self._detail)
        else:
            self._stack.setCurrentWidget(self._pick)

    def _tick(self) -> None:
        """Ages grow by the second while the cloud answers."""
        self.pairing.tick_on()
        for card in self.cards.values():
            card.show_health(self._health(card.health.info))

    def _health(self, info: DeviceInfo) -> Health:
        contact = self.context.ask.contact
        now = self.context.clock.now() if contact.online else contact.loaded_at or self.context.clock.now()
        site = next((each for each in self.context.sites.all if each.id == info.site_id), None)
        return Health(info, site, now)
