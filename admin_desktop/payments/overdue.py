"""Who is overdue, the longest first: who it is, since when, what a renewal costs, how they are reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from admin_desktop.desk import Desk
from admin_desktop.exporting.table import Export, Field, amount
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Cell, Column, Fetch, Page
from shared.contracts.gym import MembershipView, MemberView, PlanView
from shared.contracts.members import MemberQuery, MemberSort, MemberState
from shared.domain.membership import Standing

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Overdue:
    """A member with the membership that is overdue; None for its plan where that is gone."""

    member: MemberView
    membership: MembershipView
    plan: PlanView | None

    @property
    def name(self) -> str:
        return f"{self.member.given_name} {self.member.family_name}".strip()

    @property
    def paid_until(self) -> date:
        """The last paid day."""
        return self.membership.paid_through_on

    def days(self, today: date) -> int:
        """Since the last paid day."""
        return (today - self.paid_until).days


def overdue_of(desk: Desk, site_id: UUID) -> Fetch[Overdue]:
    """Those whose home is the site; blocks."""

    def fetch(after: str | None) -> Page[Overdue]:
        wanted = MemberQuery(
            state=MemberState.OVERDUE, site_id=site_id, sort=MemberSort.UNTIL, after=after, limit=_PAGE
        )
        found = desk.staff.find_members(wanted)
        plans = {plan.id: plan for plan in desk.staff.plans()} if found.items else {}
        return Page(_rows(found.items, plans), found.next)

    return fetch


def overdue_columns(context: Context) -> Sequence[Column[Overdue]]:
    words = context.words

    def who(row: Overdue) -> Cell:
        number = "" if row.member.number is None else words("members.number", number=row.member.number)
        return Cell(row.name, number, avatar=row.name, strong=True)

    def what(row: Overdue) -> Cell:
        return Cell(row.membership.plan_name, words("payments.overdue.until", day=words.date(row.paid_until)))

    def reached(row: Overdue) -> Cell:
        phone, email = row.member.phone, row.member.email
        return Cell(phone or email or words("payments.overdue.no_way"), email or "" if phone else "")

    def days(row: Overdue) -> Cell:
        count = row.days(context.today)
        return Cell(words("payments.overdue.days.one" if count == 1 else "payments.overdue.days", n=count), right=True)

    def price(row: Overdue) -> Cell:
        text = "" if row.plan is None else words.money(row.plan.price_minor, row.plan.currency)
        return Cell(text, right=True, strong=True)

    return [
        Column(words("payments.who"), 3, who, floor=168),
        Column(words("payments.what"), 3, what, floor=150),
        Column(words("payments.overdue.reached"), 3, reached, floor=150),
        Column(words("payments.overdue.since"), 1, days, floor=96),
        Column(words("payments.amount"), 1, price, floor=116),
    ]


def overdue_export(context: Context, fetch: Fetch[Overdue]) -> Export[Overdue]:
    words = context.words
    fields: list[Field[Overdue]] = [
        Field(words("members.number_field"), lambda row: row.member.number),
        Field(words("payments.who"), lambda row: row.name),
        Field(words("payments.what"), lambda row: row.membership.plan_name),
        Field(words("members.until"), lambda row: row.paid_until),
        Field(words("payments.overdue.since"), lambda row: row.days(context.today)),
        Field(
            words("payments.amount"),
            lambda row: None if row.plan is None else amount(row.plan.price_minor, row.plan.currency),
        ),
        Field(words("export.currency"), lambda row: None if row.plan is None else row.plan.currency),
        Field(words("members.phone"), lambda row: row.member.phone),
        Field(words("members.email"), lambda row: row.member.email),
    ]
    return Export(words("payments.tab.overdue"), fields, fetch, context.sites.zone)


def _rows(members: Sequence[MemberView], plans: Mapping[UUID, PlanView]) -> list[Overdue]:
    rows = []
    for member in members:
        late = [view for view in member.memberships if view.standing is Standing.OVERDUE]
        if late:
            first = min(late, key=lambda view: view.paid_through_on)
            rows.append(Overdue(member, first, plans.get(first.plan_id)))
    return rows
