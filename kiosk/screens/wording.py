"""What the kiosk says to a decision. Plain functions: no Qt, no language, no I/O.

Kind in public: a refusal never carries a name or an amount, and every refusal has a next step.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from kiosk.screens.refusals import refusal
from kiosk.screens.state import Chip, Note, StaffLine, Verdict, VerdictKind
from kiosk.screens.when import plain_day, which_day
from shared.desktop.drawings import Icon
from shared.desktop.translation import Say, say
from shared.domain.device import Direction
from shared.domain.site import Site
from shared.domain.time import DoorTime, local_day
from shared.domain.verdicts import Decision, Denied, Granted, Notice, NoticeKind, Repeat

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a verdict's words need beside the decision.

    ``name`` is the member's public name when the pass unsealed one; ``offline`` is True while the kiosk is not in
    contact; ``receipt`` (``receipt_of`` the event's number) is told then, so that staff can find the event later.
    """

    site: Site
    now: DoorTime
    name: str | None = None
    offline: bool = False
    receipt: str | None = None
    direction: Direction = Direction.ENTRY

    @property
    def today(self) -> date:
        return local_day(self.now.at, self.site.zone)

    @property
    def shown_name(self) -> str | None:
        return self.name if self.site.policy.show_names else None

    def local_time(self, at: datetime) -> time:
        return at.astimezone(self.site.zone).time()


def verdict_for(decision: Decision, about: Circumstances) -> Verdict:
    """The screen for a decision."""
    match decision:
        case Granted() | Repeat() if about.direction is Direction.EXIT:
            return _goodbye(decision, about)
        case Granted():
            return _granted(decision, about)
        case Repeat(visit):
            return Verdict(
                kind=VerdictKind.REPEAT,
                word=say("word.repeat"),
                name=about.shown_name,
                sentence=say("repeat.sentence", time=about.local_time(visit.at)),
            )
        case Denied():
            return refusal(decision, site=about.site, today=about.today)


def not_recorded(direction: Direction = Direction.ENTRY) -> Verdict:
    """The scan could not be written down: amber, never green, whatever the decision was."""
    step = "step.by_hand" if direction is Direction.ENTRY else "step.tell_desk"
    return Verdict(
        kind=VerdictKind.NOT_RECORDED,
        word=say("word.see_desk"),
        sentence=say("not_recorded.sentence"),
        note=Note(Icon.DISK, say(step), say("step.our_mistake.line")),
    )


def _goodbye(decision: Granted | Repeat, about: Circumstances) -> Verdict:
    return Verdict(
        kind=VerdictKind.GRANTED if isinstance(decision, Granted) else VerdictKind.REPEAT,
        word=say("word.goodbye"),
        name=about.shown_name,
        sentence=say("goodbye.sentence"),
    )


def _granted(decision: Granted, about: Circumstances) -> Verdict:
    note = _note(decision.notices, about.today)
    if note is not None:
        return Verdict(
            kind=VerdictKind.NOTICE,
            word=say("word.notice"),
            name=about.shown_name,
            sentence=say("notice.sentence"),
            note=note,
        )
    return Verdict(
        kind=VerdictKind.GRANTED,
        word=say("word.granted"),
        name=about.shown_name,
        sentence=_granted_sentence(decision, about),
        chips=_chips(decision, about),
    )


def _granted_sentence(decision: Granted, about: Circumstances) -> Say:
    if any(notice.kind is NoticeKind.VOUCHER_ACCEPTED for notice in decision.notices):
        return say("granted.voucher")
    return say("granted.offline" if about.offline else "granted.sentence")


def _chips(decision: Granted, about: Circumstances) -> tuple[Chip, ...]:
    chips = []
    if about.offline and about.receipt is not None:
        chips.append(Chip(Icon.RECEIPT, say("chip.receipt", number=about.receipt)))
    if decision.visits_left is not None:
        chips.append(Chip(Icon.CARD, say("chip.visits_left", left=decision.visits_left)))
    elif (last_day := _last_day(decision)) is not None:
        chips.append(Chip(Icon.CALENDAR, say("chip.until", day=plain_day(last_day, about.today))))
    return tuple(chips)


def receipt_of(number: int) -> str:
    """An event's number within its stream as one reads it out: ``04-417``."""
    return f"{number // 1000:02d}-{number % 1000:03d}"


def _last_day(decision: Granted) -> date | None:
    """The day a membership that does not renew by itself ends; None for one that goes on."""
    if decision.holding is None or decision.holding.membership.renews:
        return None
    membership = decision.holding.membership
    return min(membership.ends_on or membership.paid_through_on, membership.paid_through_on)


# What a member should hear first when there are several. The other kinds are for staff and the record.
_TOLD = (
    NoticeKind.IN_GRACE,
    NoticeKind.DOCUMENT_MISSING,
    NoticeKind.ENDS_SOON,
    NoticeKind.LAST_VISITS,
    NoticeKind.DID_NOT_LEAVE,
)
_ICONS = {
    NoticeKind.IN_GRACE: Icon.BELL,
    NoticeKind.DOCUMENT_MISSING: Icon.PAPER,
    NoticeKind.ENDS_SOON: Icon.CALENDAR,
    NoticeKind.LAST_VISITS: Icon.CARD,
    NoticeKind.DID_NOT_LEAVE: Icon.DOOR,
}


def _note(notices: tuple[Notice, ...], today: date) -> Note | None:
    told = sorted((n for n in notices if n.kind in _TOLD), key=lambda n: _TOLD.index(n.kind))
    if not told:
        return None
    notice = told[0]
    key = f"notice.{notice.kind.value}"
    return Note(_ICONS[notice.kind], _note_title(key, notice, today), say(f"{key}.line"))


def _note_title(key: str, notice: Notice, today: date) -> Say:
    if notice.kind is NoticeKind.ENDS_SOON and notice.day is not None:
        return say(key, when=which_day(notice.day, today))
    if notice.kind is NoticeKind.LAST_VISITS and notice.of is not None and notice.left is not None:
        return say(key, visit=notice.of - notice.left, of=notice.of)
    return say(key)


def staff_texts(line: StaffLine) -> tuple[Say, ...]:
    """The small line for staff: how old the roster is, what waits to be sent, how good the clock is."""
    age = line.roster_age_s
    return (
        say("staff.no_list") if age is None else say("staff.list", age=age_of(age)),
        say("staff.unsent", count=line.unsent) if line.unsent else say("staff.all_sent"),
        say(f"staff.clock.{line.clock}"),
    )


def age_of(seconds: float) -> Say:
    """An age in its largest whole unit below which it stays readable: seconds to 90, minutes to 90, hours to 48."""
    if seconds < 1.5 * _MINUTE:
        return say("age.seconds", number=int(seconds))
    if seconds < 1.5 * _HOUR:
        return say("age.minutes", number=int(seconds // _MINUTE))
    if seconds < 2 * _DAY:
        return say("age.hours", number=int(seconds // _HOUR))
    return say("age.days", number=int(seconds // _DAY))
