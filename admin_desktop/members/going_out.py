"""The list of members as a file."""

from collections.abc import Callable

from admin_desktop.exporting.table import Export, Field, Value
from admin_desktop.members.reading import current_membership, member_chip
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Fetch
from shared.contracts.gym import MembershipView, MemberView


def member_export(context: Context, fetch: Fetch[MemberView]) -> Export[MemberView]:
    """As the list is filtered. Of several memberships it is the one that the list shows."""
    words = context.words
    fields: list[Field[MemberView]] = [
        Field(words("members.number_field"), lambda member: member.number),
        Field(words("members.given_name"), lambda member: member.given_name),
        Field(words("members.family_name"), lambda member: member.family_name),
        Field(words("members.email"), lambda member: member.email),
        Field(words("members.phone"), lambda member: member.phone),
        Field(words("members.home_field"), lambda member: context.sites.name_of(member.home_site_id)),
        Field(words("reports.fact.joined_on"), lambda member: member.joined_at.astimezone(context.sites.zone).date()),
        Field(words("members.membership"), _held(lambda held: held.plan_name)),
        Field(words("members.state"), lambda member: member_chip(member, words).text),
        Field(words("members.until"), _held(lambda held: held.paid_through_on)),
        Field(words("export.visits_left"), _held(lambda held: held.visits_left)),
        Field(words("members.last_visit"), lambda member: member.last_visit_at),
    ]
    return Export(words("members.room"), fields, fetch, context.sites.zone)


def _held(value: Callable[[MembershipView], Value]) -> Callable[[MemberView], Value]:
    def told(member: MemberView) -> Value:
        held = current_membership(member)
        return None if held is None else value(held)

    return told
