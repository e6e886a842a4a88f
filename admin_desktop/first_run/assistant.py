"""What a new gym still needs before its first member can walk in: a list of steps, each with its button.

It asks the cloud how far the gym is, and keeps nothing of that: closed and opened again, on any PC, it goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from admin_desktop.first_run.site import SiteFactsSheet
from admin_desktop.plans.editing import PlanSheet
from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import IconLabel, label
from admin_desktop.widgets.sheet import Overlay
from shared.contracts.gym import PlanView, SiteView
from shared.contracts.kiosks import DeviceInfo
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK
from shared.domain.device import DeviceStatus
from shared.domain.roles import Group

STEPS = ("owner", "site", "hours", "plan", "kiosk")
_WIDTH = 620


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a gym is."""

    plans: list[PlanView]
    devices: list[DeviceInfo]

    @property
    def has_plan(self) -> bool:
        return bool(self.plans)

    @property
    def has_kiosk(self) -> bool:
        return any(each.status is DeviceStatus.ACTIVE and each.enrolled_at is not None for each in self.devices)


def ask_standing(context: Context, then: Callable[[Standing], None]) -> None:
    """Ask how far the gym is; without an answer nothing happens."""
    staff = context.desk.staff
    context.ask.quietly(lambda: Standing(staff.plans(), staff.devices()), then)


def show(context: Context) -> None:
    """Show the assistant as far as the gym is."""

    def begin(standing: Standing) -> None:
        Assistant(context, standing)

    ask_standing(context, begin)


def offer(context: Context) -> None:
    """Show it by itself to the owner of a gym that has nothing to sell and no door yet."""

    def look(standing: Standing) -> None:
        if not standing.has_plan and not standing.devices:
            Assistant(context, standing)

    if context.me.role is Group.OWNER:
        ask_standing(context, look)


class Assistant(Overlay):
    """The steps in the middle of the window. ``Later`` closes it; the palette has it again."""

    def __init__(self, context: Context, standing: Standing) -> None:
        super().__init__(context.stage)
        self._context, self.standing = context, standing
        words = context.words
        self.frame = QFrame(self)
        self.frame.setProperty("role", "sheet")
        self.frame.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(DESK.margin, DESK.padding, DESK.margin, DESK.padding)
        column.setSpacing(14)
        column.addWidget(label(words("first.title", gym=context.desk.connection.gym_name), "title", wrap=True))
        self.lead = label("", "muted", wrap=True)
        column.addWidget(self.lead)
        acts = {
            "owner": None,
            "site": self._change_site,
            "hours": lambda: self._go("sites"),
            "plan": self._make_plan,
            "kiosk": lambda: self._go("kiosks"),
        }
        self.steps = {name: _Step(name, words, acts[name]) for name in STEPS}
        for step in self.steps.values():
            column.addWidget(step)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.leave_button = button(words("first.later"))
        self.leave_button.clicked.connect(self.leave)
        foot.addWidget(self.leave_button)
        column.addLayout(foot)
        self.setAccessibleName(words("first.title", gym=context.desk.connection.gym_name))
        self._show()
        self.show()
        self.raise_()
        self._place()
        self.steps["plan" if standing.has_plan is False else "kiosk"].press.setFocus()

    def _show(self) -> None:
        words, standing, site = self._context.words, self.standing, self._context.sites.current
        self.steps["owner"].show_state(words("first.owner.is", name=self._context.me.person.name), done=True)
        self.steps["site"].show_state(words("first.site.is", site=site.name, zone=site.zone), done=True)
        always = words("first.hours.always" if site.hours is None else "first.hours.set")
        self.steps["hours"].show_state(always, done=site.hours is not None)
        plan = words("first.plan.none")
        if standing.has_plan:
            first = standing.plans[0]
            plan = words("first.plan.is", name=first.name, price=words.money(first.price_minor, first.currency))
        self.steps["plan"].show_state(plan, done=standing.has_plan)
        kiosk = words("first.kiosk.is" if standing.has_kiosk else "first.kiosk.none")
        self.steps["kiosk"].show_state(kiosk, done=standing.has_kiosk)
        ready = standing.has_plan and standing.has_kiosk
        self.lead.setText(words("first.ready" if ready else "first.what"))
        self.leave_button.setText(words("do.close" if ready else "first.later"))
        self._place()

    def _change_site(self) -> None:
        SiteFactsSheet(self._context, self._context.sites.current, self._took_site)

    def _took_site(self, site: SiteView) -> None:
        others = [site if each.id == site.id else each for each in self._context.sites.all]
        self._context.sites.take(others)
        self._show()

    def _make_plan(self) -> None:
        PlanSheet(self._context, None, lambda _: self._look_again())

    def _look_again(self) -> None:
        def show(standing: Standing) -> None:
            self.standing = standing
            self._show()

        ask_standing(self._context, show)

    def _go(self, room: str) -> None:
        """The room has the whole of it; a new kiosk is paired there."""
        self.close_it()
        self._context.go(room, "new" if room == "kiosks" else None)

    def resizeEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._place()

    def _place(self) -> None:
        self.frame.adjustSize()
        self.frame.move(self.rect().center() - self.frame.rect().center())


class _Step(QWidget):
    """What is needed, how it is now, and the button that sees to it."""

    def __init__(self, name: str, words: Words, act: Callable[[], None] | None) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.done_icon = IconLabel(Icon.TICK, size=24, colour="granted")
        self.open_icon = IconLabel(Icon.BAR, size=24, colour="muted")
        row.addWidget(self.done_icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.open_icon, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(label(words(f"first.{name}"), "name"))
        self.state = label("", "muted", wrap=True)
        texts.addWidget(self.state)
        row.addLayout(texts, 1)
        kind = "main" if name == "plan" else "plain"
        self.press: QPushButton = button(words(f"first.{name}.do") if act is not None else "", kind=kind)
        row.addWidget(self.press, 0, Qt.AlignmentFlag.AlignTop)
        if act is None:
            self.press.hide()
        else:
            self.press.clicked.connect(act)

    def show_state(self, text: str, *, done: bool) -> None:
        self.state.setText(text)
        self.done_icon.setVisible(done)
        self.open_icon.setVisible(not done)

    @property
    def is_done(self) -> bool:
        return not self.done_icon.isHidden()
