"""The list of plans as a file."""

from admin_desktop.exporting.table import Export, Field, amount
from admin_desktop.plans.reading import hours_of, period_of, plan_chip, sites_of
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Fetch
from shared.contracts.gym import PlanView


def plan_export(context: Context, fetch: Fetch[PlanView]) -> Export[PlanView]:
    words = context.words
    fields: list[Field[PlanView]] = [
        Field(words("plans.name"), lambda plan: plan.name),
        Field(words("plans.price"), lambda plan: amount(plan.price_minor, plan.currency)),
        Field(words("export.currency"), lambda plan: plan.currency),
        Field(words("plans.period"), lambda plan: period_of(plan, words)),
        Field(words("export.visits"), lambda plan: plan.visits),
        Field(words("export.hours"), lambda plan: hours_of(plan, words)),
        Field(words("export.sites"), lambda plan: sites_of(plan, context)),
        Field(words("plans.state"), lambda plan: plan_chip(plan, words).text),
    ]
    return Export(words("plans.room"), fields, fetch, context.sites.zone)
