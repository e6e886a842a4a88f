"""What the kiosk says when the door stays shut: one row per reason, and the next step that solves it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kiosk.screens.state import Note, Verdict, VerdictKind
from kiosk.screens.when import moment, plain_day
from shared.desktop.drawings import Icon
from shared.desktop.translation import Say, say
from shared.domain.passes import PassKind
from shared.domain.site import Site
from shared.domain.verdicts import DenialReason, Denied


@dataclass(frozen=True, slots=True)
class _Case:
    denied: Denied
    site: Site
    today: date

    @property
    def key(self) -> str:
        return f"denied.{self.denied.reason.value}"


Reason = DenialReason

# Owners can choose neutral refusals. These reasons tell nothing about a person and everything about what to do.
_NEVER_NEUTRAL = frozenset(
    {
        Reason.OUTSIDE_PLAN_HOURS,
        Reason.SITE_CLOSED,
        Reason.SITE_FULL,
        Reason.OTHER_SITE_ONLY,
        Reason.CODE_EXPIRED,
        Reason.CODE_ALREADY_USED,
        Reason.KIND_NOT_ACCEPTED,
        Reason.ROSTER_TOO_OLD,
        Reason.TIME_LOST,
    }
)


def refusal(denied: Denied, *, site: Site, today: date) -> Verdict:
    """The verdict for a refusal. ``today`` is the site-local day."""
    if site.policy.neutral_refusals and denied.reason not in _NEVER_NEUTRAL:
        denied = Denied(Reason.UNKNOWN_PASS, voucher_may_help=denied.voucher_may_help)
    case = _Case(denied, site, today)
    return Verdict(
        kind=VerdictKind.DENIED,
        word=say(_WORDS.get(denied.reason, "word.denied")),
        sentence=_SENTENCES.get(denied.reason, _plain)(case),
        note=_STEPS[denied.reason](case),
    )


_WORDS = {
    Reason.CODE_EXPIRED: "word.try_again",
    Reason.CODE_ALREADY_USED: "word.try_again",
    Reason.MEMBERSHIP_NOT_STARTED: "word.not_yet",
    Reason.OUTSIDE_PLAN_HOURS: "word.not_yet",
    Reason.HOST_NOT_INSIDE: "word.not_yet",
    Reason.SITE_CLOSED: "word.closed",
    Reason.OTHER_SITE_ONLY: "word.not_here",
    Reason.SITE_FULL: "word.full",
    Reason.ROSTER_TOO_OLD: "word.ask_us",
    Reason.TIME_LOST: "word.ask_us",
}


def _plain(case: _Case) -> Say:
    return say(case.key)


def _with_day(case: _Case) -> Say:
    day = case.denied.day
    return say(f"{case.key}.no_day") if day is None else say(case.key, day=plain_day(day, case.today))


def _with_opening(case: _Case) -> Say:
    when = _opening(case)
    return say(f"{case.key}.no_time") if when is None else say(case.key, when=when)


def _with_limit(case: _Case) -> Say:
    limit = case.site.capacity
    return say(f"{case.key}.no_limit") if limit is None else say(case.key, limit=limit)


def _opening(case: _Case) -> Say | None:
    at = case.denied.at
    return None if at is None else moment(at.astimezone(case.site.zone), case.today)


_SENTENCES: dict[DenialReason, Callable[[_Case], Say]] = {
    Reason.MEMBERSHIP_NOT_STARTED: _with_day,
    Reason.MEMBERSHIP_ENDED: _with_day,
    Reason.MEMBERSHIP_FROZEN: _with_day,
    Reason.OUTSIDE_PLAN_HOURS: _with_opening,
    Reason.SITE_FULL: _with_limit,
}


def _step(icon: Icon, key: str) -> Callable[[_Case], Note]:
    return lambda _: Note(icon, say(key), say(f"{key}.line"))


def _desk(case: _Case) -> Note:
    line = "step.desk.line_voucher" if case.denied.voucher_may_help else "step.desk.line"
    return Note(Icon.BELL, say("step.desk"), say(line))


def _fresh_code(_: _Case) -> Note:
    return Note(Icon.PHONE, say("step.fresh_code"), say("step.fresh_code.line_clock"))


def _other_kind(case: _Case) -> Note:
    """Name the kinds that work here; none left means the desk."""
    accepted = case.site.policy.accepted_kinds
    phone = PassKind.LIVE in accepted and case.denied.reason is not Reason.TIME_LOST
    card = PassKind.CARD in accepted
    if not phone and not card:
        return _desk(case)
    key = "step.phone_or_card" if phone and card else "step.phone" if phone else "step.card"
    return Note(Icon.PHONE if phone else Icon.CARD, say(key), say("step.or_desk.line"))


def _new_pack(case: _Case) -> Note:
    line = "step.new_pack.line_voucher" if case.denied.voucher_may_help else "step.new_pack.line"
    return Note(Icon.CARD, say("step.new_pack"), say(line))


def _come_back(case: _Case) -> Note:
    when = _opening(case)
    return (
        _desk(case) if when is None else Note(Icon.CLOCK, say("step.come_back", when=when), say("step.come_back.line"))
    )


def _open_again(case: _Case) -> Note:
    when = _opening(case)
    if when is None:
        return Note(Icon.CLOCK, say("step.see_you"), say("step.see_you.line"))
    return Note(Icon.CLOCK, say("step.open_again", when=when), say("step.open_again.line"))


def _scan_out(_: _Case) -> Note:
    return Note(Icon.DOOR, say("step.desk"), say("step.desk.line_scan_out"))


_STEPS: dict[DenialReason, Callable[[_Case], Note]] = {
    Reason.UNKNOWN_PASS: _desk,
    Reason.OTHER_GYM: _desk,
    Reason.BAD_SIGNATURE: _step(Icon.PHONE, "step.open_pass"),
    Reason.CODE_EXPIRED: _fresh_code,
    Reason.CODE_ALREADY_USED: _step(Icon.PHONE, "step.fresh_code"),
    Reason.VOUCHER_SPENT: _step(Icon.CARD, "step.normal_pass"),
    Reason.PASS_REVOKED: _step(Icon.KEY, "step.new_pass"),
    Reason.KIND_NOT_ACCEPTED: _other_kind,
    Reason.MEMBERSHIP_NOT_STARTED: _step(Icon.CALENDAR, "step.look_forward"),
    Reason.MEMBERSHIP_ENDED: _desk,
    Reason.MEMBERSHIP_FROZEN: _step(Icon.PAUSE, "step.end_pause"),
    Reason.PAYMENT_OVERDUE: _desk,
    Reason.VISITS_USED_UP: _new_pack,
    Reason.OUTSIDE_PLAN_HOURS: _come_back,
    Reason.SITE_CLOSED: _open_again,
    Reason.OTHER_SITE_ONLY: _step(Icon.PLACE, "step.other_site"),
    Reason.SITE_FULL: _step(Icon.PEOPLE, "step.wait"),
    Reason.ANTI_PASSBACK: _scan_out,
    Reason.HOST_NOT_INSIDE: _step(Icon.PEOPLE, "step.together"),
    Reason.DOCUMENT_MISSING: _step(Icon.PAPER, "step.paper"),
    Reason.BLOCKED_BY_STAFF: _desk,
    Reason.ROSTER_TOO_OLD: _step(Icon.BELL, "step.desk_lets_in"),
    Reason.TIME_LOST: _other_kind,
}
