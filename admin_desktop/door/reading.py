"""What the room says of an event at the door: the sign, the words of staff, who and where. No widgets here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import Chip, Tone
from admin_desktop.widgets.pages import Cell, Column
from admin_desktop.widgets.signs import Sign
from shared.contracts.gym import AttendanceView
from shared.desktop.drawings import Icon
from shared.domain.attendance import EventKind, Outcome
from shared.domain.device import Direction

_NOW_REFUSED = "now_"
_SILENT = frozenset({EventKind.VOID, EventKind.CLOCK_JUMP})
"""Kinds that are no entry: what was taken back says so itself, and a turned clock is the kiosks' room's."""


class Said(Enum):
    """What an entry comes down to."""

    COME_IN = "come_in"
    CARE = "care"
    LEFT = "left"
    REFUSED = "refused"
    NOT_RECORDED = "not_recorded"
    TAKEN_BACK = "taken_back"
    HELD = "held"


SIGNS = {
    Said.COME_IN: Sign.COME_IN,
    Said.CARE: Sign.CARE,
    Said.LEFT: Sign.LEFT,
    Said.REFUSED: Sign.REFUSED,
    Said.NOT_RECORDED: Sign.LOOK,
    Said.TAKEN_BACK: Sign.TAKEN_BACK,
    Said.HELD: Sign.LOOK,
}


@dataclass(frozen=True, slots=True)
class Line:
    """``title`` in a few words; ``detail`` what staff know beside it, empty for nothing."""

    title: str
    detail: str


def is_entry(event: AttendanceView) -> bool:
    """Whether the room shows it: somebody stood at the door."""
    return event.kind not in _SILENT


def said(event: AttendanceView) -> Said:
    if event.voided:
        return Said.TAKEN_BACK
    if event.held:
        return Said.HELD
    if event.outcome is Outcome.DENIED:
        return Said.REFUSED
    if event.outcome is Outcome.NOT_RECORDED:
        return Said.NOT_RECORDED
    if event.direction is Direction.EXIT:
        return Said.LEFT
    return Said.CARE if event.notices or event.flags else Said.COME_IN


def counts(event: AttendanceView) -> bool:
    """Whether it is a check-in that can be taken back."""
    let_in = event.kind is EventKind.MANUAL or event.outcome is Outcome.GRANTED
    return let_in and event.member is not None and not event.voided and not event.held


def line_of(event: AttendanceView, words: Words) -> Line:
    """What the door said, in staff's exact words."""
    what, more = said(event), _noticed(event, words)
    match what:
        case Said.REFUSED:
            reason = _known(words, "door.reason", event.reason or "")
            return Line(reason, " ".join([_known(words, "door.exact", event.reason or ""), *more]))
        case Said.COME_IN | Said.CARE if event.kind is EventKind.MANUAL:
            return Line(words("door.said.by_hand"), " ".join(filter(None, [event.note or "", *more])))
        case Said.CARE:
            return Line(words("door.said.come_in"), " ".join(more))
        case Said.TAKEN_BACK | Said.LEFT | Said.COME_IN:
            return Line(words(f"door.said.{what.value}"), event.note or "")
        case _:
            return Line(words(f"door.said.{what.value}"), words(f"door.exact.{what.value}"))


def who_of(event: AttendanceView, words: Words) -> str:
    if event.member is None:
        return words("door.nobody")
    return event.member.name or words("members.erased")


def where_of(event: AttendanceView, devices: Mapping[UUID, str], words: Words) -> str:
    if event.device_id is None:
        return words("door.by_hand")
    return devices.get(event.device_id) or words("door.some_kiosk")


def entry_columns(context: Context, devices: Mapping[UUID, str]) -> list[Column[AttendanceView]]:
    """``devices`` may fill up later: it is read with each cell."""
    words = context.words

    def at(event: AttendanceView) -> Cell:
        there, today = event.at.astimezone(context.sites.zone), context.clock.now().astimezone(context.sites.zone)
        day = "" if there.date() == today.date() else words.day(there.date(), today=today.date())
        return Cell(f"{there:%H:%M}", day, figures=True)

    def who(event: AttendanceView) -> Cell:
        number = "" if event.member is None else event.member.number or ""
        second = words("members.number", number=number) if number else ""
        return Cell(who_of(event, words), second, avatar=who_of(event, words), strong=True)

    def told(event: AttendanceView) -> Cell:
        line, what = line_of(event, words), said(event)
        return Cell(line.title, line.detail, sign=SIGNS[what], strong=what is Said.REFUSED)

    def where(event: AttendanceView) -> Cell:
        kind = "" if event.pass_kind is None else words(f"door.pass.{event.pass_kind.value}")
        return Cell(where_of(event, devices, words), kind)

    return [
        Column(words("door.at"), 0, at, floor=84),
        Column(words("door.who"), 3, who, floor=180),
        Column(words("door.said"), 8, told, floor=172),
        Column(words("door.where"), 1, where, floor=132),
        Column("", 0, lambda event: _act(event, words), floor=118),
    ]


def _act(event: AttendanceView, words: Words) -> Cell:
    if said(event) is Said.REFUSED:
        key = "door.find" if event.member is None else "door.let_in"
        return Cell(chip=Chip(words(key), Tone.INFO, Icon.SEARCH if event.member is None else Icon.DOOR))
    return Cell(chip=Chip(words("door.more"), Tone.OVER))


def _noticed(event: AttendanceView, words: Words) -> list[str]:
    told = [_known(words, "door.notice", notice) for notice in event.notices]
    for flag in event.flags:
        if flag.startswith(_NOW_REFUSED):
            reason = _known(words, "door.reason", flag.removeprefix(_NOW_REFUSED))
            told.append(words("door.flag.now", reason=reason))
        else:
            told.append(_known(words, "door.flag", flag))
    return told


def _known(words: Words, family: str, code: str) -> str:
    """The words for a code; a newer cloud's code as it is."""
    key = f"{family}.{code}"
    return words(key) if words.knows(key) else words("door.unknown_code", code=code)
