"""What has happened to a member, from everything that is known, newest first. Qt-free but for the icons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from admin_desktop.passes.reading import title_of
from admin_desktop.payments.reading import paid_by, signed, what_for
from admin_desktop.shell.context import Context
from shared.contracts.gym import EventQuery, MembershipView, MemberView, StaffNote, VisitView
from shared.contracts.payments import ReceiptView
from shared.contracts.qr import PassView
from shared.contracts.remarks import RemarkView
from shared.desktop.drawings import Icon

VISITS, RECEIPTS = 100, 50
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Moment:
    """``at`` is aware; of what is a whole day (``is_day``) only the day is said."""

    at: datetime
    icon: Icon
    title: str
    second: str = ""
    is_day: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """What the cloud tells of a member."""

    visits: Sequence[VisitView]
    receipts: Sequence[ReceiptView]
    passes: Sequence[PassView]
    remarks: Sequence[RemarkView]
    noticed: Sequence[StaffNote]


def fetch_story(context: Context, member: MemberView) -> Story:
    """Blocks."""
    desk = context.desk
    visits = EventQuery(member_id=member.id, limit=VISITS, newest_first=True)
    return Story(
        visits=desk.staff.visits(visits).items,
        receipts=desk.payments.receipts(member.id, limit=RECEIPTS).items,
        passes=desk.staff.passes(member.id),
        remarks=desk.staff.remarks(member.id),
        noticed=desk.staff.notes(member.id),
    )


def moments_of(member: MemberView, story: Story, context: Context) -> list[Moment]:
    """Newest first. What is still to come is no part of it."""
    told = [
        *(visit_moment(visit, context) for visit in story.visits),
        *(receipt_moment(receipt, context) for receipt in story.receipts),
        *(moment for each in story.passes for moment in _of_pass(each, context)),
        *(remark_moment(remark, context) for remark in story.remarks),
        *(_noticed(note, context) for note in story.noticed),
        *(moment for view in member.memberships for moment in _of_membership(view, context)),
        Moment(member.joined_at, Icon.PERSON, context.words("members.told.joined")),
    ]
    now = context.clock.now()
    return sorted((each for each in told if each.at <= now), key=lambda each: each.at, reverse=True)


def visit_moment(visit: VisitView, context: Context) -> Moment:
    words, zone = context.words, context.sites.zone
    left = "" if visit.closed_at is None else words("members.told.left", time=visit.closed_at.astimezone(zone).time())
    second = " · ".join(filter(None, (context.sites.name_of(visit.site_id), left)))
    return Moment(visit.opened_at, Icon.DOOR, words("members.told.came"), second)


def receipt_moment(receipt: ReceiptView, context: Context) -> Moment:
    words = context.words
    title = f"{words(f'payments.kind.{receipt.kind.value}')} {signed(receipt, words)}"
    number = words(f"payments.receipt.{receipt.kind.value}", number=str(receipt.number))
    return Moment(
        receipt.at, Icon.TILL, title, " · ".join(filter(None, (number, what_for(receipt), paid_by(receipt, words))))
    )


def remark_moment(remark: RemarkView, context: Context) -> Moment:
    title = context.words(f"members.note.{remark.kind.value}")
    text = remark.text or ""
    return Moment(remark.at, Icon.EDIT, title, text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _of_pass(each: PassView, context: Context) -> Iterator[Moment]:
    words = context.words
    title = title_of(each, words)
    yield Moment(each.issued_at, Icon.CARD, words("members.told.pass"), title)
    if each.revoked_at is not None:
        yield Moment(each.revoked_at, Icon.BLOCK, words("members.told.revoked"), title)


def _of_membership(view: MembershipView, context: Context) -> Iterator[Moment]:
    words = context.words
    yield _day(view.starts_on, Icon.PLAN, words("members.told.began"), view.plan_name, context)
    for first, end in view.freezes:
        yield _day(first, Icon.FREEZE, words("members.told.paused"), view.plan_name, context)
        yield _day(end, Icon.FREEZE, words("members.told.thawed"), view.plan_name, context)
    if view.ends_on is not None:
        yield _day(view.ends_on, Icon.BAR, words("members.told.ended"), view.plan_name, context)


def _day(on: date, icon: Icon, title: str, second: str, context: Context) -> Moment:
    return Moment(datetime.combine(on, time.min, context.sites.zone), icon, title, second, is_day=True)


def _noticed(note: StaffNote, context: Context) -> Moment:
    words, key = context.words, f"members.noticed.{note.code}"
    said = words(key) if words.knows(key) else note.code
    return Moment(note.at, Icon.EXCLAIM, said)
