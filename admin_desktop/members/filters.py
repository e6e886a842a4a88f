"""What bounds and orders the list of members: chips in a row."""

from datetime import timedelta
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from admin_desktop.shell.context import Context
from admin_desktop.widgets.menu_chip import MenuChip
from shared.contracts.gym import PlanView
from shared.contracts.members import MemberQuery, MemberSort, MemberState

_SOON = timedelta(days=14)
_JOINED = (("month", 30), ("quarter", 91), ("year", 365))
"""Names, and so many days back."""


class MemberFilters(QWidget):
    """``changed`` is a choice by hand."""

    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        words = self._words = context.words
        self._context = context
        states = [(state, words(f"members.filter.{state.value}")) for state in MemberState]
        sorts = [(sort, words(f"members.sort.{sort.value}")) for sort in MemberSort if sort is not MemberSort.NAME]
        joined = [(days, words(f"members.filter.joined.{name}")) for name, days in _JOINED]
        self.state = MenuChip(words("members.filter.any_state"), states)
        self.plan = MenuChip(words("members.filter.any_plan"))
        self.site = MenuChip(words("members.filter.any_site"))
        self.soon = MenuChip(words("members.filter.soon"), [(True, words("members.filter.soon"))])
        self.joined = MenuChip(words("members.filter.joined"), joined)
        self.order = MenuChip(words("members.sort.name"), sorts)
        self.descending = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for chip in (self.state, self.plan, self.site, self.soon, self.joined):
            row.addWidget(chip)
            chip.chosen.connect(self.changed)
        row.addStretch(1)
        row.addWidget(self.order)
        self.order.chosen.connect(self._ordered)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_sites()

    def show_sites(self) -> None:
        """One of several sites; a gym of one has no such chip."""
        sites = self._context.sites.all
        self.site.offer([(site.id, site.name) for site in sites])
        self.site.setVisible(len(sites) > 1)

    def show_plans(self, plans: list[PlanView]) -> None:
        self.plan.offer([(plan.id, plan.name) for plan in sorted(plans, key=lambda plan: plan.name.casefold())])

    def order_by(self, sort: MemberSort) -> None:
        """Another order; the same one again the other way round."""
        self.descending = not self.descending if sort is self.sort else False
        self.order.value = None if sort is MemberSort.NAME else sort
        self.order.choose(self.order.value)

    @property
    def sort(self) -> MemberSort:
        return self.order.value or MemberSort.NAME

    @property
    def bounds(self) -> dict[str, Any]:
        """What is chosen, as fields of a MemberQuery."""
        today, chosen = self._context.today, dict[str, Any]()
        chosen |= {"state": self.state.value, "plan_id": self.plan.value, "site_id": self.site.value}
        if self.soon.value:
            chosen |= {"until_last": today + _SOON, "state": self.state.value or MemberState.ACTIVE}
        if self.joined.value:
            chosen["joined_first"] = today - timedelta(days=self.joined.value)
        return {name: value for name, value in chosen.items() if value is not None}

    def asked(self, search: str | None, *, limit: int) -> MemberQuery:
        return MemberQuery(search=search, sort=self.sort, descending=self.descending, limit=limit, **self.bounds)

    def reset(self) -> None:
        for chip in (self.state, self.plan, self.site, self.soon, self.joined):
            chip.reset()

    def _ordered(self) -> None:
        self.changed.emit()
