"""The card of one plan."""

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from admin_desktop.coming.notice import ComingNotice
from admin_desktop.plans.coming import will_be
from admin_desktop.plans.reading import hours_of, period_of, plan_chip, sites_of, visits_of
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import bare, label, rule
from shared.contracts.gym import PlanView
from shared.contracts.planned import PlannedChange
from shared.desktop.drawings import Icon
from shared.desktop.tokens import DESK

_FACTS = ("period", "visits", "hours", "sites", "after")


class PlanCard(QFrame):
    """Shows one plan; the acts are the room's."""

    def __init__(
        self,
        context: Context,
        *,
        edit: Callable[[], None],
        withdraw: Callable[[], None],
        withdrawn: Callable[[], None],
    ) -> None:
        """``withdrawn``: a change that was to come does not."""
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(DESK.card)
        self._context = context
        self.plan: PlanView | None = None
        self._planned: dict[UUID, PlannedChange] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(DESK.padding, DESK.padding, DESK.padding, DESK.padding)
        column.setSpacing(12)
        self._empty = label(context.words("plans.pick"), "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._empty)
        self._full = QWidget()
        column.addWidget(self._full, 1)
        self._build(edit, withdraw, withdrawn)
        self.show_plan(None)

    def _build(self, edit: Callable[[], None], withdraw: Callable[[], None], withdrawn: Callable[[], None]) -> None:
        words = self._context.words
        inner = QVBoxLayout(self._full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(12)
        self.name, self.price = label("", "card", wrap=True), label("", "number")
        inner.addWidget(self.name)
        inner.addWidget(self.price)
        self._chip_place = QHBoxLayout()
        self.chip: ChipLabel | None = None
        inner.addLayout(self._chip_place)
        acts = QHBoxLayout()
        self.edit_button = button(words("plans.edit"), icon=Icon.EDIT)
        self.sale_button = button(words("plans.withdraw"))
        self.edit_button.clicked.connect(edit)
        self.sale_button.clicked.connect(withdraw)
        for press in (self.edit_button, self.sale_button):
            acts.addWidget(press)
            changing(self._context, press, "plan.change")
        acts.addStretch(1)
        inner.addLayout(acts)
        if not self._context.me.may("plan.change"):
            inner.addWidget(label(words("plans.reader"), "muted", wrap=True))
        self.coming = ComingNotice(self._context, self._will_be, operation="plan.change", withdrawn=withdrawn)
        inner.addWidget(self.coming)
        inner.addWidget(rule())
        inner.addWidget(bare(self._facts()), 1)

    def _facts(self) -> QWidget:
        words, whole = self._context.words, QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.facts = {name: label("", wrap=True) for name in _FACTS}
        for name, value in self.facts.items():
            column.addWidget(label(words("plans.period" if name == "period" else f"plans.card.{name}"), "head"))
            column.addWidget(value)
            column.addSpacing(8)
        column.addWidget(label(words("plans.card.rules"), "muted", wrap=True))
        column.addStretch(1)
        return whole

    def show_plan(self, plan: PlanView | None) -> None:
        self.plan = plan
        self._empty.setVisible(plan is None)
        self._full.setVisible(plan is not None)
        if plan is None:
            return
        words = self._context.words
        self.name.setText(plan.name)
        self.price.setText(words.money(plan.price_minor, plan.currency))
        self.sale_button.setText(words("plans.withdraw" if plan.on_sale else "plans.offer"))
        texts = (
            period_of(plan, words),
            visits_of(plan, words),
            hours_of(plan, words),
            sites_of(plan, self._context),
            words("plans.renews" if plan.renews else "plans.ends"),
        )
        for name, text in zip(_FACTS, texts, strict=True):
            self.facts[name].setText(text)
        self._show_chip(plan)
        self.coming.show_change(self._planned.get(plan.id))

    def show_planned(self, changes: Sequence[PlannedChange]) -> None:
        """What is to come, of whatever plan."""
        self._planned = {change.thing_id: change for change in changes}
        self.show_plan(self.plan)

    def _will_be(self, change: PlannedChange) -> str:
        return "" if self.plan is None else will_be(self.plan, change.facts, self._context)

    def _show_chip(self, plan: PlanView) -> None:
        chip = plan_chip(plan, self._context.words)
        if self.chip is None:
            self.chip = ChipLabel(chip)
            self._chip_place.addWidget(self.chip)
            self._chip_place.addStretch(1)
        else:
            self.chip.show_chip(chip)
