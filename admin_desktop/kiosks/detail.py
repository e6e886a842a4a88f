"""Beside the list: one kiosk with its acts and its last entries."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.kiosks.health import Health
from admin_desktop.kiosks.reading import moment_in, where
from admin_desktop.shell.changing import changing, let
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label, rule
from shared.contracts.kiosks import EventInfo
from shared.desktop.drawings import Icon
from shared.domain.attendance import EventKind, Outcome
from shared.domain.device import DeviceStatus, Direction

_NEWEST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: a text, a quieter one below it."""

    text: str
    second: str


class KioskDetail(QWidget):
    """Shows one kiosk; the acts are the room's."""

    def __init__(self, context: Context, *, again: Callable[[], None], lock: Callable[[], None]) -> None:
        super().__init__()
        words = context.words
        self._context = context
        self.health: Health | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.name, self.facts = label("", "card", wrap=True), label("", "muted", wrap=True)
        self.again_button = button(words("kiosks.again"), icon=Icon.REFRESH)
        self.lock_button = button(words("kiosks.lock"), icon=Icon.LOCK)
        self.again_button.setToolTip(words("kiosks.again.hint"))
        self.again_button.clicked.connect(again)
        self.lock_button.clicked.connect(lock)
        acts = QHBoxLayout()
        for press, operation in ((self.again_button, "device.change"), (self.lock_button, "device.revoke")):
            acts.addWidget(press)
            changing(context, press, operation)
        acts.addStretch(1)
        self.why_off = label(words("kiosks.only_admins"), "muted", wrap=True)
        for part in (self.name, self.facts):
            column.addWidget(part)
        column.addLayout(acts)
        column.addWidget(self.why_off)
        self.why_off.setVisible(not context.me.may("device.change"))
        column.addWidget(rule())
        column.addWidget(label(words("kiosks.events"), "head"))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(10)
        column.addLayout(self._lines)
        column.addStretch(1)

    def show_health(self, health: Health) -> None:
        """Show a kiosk; its entries are asked for when it is another, or has handed in more."""
        before, self.health = self.health, health
        info = health.info
        self.name.setText(info.name)
        self.facts.setText("\n".join(self._facts(health)))
        alive = info.status is not DeviceStatus.REVOKED
        let(self.again_button, on=alive)
        let(self.lock_button, on=alive)
        if before is None or before.info.id != info.id or before.info.streams != info.streams:
            self._load()

    def _facts(self, health: Health) -> list[str]:
        words, info, context = self._context.words, health.info, self._context
        lines = [where(info.site_id, info.direction, context)]
        if info.enrolled_at is not None:
            lines.append(words("kiosks.paired", moment=moment_in(info.enrolled_at, context)))
        if info.program_version is not None:
            lines.append(words("kiosks.version", version=info.program_version))
        return lines

    def _load(self) -> None:
        health, staff = self.health, self._context.desk.staff
        if health is not None:
            device_id = health.info.id
            self._context.ask.quietly(
                lambda: staff.device_events(device_id, newest=_NEWEST), self._show, owner=self, lane="events"
            )

    def _show(self, events: list[EventInfo]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for event in events:
            self._lines.addWidget(_line(event_line(event, self._context)))
        if not events:
            nothing = label(self._context.words("kiosks.no_events"), "muted", wrap=True)
            nothing.setAlignment(Qt.AlignmentFlag.AlignLeft)
            self._lines.addWidget(nothing)


def _line(line: Line) -> QWidget:
    shown = QWidget()
    column = QVBoxLayout(shown)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    column.addWidget(label(line.text, "name", wrap=True))
    column.addWidget(label(line.second, "muted", wrap=True))
    return shown


def event_line(info: EventInfo, context: Context) -> Line:
    """What the door said, and when."""
    words, event = context.words, info.event
    moment = words.moment(info.effective_at, zone=context.sites.zone, now=context.clock.now())
    shown = "" if event.pass_kind is None else words(f"kiosks.pass.{event.pass_kind.value}")
    return Line(_said(info, context), " · ".join(filter(None, (moment, shown))))


def _said(info: EventInfo, context: Context) -> str:
    words, event = context.words, info.event
    if event.kind is not EventKind.SCAN:
        return words(f"kiosks.event.{event.kind.value}")
    match event.outcome:
        case Outcome.DENIED:
            reason = f"door.reason.{event.reason}"
            return (
                words("kiosks.event.denied_for", reason=words(reason))
                if words.knows(reason)
                else words("kiosks.event.denied")
            )
        case Outcome.GRANTED:
            return words("kiosks.event.left" if event.direction is Direction.EXIT else "kiosks.event.granted")
        case _:
            return words("kiosks.event.not_recorded")
