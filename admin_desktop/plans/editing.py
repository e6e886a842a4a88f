"""The sheet in which a plan is made or changed. What was typed stays until it is saved or thrown away."""

from collections.abc import Callable
from datetime import date
from typing import Any

from admin_desktop.coming.sheet import FromDaySheet
from admin_desktop.plans.hours import HoursField
from admin_desktop.plans.sites import SitesField
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import ChoiceField, Form, TextField, TickField
from admin_desktop.widgets.numbers import AmountField, CountField, write_amount
from shared.contracts.gym import NewPlan, PlanChange, PlanDraft, PlanView
from shared.contracts.planned import PlannedChange, PlannedPlan
from shared.errors import InvalidInput

_LONGEST = {"months": 120, "days": 3660}


class PlanSheet(FormSheet):
    """``done`` gets the plan as saved, ``planned`` the change when it is to hold from a day on.

    ``currency`` is what a new one is sold in when nothing else is typed.
    """

    def __init__(
        self,
        context: Context,
        plan: PlanView | None,
        done: Callable[[PlanView], None],
        *,
        planned: Callable[[PlannedChange], None] = lambda _: None,
        currency: str = "",
    ) -> None:
        words = context.words
        title = words("plans.new") if plan is None else words("plans.edit.title", name=plan.name)
        super().__init__(context, title, plan_form(context, plan, currency=currency), do=words("do.save"))
        self._plan, self._done, self._planned = plan, done, planned
        self.later = button(words("coming.later"))
        self.later.clicked.connect(self.plan_it)
        self.foot.insertWidget(self.foot.count() - 1, self.later)
        self.later.setVisible(plan is not None)

    def plan_it(self) -> None:
        """Have what was typed hold from a day on."""
        facts, staff, plan = self._facts(), self._context.desk.staff, self._plan
        if facts is None or plan is None:
            return

        def ask(from_on: date) -> PlannedChange:
            wanted = PlannedPlan(from_on=from_on, plan=PlanDraft(**facts), version=plan.version)
            return staff.plan_for_plan(plan.id, wanted)

        def done(change: PlannedChange) -> None:
            self.close_it()
            self._planned(change)

        FromDaySheet(self._context, plan.name, ask, done)

    def save(self) -> None:
        facts, staff, plan = self._facts(), self._context.desk.staff, self._plan
        if facts is None:
            return
        if plan is None:
            new = NewPlan(id=self.id, **facts)
            self.send(lambda: staff.create_plan(new), self._done)
        else:
            change = PlanChange(version=plan.version, for_staff=plan.for_staff, **facts)
            self.send(lambda: staff.change_plan(plan.id, change), self._done)

    def _facts(self) -> dict[str, Any] | None:
        """What was typed as the facts of a plan; None when some of it cannot be taken."""
        values = self.form.values()
        if values is None:
            return None
        unit, length = values.pop("unit"), values.pop("length")
        if length > _LONGEST[unit]:
            self.form.complain("length", self._context.words("plans.wrong.length"))
            return None
        return {**values, "months": 0, "days": 0, unit: length}


class _CurrencyField(TextField):
    def __init__(self, context: Context, currency: str) -> None:
        words = context.words
        super().__init__(
            words("plans.field.currency"), currency, hint=words("plans.field.currency.hint"), needed=" ", longest=3
        )
        self._wrong = words("plans.wrong.currency")
        self.value = self._code

    def _code(self) -> str:
        code = self.line.text().strip().upper()
        if not (len(code) == 3 and code.isascii() and code.isalpha()):  # noqa: PLR2004  # ISO 4217
            raise InvalidInput(self._wrong)
        return code


def plan_form(context: Context, plan: PlanView | None, *, currency: str) -> Form:
    """A field for everything that a plan has, by its name in the contract; ``unit`` and ``length`` are the period."""
    words, form = context.words, Form()
    code = _CurrencyField(context, currency if plan is None else plan.currency)
    form.add(
        "name",
        TextField(words("plans.field.name"), plan.name if plan else "", needed=words("plans.wrong.name"), longest=120),
    )
    form.add("price_minor", _price(context, plan, lambda: code.line.text().strip().upper()))
    form.add("currency", code)
    _add_period(form, context, plan)
    form.add(
        "visits",
        CountField(
            words("plans.field.visits"),
            plan.visits if plan else None,
            least=1,
            most=10_000,
            wrong=words("plans.wrong.visits"),
            needed=False,
            hint=words("plans.field.visits.hint"),
        ),
    )
    form.add("windows", HoursField(words, plan.windows if plan else None))
    form.add("site_ids", SitesField(words, context.sites.all, plan.site_ids if plan else None))
    form.add("renews", TickField(words("plans.field.renews"), on=bool(plan and plan.renews)))
    form.add("on_sale", TickField(words("plans.field.on_sale"), on=plan is None or plan.on_sale))
    if plan is None:
        form.add("for_staff", TickField(words("plans.field.for_staff")))
    return form


def _price(context: Context, plan: PlanView | None, currency: Callable[[], str]) -> AmountField:
    words = context.words
    text = "" if plan is None else write_amount(plan.price_minor, plan.currency, comma=words.language == "da")
    hint = "" if plan is None else words("plans.field.price.hint")
    return AmountField(words("plans.field.price"), currency, wrong=words("plans.wrong.price"), text=text, hint=hint)


def _add_period(form: Form, context: Context, plan: PlanView | None) -> None:
    words = context.words
    units: list[tuple[Any, str]] = [(unit, words(f"plans.unit.{unit}")) for unit in ("months", "days")]
    unit = "days" if plan is not None and plan.days else "months"
    length = 1 if plan is None else plan.months or plan.days
    form.add("unit", ChoiceField(words("plans.field.unit"), units, unit))
    form.add(
        "length",
        CountField(
            words("plans.field.length"),
            length,
            least=1,
            most=max(_LONGEST.values()),
            wrong=words("plans.wrong.length"),
            hint=words("plans.field.length.hint"),
        ),
    )
