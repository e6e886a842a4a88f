"""The plans' room: what is sold at the left, one plan whole at the right."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from admin_desktop.exporting.sheet import export_button
from admin_desktop.plans.card import PlanCard
from admin_desktop.plans.editing import PlanSheet
from admin_desktop.plans.going_out import plan_export
from admin_desktop.plans.reading import plan_columns
from admin_desktop.shell.changing import changing
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.beside import Beside
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.pages import Page, PagedModel
from admin_desktop.widgets.table import Table
from shared.contracts.gym import PlanChange, PlanView
from shared.contracts.planned import PlannedChange
from shared.desktop.drawings import Icon


class PlansRoom(Room):
    """Name ``plans``. Goes to a :class:`PlanView`."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("plans.room"))
        words = context.words
        self.new = button(words("plans.new"), kind="main", icon=Icon.PLUS)
        self.new.clicked.connect(self.make_new)
        self.export = export_button(context, lambda: plan_export(context, self.model.fetch))
        self.acts.addWidget(self.export)
        self.acts.addWidget(self.new)
        changing(context, self.new, "plan.change")
        self.new.setVisible(context.me.may("plan.change"))
        self.model: PagedModel[PlanView] = PagedModel(context.ask, plan_columns(context), self)
        self.table = Table(self.model, name=words("plans.room"))
        self.nothing = label(words("plans.none"), "muted", wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.card = PlanCard(context, edit=self.edit, withdraw=self.withdraw, withdrawn=self._load)
        left = QVBoxLayout()
        left.addWidget(self.nothing)
        left.addWidget(self.table, 1)
        self.beside = Beside(left, self.card, self.table, close=words("do.close"), opened=self.edit)
        self.body.addWidget(self.beside, 1)
        self.table.chosen.connect(self.card.show_plan)
        self.model.loaded.connect(self._loaded)
        self.model.failed.connect(lambda error: context.show_failure(error, again=self._load))

    def entered(self) -> None:
        self._load()
        self.table.setFocus()

    def go_to(self, thing: object) -> None:
        if isinstance(thing, PlanView):
            self.card.show_plan(thing)
            self.beside.show_card()

    def make_new(self) -> None:
        if self.new.isEnabled():
            currency = self.model.rows[-1].currency if self.model.rows else ""
            PlanSheet(self.context, None, lambda plan: self._done(plan, "plans.made"), currency=currency)

    def edit(self) -> None:
        plan = self.card.plan
        if plan is not None and self.card.edit_button.isEnabled():
            sheet = PlanSheet(self.context, plan, lambda saved: self._done(saved, "plans.saved"), planned=self._planned)
            sheet.closed.connect(self._load)

    def withdraw(self) -> None:
        """Off sale or on it again, at once; it can be taken back."""
        plan = self.card.plan
        if plan is not None:
            self._set_sale(plan, on_sale=not plan.on_sale, undo=True)

    def _set_sale(self, plan: PlanView, *, on_sale: bool, undo: bool) -> None:
        facts = plan.model_dump(exclude={"id", "on_sale"})
        change, staff = PlanChange(**facts, on_sale=on_sale), self.context.desk.staff

        def done(saved: PlanView) -> None:
            back: Callable[[], None] | None = None
            if undo:
                back = lambda: self._set_sale(saved, on_sale=not on_sale, undo=False)  # noqa: E731  # None without
            self._done(saved, "plans.offered" if on_sale else "plans.withdrawn", undo=back)

        self.context.ask(lambda: staff.change_plan(plan.id, change), done, failed=self._failed)

    def _failed(self, error: Exception) -> None:
        self.context.show_failure(error)
        self._load()

    def _planned(self, change: PlannedChange) -> None:
        self._load()
        day = change.from_on
        self.context.toasts.show(self.context.words("coming.planned", day=day, year=str(day.year)))

    def _load(self) -> None:
        staff = self.context.desk.staff
        self.context.ask.quietly(staff.planned_changes, self.card.show_planned, owner=self, lane="planned")
        self.model.load(lambda _: Page(sorted(staff.plans(), key=lambda plan: (not plan.on_sale, plan.name)), None))

    def _loaded(self) -> None:
        rows, shown = self.model.rows, self.card.plan
        self.sentence.setText(
            self.context.words("plans.count", sold=sum(plan.on_sale for plan in rows), n=len(rows)) if rows else ""
        )
        self.nothing.setVisible(not rows)
        self.table.setVisible(bool(rows))
        places = [place for place, row in enumerate(rows) if shown is not None and row.id == shown.id]
        self.table.choose(places[0] if places else 0)

    def _done(self, plan: PlanView, said: str, *, undo: Callable[[], None] | None = None) -> None:
        self.card.show_plan(plan)
        self._load()
        words = self.context.words
        text = words(said, name=plan.name)
        if undo is None:
            self.context.toasts.show(text)
        else:
            self.context.toasts.show_undoable(text, action=words("do.undo"), undo=undo)
