"""What the room says of a member: states as chips, dates as people say them. Qt-free but for the chip's icon."""

import re
from datetime import date

from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import Chip, Tone
from admin_desktop.widgets.pages import Cell, Column
from shared.contracts.gym import MemberChange, MembershipView, MemberView
from shared.contracts.members import MemberSort
from shared.desktop.drawings import Icon
from shared.domain.membership import Standing

_BY_STANDING = {
    Standing.ACTIVE: ("active", Tone.GOOD, Icon.TICK),
    Standing.IN_GRACE: ("in_grace", Tone.CARE, Icon.EXCLAIM),
    Standing.NOT_STARTED: ("not_started", Tone.INFO, Icon.CLOCK),
    Standing.FROZEN: ("paused", Tone.INFO, Icon.FREEZE),
    Standing.OVERDUE: ("overdue", Tone.BAD, Icon.EXCLAIM),
    Standing.ENDED: ("ended", Tone.OVER, Icon.BAR),
}
_BEST_FIRST = list(_BY_STANDING)
_KNOWN = tuple(name for name in MemberChange.model_fields if name != "version")


def full_name(member: MemberView, words: Words) -> str:
    return f"{member.given_name} {member.family_name}".strip() or words("members.erased")


def current_membership(member: MemberView) -> MembershipView | None:
    """The one that counts: the best of those that there are, the longest of equals."""

    def rank(view: MembershipView) -> tuple[int, int]:
        return _BEST_FIRST.index(view.standing), -view.paid_through_on.toordinal()

    return min(member.memberships, key=rank, default=None)


def membership_chip(view: MembershipView, words: Words) -> Chip:
    if view.visits_left is not None and view.visits_left <= 0 and view.standing is Standing.ACTIVE:
        return Chip(words("members.state.used_up"), Tone.BAD, Icon.EXCLAIM)
    name, tone, icon = _BY_STANDING[view.standing]
    return Chip(words(f"members.state.{name}"), tone, icon)


def member_chip(member: MemberView, words: Words) -> Chip:
    """The one thing to know at a glance."""
    if member.blocked:
        return Chip(words("members.state.blocked"), Tone.BAD, Icon.BLOCK)
    held = current_membership(member)
    if held is None:
        return Chip(words("members.state.none"), Tone.OVER, Icon.BAR)
    if member.document_missing and held.standing is Standing.ACTIVE:
        return Chip(words("members.state.missing"), Tone.CARE, Icon.PAPER)
    return membership_chip(held, words)


def left_of(view: MembershipView, words: Words, *, today: date) -> str:
    """What is left: visits of a pack, else days."""
    if view.visits_left is not None:
        return words("members.visits_left", n=max(0, view.visits_left))
    return words("members.left_days", n=max(0, (view.paid_through_on - today).days))


def member_columns(context: Context) -> list[Column[MemberView]]:
    words = context.words

    def who(member: MemberView) -> Cell:
        name = full_name(member, words)
        number = "" if member.number is None else words("members.number", number=member.number)
        return Cell(name, number, avatar=name, strong=True)

    def membership(member: MemberView) -> Cell:
        held = current_membership(member)
        if held is None:
            return Cell(words("members.no_membership"))
        return Cell(held.plan_name, left_of(held, words, today=context.today))

    def until(member: MemberView) -> Cell:
        held = current_membership(member)
        return Cell() if held is None else _day_cell(held.paid_through_on, context)

    def last_visit(member: MemberView) -> Cell:
        if member.last_visit_at is None:
            return Cell("")
        there = member.last_visit_at.astimezone(context.sites.zone)
        day = _day_cell(there.date(), context)
        return Cell(day.text, " ".join(filter(None, (day.second, f"{there:%H:%M}"))))

    return [
        Column(words("members.name"), 4, who, floor=168, sort=MemberSort.NAME.value),
        Column(words("members.membership"), 3, membership, floor=112),
        Column(words("members.state"), 1, lambda member: Cell(chip=member_chip(member, words)), floor=136),
        Column(words("members.until"), 1, until, floor=120, sort=MemberSort.UNTIL.value),
        Column(words("members.last_visit"), 1, last_visit, floor=120, sort=MemberSort.LAST_VISIT.value),
    ]


def _day_cell(day: date, context: Context) -> Cell:
    """A day with the year below it where that is another one: a date is never cut."""
    words, today = context.words, context.today
    if day.year == today.year or abs((day - today).days) <= 1:
        return Cell(words.day(day, today=today))
    return Cell(words("day.date", day=day), str(day.year))


def change_of(member: MemberView) -> MemberChange:
    """A change that changes nothing, of the member as it was seen."""
    return MemberChange(version=member.version, **{name: getattr(member, name) for name in _KNOWN})


def read_birthday(text: str) -> date | None:
    """A day as people type it: 31.5.2012, 31/05/2012 or 2012-05-31. Raises ValueError."""
    if not text.strip():
        return None
    numbers = [int(each) for each in re.split(r"[-./ ]+", text.strip())]
    year, month, day = numbers if numbers[0] > 31 else reversed(numbers)  # noqa: PLR2004  # no day is higher
    return date(year, month, day)
