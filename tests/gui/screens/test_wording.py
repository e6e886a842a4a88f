"""From decisions to words, without Qt: kind in public, always with a next step."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.screens.spoken import spoken
from kiosk.screens.state import Note, Place, StaffLine, Verdict, VerdictKind
from kiosk.screens.texts import CATALOGUE
from kiosk.screens.view import View
from kiosk.screens.wording import Circumstances, age_of, not_recorded, receipt_of, staff_texts, verdict_for
from shared.desktop.drawings import Icon
from shared.desktop.translation import say
from shared.domain.device import Direction
from shared.domain.passes import PassKind
from shared.domain.time import TimeQuality
from shared.domain.verdicts import DenialReason, Denied, Granted, Notice, NoticeKind, Repeat
from tests.support.builders import (
    NOON,
    TODAY,
    a_door_time,
    a_grant,
    a_holding,
    a_policy,
    a_site,
    days,
)

SPACE = "\u00a0"


def words(verdict: Verdict, lang: str = "en") -> str:
    return spoken(View(state=verdict, place=Place("Harbour"), lang=lang)).replace(SPACE, " ")


def about(**changes) -> Circumstances:
    return Circumstances(**{"site": a_site(), "now": a_door_time(), "name": "Nora B.", **changes})


def denied(reason: DenialReason, circumstances: Circumstances | None = None, **facts) -> Verdict:
    return verdict_for(Denied(reason, **facts), circumstances or about())


def test_granted_greets_by_name():
    verdict = verdict_for(Granted(), about())
    assert verdict.kind is VerdictKind.GRANTED
    assert words(verdict) == "Welcome. Nora B. You are checked in. Enjoy your training."


def test_a_gym_may_hide_names():
    assert verdict_for(Granted(), about(site=a_site(policy=a_policy(show_names=False)))).name is None
    assert verdict_for(Granted(), about(name=None)).name is None


def test_offline_grant_says_that_it_is_kept_and_names_its_receipt():
    verdict = verdict_for(Granted(), about(offline=True, receipt=receipt_of(4417)))
    assert verdict.kind is VerdictKind.GRANTED
    assert "saved here and sent later. Receipt 04-417." in words(verdict)
    assert "Receipt" not in words(verdict_for(Granted(), about(receipt=receipt_of(4417))))


def test_visits_left_stand_on_a_chip():
    assert "12 visits left" in words(verdict_for(Granted(visits_left=12), about()))


def test_the_end_is_told_only_when_the_membership_does_not_renew():
    fixed, renewing = a_holding(renews=False), a_holding(renews=True)
    assert "Until 31 March" in words(verdict_for(Granted(holding=fixed), about()))
    assert "Until" not in words(verdict_for(Granted(holding=renewing), about()))


@pytest.mark.parametrize(
    ("notice", "title"),
    [
        (Notice(NoticeKind.ENDS_SOON, day=TODAY), "Your membership ends today."),
        (Notice(NoticeKind.ENDS_SOON, day=TODAY + days(1)), "Your membership ends tomorrow."),
        (Notice(NoticeKind.ENDS_SOON, day=TODAY + days(4)), "Your membership ends on Sunday."),
        (Notice(NoticeKind.ENDS_SOON, day=TODAY + days(7)), "Your membership ends on 25 March."),
        (Notice(NoticeKind.IN_GRACE, day=TODAY - days(2)), "Please look at your membership this week."),
        (Notice(NoticeKind.LAST_VISITS, left=1, of=20), "This was visit 19 of 20."),
        (Notice(NoticeKind.DOCUMENT_MISSING), "One signature is missing."),
        (Notice(NoticeKind.DID_NOT_LEAVE), "Please scan on the way out, too."),
    ],
)
def test_a_notice_is_amber_with_its_card(notice, title):
    verdict = verdict_for(Granted((notice,), visits_left=3), about())
    assert verdict.kind is VerdictKind.NOTICE
    assert f"Come in. Nora B. You are checked in. {title}" in words(verdict)


def test_the_most_pressing_of_several_notices_is_told():
    notices = (Notice(NoticeKind.DID_NOT_LEAVE), Notice(NoticeKind.ENDS_SOON, day=TODAY), Notice(NoticeKind.IN_GRACE))
    assert "Please look at your membership" in words(verdict_for(Granted(notices), about()))


@pytest.mark.parametrize("kind", [NoticeKind.ROSTER_STALE, NoticeKind.TIME_LOST, NoticeKind.PRESENCE_STALE])
def test_what_concerns_staff_alone_stays_green_for_the_member(kind):
    assert verdict_for(Granted((Notice(kind),)), about()).kind is VerdictKind.GRANTED


def test_an_accepted_voucher_is_green():
    verdict = verdict_for(Granted((Notice(NoticeKind.VOUCHER_ACCEPTED),)), about(name=None))
    assert (verdict.kind, words(verdict)) == (
        VerdictKind.GRANTED,
        "Welcome. Your purchase is in. Enjoy your training.",
    )


def test_every_kind_of_notice_is_handled():
    for kind in NoticeKind:
        assert verdict_for(Granted((Notice(kind, TODAY, 1, 10),)), about()).kind in (
            VerdictKind.GRANTED,
            VerdictKind.NOTICE,
        )


def test_repeat_tells_the_site_local_time_of_the_entry():
    verdict = verdict_for(Repeat(a_grant(timedelta(minutes=4))), about())
    assert verdict.kind is VerdictKind.REPEAT
    assert words(verdict) == "You’re in. Nora B. Checked in at 12:56. Nothing more to do."


@pytest.mark.parametrize("reason", DenialReason)
@pytest.mark.parametrize("neutral", [False, True], ids=["exact", "neutral"])
def test_no_refusal_names_anyone_or_an_amount_and_each_has_a_next_step(reason, neutral):
    site = a_site(policy=a_policy(neutral_refusals=neutral), capacity=140)
    verdict = denied(reason, about(site=site), day=TODAY, at=NOON, difference=timedelta(minutes=3))
    assert verdict.kind is VerdictKind.DENIED
    assert verdict.name is None
    assert verdict.note is not None
    for lang in CATALOGUE.languages:
        said = words(verdict, lang)
        assert "Nora" not in said
        assert not re.search(r"[€$£]|EUR|DKK|kr\b|\d+[.,]\d\d\b", said)


def test_a_name_on_a_refusal_cannot_even_be_made():
    for kind in (VerdictKind.DENIED, VerdictKind.NOT_RECORDED):
        with pytest.raises(ValueError, match="names nobody"):
            Verdict(kind=kind, word=say("word.denied"), sentence=say("denied.unknown_pass"), name="Nora B.")


def test_a_note_and_chips_never_stand_together():
    chips = verdict_for(Granted(visits_left=3), about()).chips
    note = Note(Icon.BELL, say("step.desk"), say("step.desk.line"))
    with pytest.raises(ValueError, match="never both"):
        Verdict(
            kind=VerdictKind.NOTICE, word=say("word.notice"), sentence=say("notice.sentence"), note=note, chips=chips
        )


@pytest.mark.parametrize(
    ("reason", "facts", "said"),
    [
        (
            DenialReason.UNKNOWN_PASS,
            {},
            "Not now. We do not know this code here. Please see the desk. It takes a minute.",
        ),
        (DenialReason.CODE_EXPIRED, {}, "Try again. This code is a moment old. Let your phone show a fresh one. Is"),
        (DenialReason.MEMBERSHIP_NOT_STARTED, {"day": TODAY + days(20)}, "Not yet. Your membership starts on 7 April."),
        (DenialReason.MEMBERSHIP_ENDED, {"day": TODAY - days(20)}, "Not now. This membership ended on 26 February."),
        (DenialReason.MEMBERSHIP_ENDED, {"day": TODAY - days(500)}, "This membership ended on 3 November 2024."),
        (DenialReason.MEMBERSHIP_ENDED, {}, "Not now. This membership has ended."),
        (
            DenialReason.MEMBERSHIP_FROZEN,
            {"day": TODAY + days(9)},
            "on pause until 27 March. End the pause at the desk.",
        ),
        (DenialReason.MEMBERSHIP_FROZEN, {}, "Your membership is on pause."),
        (
            DenialReason.PAYMENT_OVERDUE,
            {"day": TODAY},
            "Not now. Something on your membership needs a look. Please see",
        ),
        (DenialReason.OUTSIDE_PLAN_HOURS, {"at": NOON + timedelta(hours=2)}, "starts again at 15:00. You are always"),
        (DenialReason.OUTSIDE_PLAN_HOURS, {"at": NOON + days(1)}, "Come back tomorrow at 13:00."),
        (DenialReason.OUTSIDE_PLAN_HOURS, {}, "Your plan does not cover this hour. Please see the desk."),
        (DenialReason.SITE_CLOSED, {"at": NOON + days(5)}, "Closed. We are closed now. Open again on Monday at 13:00."),
        (DenialReason.SITE_CLOSED, {"at": NOON + days(12)}, "Open again on 30 March at 14:00."),
        (DenialReason.SITE_CLOSED, {}, "Closed. We are closed now. See you soon."),
        (DenialReason.SITE_FULL, {}, "Full. We have reached our limit of people. Wait here or stay near."),
        (DenialReason.ANTI_PASSBACK, {"at": NOON}, "Did you leave without a scan?"),
        (
            DenialReason.ROSTER_TOO_OLD,
            {},
            "Ask us. This kiosk has not heard from the office for too long. The desk lets",
        ),
    ],
)
def test_what_is_said_to_a_reason(reason, facts, said):
    assert said in words(denied(reason, **facts))


def test_a_full_site_names_its_limit():
    assert "our limit of 140 people" in words(denied(DenialReason.SITE_FULL, about(site=a_site(capacity=140))))


@pytest.mark.parametrize("reason", [DenialReason.UNKNOWN_PASS, DenialReason.VISITS_USED_UP])
def test_a_purchase_just_made_is_asked_for_only_when_it_may_help(reason):
    assert "Show the purchase code." in words(denied(reason, voucher_may_help=True))
    assert "purchase code" not in words(denied(reason))


@pytest.mark.parametrize(
    ("accepted", "step"),
    [
        ({PassKind.LIVE, PassKind.CARD}, "Use your phone or card."),
        ({PassKind.LIVE}, "Use your phone."),
        ({PassKind.CARD, PassKind.VOUCHER}, "Use your card."),
        ({PassKind.BARCODE}, "Please see the desk."),
    ],
)
def test_a_kind_that_is_not_taken_names_those_that_are(accepted, step):
    site = a_site(policy=a_policy(accepted_kinds=frozenset(accepted)))
    assert step in words(denied(DenialReason.KIND_NOT_ACCEPTED, about(site=site)))


def test_with_the_time_lost_no_phone_is_asked_for():
    assert "Use your card." in words(denied(DenialReason.TIME_LOST))


def test_neutral_refusals_hide_the_person_but_not_the_hours_nor_what_helps():
    neutral = about(site=a_site(policy=a_policy(neutral_refusals=True)))
    hidden = denied(DenialReason.PAYMENT_OVERDUE, neutral, day=TODAY, voucher_may_help=True)
    assert words(hidden) == words(denied(DenialReason.UNKNOWN_PASS, voucher_may_help=True))
    for reason in (DenialReason.BLOCKED_BY_STAFF, DenialReason.MEMBERSHIP_ENDED, DenialReason.PASS_REVOKED):
        assert words(denied(reason, neutral)) == words(denied(DenialReason.UNKNOWN_PASS))
    for reason in (DenialReason.SITE_CLOSED, DenialReason.SITE_FULL, DenialReason.CODE_EXPIRED):
        assert words(denied(reason, neutral)) == words(denied(reason))


def test_a_way_out_says_goodbye_also_when_shown_twice():
    out = about(direction=Direction.EXIT, receipt=receipt_of(7))
    first, again = verdict_for(Granted(), out), verdict_for(Repeat(a_grant()), out)
    assert (first.kind, again.kind) == (VerdictKind.GRANTED, VerdictKind.REPEAT)
    assert words(first) == words(again) == "Goodbye. Nora B. See you soon."
    assert "tell the desk that you left" in words(not_recorded(Direction.EXIT))
    assert "checks you in by hand" in words(not_recorded())


def test_not_recorded_is_never_green_and_takes_the_blame():
    assert not_recorded().kind is VerdictKind.NOT_RECORDED
    assert "It is our mistake, not yours." in words(not_recorded())


def test_times_are_the_sites_own_through_daylight_saving():
    site = a_site()
    summer = Circumstances(site=site, now=a_door_time(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)))
    assert summer.today.isoformat() == "2026-07-02"
    said = words(denied(DenialReason.SITE_CLOSED, summer, at=datetime(2026, 7, 2, 4, 0, tzinfo=UTC)))
    assert "Open again at 06:00." in said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (89, "89 s"),
        (90, "1 min"),
        (89 * 60, "89 min"),
        (5400, "1 h"),
        (47.9 * 3600, "47 h"),
        (172800, "2 d"),
    ],
)
def test_ages_are_short(seconds, said):
    assert CATALOGUE.render("en", age_of(seconds)).replace(SPACE, " ") == said


def test_staff_see_the_age_of_the_list_what_waits_and_the_clock():
    def line(**facts):
        texts = staff_texts(StaffLine(**{"roster_age_s": 40, "unsent": 0, "clock": "synced", **facts}))
        return [CATALOGUE.render("en", said).replace(SPACE, " ") for said in texts]

    assert line() == ["List 40 s old", "All sent", "Clock right"]
    assert line(roster_age_s=None, unsent=417, clock="lost") == ["No list yet", "417 to send", "Clock lost"]


def test_every_quality_of_the_clock_has_words():
    for quality in TimeQuality:
        assert CATALOGUE.text("en", f"staff.clock.{quality.value}")
