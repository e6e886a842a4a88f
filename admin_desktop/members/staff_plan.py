"""The sheet that puts somebody who works here on a plan for staff, with its own hours, without money."""

from admin_desktop.members.family import Changed
from admin_desktop.members.reading import full_name
from admin_desktop.shell.context import Context
from admin_desktop.shell.form_sheet import FormSheet
from admin_desktop.widgets.forms import ChoiceField, DateField, Form
from admin_desktop.widgets.labels import label
from shared.contracts.gym import MemberView, PlanView, Sale


def open_staff_plan(context: Context, member: MemberView, done: Changed) -> None:
    """Ask which plans there are, then for one of them; where there is none, say how to make one."""

    def choose(plans: list[PlanView]) -> None:
        offered = [plan for plan in plans if plan.for_staff and plan.on_sale]
        if offered:
            StaffPlanSheet(context, member, offered, done)
        else:
            context.toasts.show(context.words("members.staff_plan.none"))

    context.ask(context.desk.staff.plans, choose)


class StaffPlanSheet(FormSheet):
    def __init__(self, context: Context, member: MemberView, plans: list[PlanView], done: Changed) -> None:
        words, form, today = context.words, Form(), context.today
        form.add("plan", ChoiceField(words("members.membership"), [(plan, plan.name) for plan in plans]))
        form.add("starts_on", DateField(words("members.staff_plan.from"), today, earliest=today))
        title = words("members.staff_plan.title", name=full_name(member, words))
        super().__init__(context, title, form, do=words("members.staff_plan.do"))
        form.column.addWidget(label(words("members.staff_plan.what"), "muted", wrap=True))
        self._member, self._done = member, done

    def save(self) -> None:
        values, member, staff = self.form.values(), self._member, self._context.desk.staff
        if values is None:
            return
        sale = Sale(id=self.id, plan_id=values["plan"].id, starts_on=values["starts_on"])

        def work() -> MemberView:
            staff.sell(member.id, sale)
            return staff.member(member.id)

        self.send(work, lambda now: self._done(now, "members.staff_plan.given"))
