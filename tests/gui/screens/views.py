"""Every state a kiosk can show, as views: one list for the gallery and for the tests."""

from dataclasses import replace
from datetime import date, time

from kiosk.screens.state import (
    Badge,
    CameraLost,
    Chip,
    Idle,
    Locked,
    Note,
    NotEnrolled,
    Place,
    StaffLine,
    Starting,
    Verdict,
    VerdictKind,
)
from kiosk.screens.view import View
from kiosk.screens.wording import not_recorded
from shared.desktop.drawings import Icon
from shared.desktop.translation import say

PLACE = Place("Harbour Hall", "Main entrance")
STAFF = StaffLine(roster_age_s=40, unsent=0, clock="synced")
BEHIND = StaffLine(roster_age_s=5 * 3600, unsent=417, clock="held")

GRANTED = Verdict(
    kind=VerdictKind.GRANTED,
    word=say("word.granted"),
    name="Nora B.",
    sentence=say("granted.sentence"),
    chips=(Chip(Icon.CARD, say("chip.visits_left", left=12)),),
)
NOTICE = Verdict(
    kind=VerdictKind.NOTICE,
    word=say("word.notice"),
    name="Osvald K.",
    sentence=say("notice.sentence"),
    note=Note(
        Icon.CALENDAR,
        say("notice.ends_soon", when=say("day.weekday", day=date(2025, 11, 23))),
        say("notice.ends_soon.line"),
    ),
)
REPEAT = Verdict(
    kind=VerdictKind.REPEAT, word=say("word.repeat"), name="Nora B.", sentence=say("repeat.sentence", time=time(17, 38))
)
DENIED = Verdict(
    kind=VerdictKind.DENIED,
    word=say("word.denied"),
    sentence=say("denied.membership_ended", day=say("day.plain", day=date(2025, 10, 31))),
    note=Note(Icon.BELL, say("step.desk"), say("step.desk.line_voucher")),
)
GRANTED_OFFLINE = replace(
    GRANTED,
    sentence=say("granted.offline"),
    chips=(Chip(Icon.RECEIPT, say("chip.receipt", number="04-417")), *GRANTED.chips),
)


def view(state, **values) -> View:
    base = View(state=state, place=PLACE, clock="17:42", staff_line=STAFF)
    return replace(base, **values)


OFFLINE = frozenset({Badge.OFFLINE})
UNNAMED = {"place": Place("FIT Monitor"), "staff_line": None}

VIEWS = {
    "idle": view(Idle()),
    "idle-offline": view(Idle(), badges=OFFLINE, staff_line=BEHIND),
    "granted": view(GRANTED),
    "granted-offline": view(GRANTED_OFFLINE, badges=OFFLINE),
    "notice": view(NOTICE),
    "repeat": view(REPEAT),
    "denied": view(DENIED),
    "not-recorded": view(not_recorded(), badges=frozenset({Badge.DISK_FULL})),
    "camera-lost": view(CameraLost()),
    "starting": view(Starting()),
    "not-enrolled": view(NotEnrolled(), **UNNAMED),
    "locked": view(Locked(), **UNNAMED),
}
