"""The door: right verdict, written down before it is said, one event a presentation."""

import dataclasses
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.entry.verdict import NotRecorded, Verdict
from shared.contracts.roster import RowKind
from shared.domain.attendance import EventKind, Outcome
from shared.domain.decision import DenialReason, Denied, Granted, NoticeKind, Repeat
from shared.domain.device import Direction
from shared.domain.passes import PassKind, PassStatus
from shared.domain.site import DoorPolicy
from shared.domain.time import TimeQuality
from shared.passtoken import tokens
from tests.support.builders import NOON, TODAY, a_pack, days, seconds
from tests.support.kiosk import Crash, a_kiosk, crash_at
from tests.support.small_gym import (
    OTHER_GYM_ID,
    Code,
    SmallGym,
    a_p256_key,
    a_person,
    paid_until,
    voucher_code,
)


@pytest.fixture
def nora():
    return a_person("Nora B.")


@pytest.fixture
def gym(nora):
    return SmallGym(nora)


@pytest.fixture
def kiosk(tmp_path, gym):
    kiosk = a_kiosk(tmp_path, gym)
    yield kiosk
    kiosk.store.close()


def reason(verdict):
    assert isinstance(verdict, Verdict), verdict
    assert isinstance(verdict.decision, Denied), verdict.decision
    return verdict.decision.reason


def test_a_card_opens_and_its_event_says_all_of_it(kiosk, nora):
    verdict = kiosk.scan(nora.card)
    [event] = kiosk.events()
    assert isinstance(verdict.decision, Granted)
    assert (verdict.name, verdict.number, verdict.event_id) == ("Nora B.", 1, event.id)
    assert not verdict.offline
    assert (event.kind, event.outcome, event.direction) == (EventKind.SCAN, Outcome.GRANTED, Direction.ENTRY)
    assert (event.member_id, event.membership_id) == (nora.id, nora.memberships[0].id)
    assert event.pass_kind is PassKind.CARD
    assert event.lookup == nora.lookup(PassKind.CARD)
    assert event.time_quality is TimeQuality.SYNCED
    assert event.door_at == event.wall_at == NOON + seconds(4)
    assert event.offset_ms == 0
    assert event.boot_ms == 304_000
    head = kiosk.store.roster.head
    assert (event.roster_epoch, event.roster_version) == (head.epoch, head.version)


@pytest.mark.parametrize("key", [Ed25519PrivateKey.generate, a_p256_key])
def test_a_live_code_opens(tmp_path, key):
    ida = a_person("Ida K.", phone_key=key())
    kiosk = a_kiosk(tmp_path, SmallGym(ida))
    verdict = kiosk.scan(ida.live(kiosk.clock.wall))
    assert isinstance(verdict.decision, Granted)
    assert verdict.name == "Ida K."
    assert kiosk.events()[0].code_at == NOON


def test_an_old_tag_opens_without_a_name(kiosk, nora):
    verdict = kiosk.scan(nora.tag)
    assert isinstance(verdict.decision, Granted)
    assert verdict.name is None


def test_a_linear_code_counts_only_where_the_gym_switched_it_on(kiosk, nora, gym):
    assert kiosk.door.linear_symbologies() == {"Code128"}
    gym.put_policy(linear_symbologies=frozenset({"EAN13"}))
    kiosk.pull()
    assert kiosk.door.linear_symbologies() == {"EAN13"}
    assert reason(kiosk.scan(nora.tag)) is DenialReason.UNKNOWN_PASS
    assert isinstance(kiosk.scan(dataclasses.replace(nora.tag, format="EAN13")).decision, Granted)


def test_an_imported_qr_text_opens_whatever_is_switched_on(kiosk, nora, gym):
    gym.put_policy(linear_symbologies=frozenset())
    kiosk.pull()
    assert isinstance(kiosk.scan(Code(nora.barcode, "QRCode")).decision, Granted)


@pytest.mark.parametrize(
    "text",
    ["", "https://evil.example/?q=1", "G1", "G1" + "A" * 120, "x" * 5000, "\ud800 lone", "\0", "G1\u0661"],
)
@pytest.mark.parametrize("format_", ["QRCode", "Code128", "Codabar", "nonsense"])
def test_hostile_text_is_an_unknown_code_and_is_recorded_without_the_text(kiosk, text, format_):
    assert reason(kiosk.scan(Code(text, format_))) is DenialReason.UNKNOWN_PASS
    [event] = kiosk.events()
    assert (event.outcome, event.reason, event.member_id, event.pass_kind) == (
        Outcome.DENIED,
        "unknown_pass",
        None,
        None,
    )
    assert len(event.lookup) == 16


def test_a_revoked_card_is_refused(kiosk, nora, gym):
    gym.put_credential(nora, PassKind.CARD, status=PassStatus.REVOKED)
    kiosk.pull()
    verdict = kiosk.scan(nora.card)
    assert reason(verdict) is DenialReason.PASS_REVOKED
    assert verdict.name is None
    assert kiosk.events()[0].member_id == nora.id


def test_a_pass_of_another_site_is_told_so(kiosk, gym):
    other = a_person()
    gym.put_credential(other, PassKind.CARD, other_site=True)
    kiosk.pull()
    assert reason(kiosk.scan(other.card)) is DenialReason.OTHER_SITE_ONLY


def test_a_pass_whose_member_has_not_arrived_is_unknown(kiosk, gym):
    early = a_person()
    gym.put_credential(early, PassKind.CARD)
    kiosk.pull()
    assert reason(kiosk.scan(early.card)) is DenialReason.UNKNOWN_PASS


@pytest.mark.parametrize(("late", "expected"), [(41, "code_expired"), (-16, "code_expired"), (600, "code_expired")])
def test_a_live_code_outside_its_window_is_expired(kiosk, nora, late, expected):
    verdict = kiosk.scan(nora.live(kiosk.clock.wall + seconds(4 - late)))
    assert reason(verdict).value == expected
    assert verdict.decision.difference == seconds(late)
    assert kiosk.events()[0].member_id == nora.id


def test_a_forged_live_code_is_a_bad_signature_and_nobodys(kiosk, nora):
    verdict = kiosk.scan(nora.live(kiosk.clock.wall, key=Ed25519PrivateKey.generate()))
    assert reason(verdict) is DenialReason.BAD_SIGNATURE
    assert verdict.name is None
    assert kiosk.events()[0].member_id is None


def test_a_live_code_signed_for_another_gym_is_a_bad_signature(kiosk, nora):
    verdict = kiosk.scan(nora.live(kiosk.clock.wall, gym_id=OTHER_GYM_ID))
    assert reason(verdict) is DenialReason.BAD_SIGNATURE


def test_another_gyms_live_code_is_unknown(kiosk):
    stranger = a_person()
    assert reason(kiosk.scan(stranger.live(kiosk.clock.wall))) is DenialReason.UNKNOWN_PASS


def test_the_same_live_code_again_is_a_repeat_without_an_event(kiosk, nora):
    code = nora.live(kiosk.clock.wall)
    first = kiosk.scan(code)
    again = kiosk.scan(code)
    assert isinstance(again.decision, Repeat)
    assert again.decision.visit.event_id == first.event_id
    assert again.name == "Nora B."
    assert (again.event_id, again.number) == (None, None)
    assert len(kiosk.events()) == 1


def test_the_same_live_code_is_a_repeat_after_a_restart_too(kiosk, nora):
    code = nora.live(kiosk.clock.wall)
    kiosk.scan(code)
    kiosk.restart()
    assert isinstance(kiosk.scan(code).decision, Repeat)
    assert len(kiosk.events()) == 1


def test_a_fresh_live_code_moments_later_opens_again_as_the_same_visit(kiosk, nora):
    kiosk.scan(nora.live(kiosk.clock.wall))
    kiosk.clock.advance(10)
    again = kiosk.scan(nora.live(kiosk.clock.wall))
    assert again.decision == Granted(reopened=True)
    assert [event.reopened for event in kiosk.events()] == [False, True]


def test_reopening_does_not_prolong_itself(kiosk, nora):
    kiosk.scan(nora.live(kiosk.clock.wall))
    for _ in range(2):
        kiosk.clock.advance(8)
        assert kiosk.scan(nora.live(kiosk.clock.wall)).decision == Granted(reopened=True)
    kiosk.clock.advance(8)
    third = kiosk.scan(nora.live(kiosk.clock.wall))
    assert isinstance(third.decision, Granted)
    assert not third.decision.reopened


def test_a_card_reopens_only_after_the_door_reported_that_nobody_passed(kiosk, nora):
    first = kiosk.scan(nora.card)
    assert isinstance(kiosk.scan(nora.card).decision, Repeat)
    assert kiosk.door.did_not_pass(first.event_id)
    assert kiosk.scan(nora.card).decision == Granted(reopened=True)
    assert isinstance(kiosk.scan(nora.card).decision, Repeat)
    void = kiosk.events()[1]
    assert (void.kind, void.refers_to, void.outcome) == (EventKind.VOID, first.event_id, None)


def test_the_same_code_has_different_replay_marks_on_entry_and_exit(tmp_path, nora, gym):
    way_in = a_kiosk(tmp_path / "in", gym)
    way_out = a_kiosk(tmp_path / "out", gym, direction=Direction.EXIT)
    code = nora.live(NOON)
    assert isinstance(way_in.scan(code).decision, Granted)
    assert isinstance(way_out.scan(code).decision, Granted)


def test_a_voucher_admits_once_a_day(kiosk, gym):
    token = gym.voucher()
    verdict = kiosk.scan(voucher_code(token))
    assert NoticeKind.VOUCHER_ACCEPTED in [notice.kind for notice in verdict.decision.notices]
    [event] = kiosk.events()
    assert (event.voucher_id, event.member_id, event.pass_kind) == (token.voucher_id, None, PassKind.VOUCHER)
    kiosk.clock.advance(60)
    assert reason(kiosk.scan(voucher_code(token))) is DenialReason.VOUCHER_SPENT
    kiosk.clock.advance(days(1))
    assert isinstance(kiosk.scan(voucher_code(token)).decision, Granted)
    kiosk.clock.advance(days(1))
    assert reason(kiosk.scan(voucher_code(token))) is DenialReason.VOUCHER_SPENT


def test_a_voucher_whose_bearer_did_not_pass_is_not_spent(kiosk, gym):
    token = gym.voucher()
    first = kiosk.scan(voucher_code(token))
    kiosk.door.did_not_pass(first.event_id)
    kiosk.clock.advance(60)
    assert isinstance(kiosk.scan(voucher_code(token)).decision, Granted)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"gym_number": 8}, DenialReason.OTHER_GYM),
        ({"gym_id": OTHER_GYM_ID}, DenialReason.BAD_SIGNATURE),
        ({"key_number": 2}, DenialReason.BAD_SIGNATURE),
        ({"site_number": 4}, DenialReason.OTHER_SITE_ONLY),
        ({"last_valid_on": TODAY - days(1)}, DenialReason.VOUCHER_SPENT),
    ],
)
def test_a_voucher_that_is_not_ours_is_refused(kiosk, gym, changes, expected):
    assert reason(kiosk.scan(voucher_code(gym.voucher(**changes)))) is expected


def test_a_revoked_voucher_is_refused(kiosk, gym):
    token = gym.voucher()
    gym.put_revoked_voucher(token)
    kiosk.pull()
    assert reason(kiosk.scan(voucher_code(token))) is DenialReason.PASS_REVOKED


def test_out_of_contact_a_refusal_mentions_the_purchase_code(kiosk, gym):
    kiosk.contact.lost()
    verdict = kiosk.scan(a_person().card)
    assert verdict.offline
    assert verdict.decision.voucher_may_help


def test_a_packs_own_grants_count_until_the_roster_names_them(tmp_path):
    pack = a_pack(bought=2, counted=0)
    per = a_person(memberships=(paid_until(TODAY + days(30), pack=pack, renews=False),))
    gym = SmallGym(per)
    kiosk = a_kiosk(tmp_path, gym)
    assert kiosk.scan(per.card).decision.visits_left == 1
    kiosk.clock.advance(timedelta(hours=3))
    second = kiosk.scan(per.card)
    assert second.decision.visits_left == 0
    kiosk.clock.advance(timedelta(hours=3))
    assert reason(kiosk.scan(per.card)) is DenialReason.VISITS_USED_UP
    counted = frozenset(event.id for event in kiosk.events() if event.outcome is Outcome.GRANTED)
    paid_more = a_pack(bought=3, counted=2, counted_check_ins=counted, last_visit_at=NOON + timedelta(hours=3))
    gym.put_member(dataclasses.replace(per, memberships=(dataclasses.replace(per.memberships[0], pack=paid_more),)))
    kiosk.pull()
    assert kiosk.scan(per.card).decision.visits_left == 0


def test_acknowledged_old_grants_of_a_pack_are_not_counted_twice(tmp_path):
    """The row names only its latest check-ins: older ones are in its number, though nobody names them any more."""
    membership = paid_until(TODAY + days(30), pack=a_pack(bought=4, counted=0), renews=False)
    per = a_person(memberships=(membership,))
    gym = SmallGym(per)
    kiosk = a_kiosk(tmp_path, gym)
    for _ in range(2):
        kiosk.scan(per.card)
        kiosk.clock.advance(timedelta(hours=3))
    kiosk.push()
    kiosk.store.outbox.send_everything_again()
    pack = a_pack(bought=4, counted=2, last_visit_at=kiosk.events()[-1].door_at)
    gym.put_member(dataclasses.replace(per, memberships=(dataclasses.replace(membership, pack=pack),)))
    kiosk.pull()
    assert kiosk.scan(per.card).decision.visits_left == 1


def test_a_code_held_up_is_answered_once(kiosk, nora):
    assert isinstance(kiosk.answer(nora.card), Verdict)
    for _ in range(300):
        kiosk.clock.advance(0.2)
        assert kiosk.answer(nora.card) is None
    assert len(kiosk.events()) == 1
    kiosk.clock.advance(3.1)
    assert isinstance(kiosk.answer(nora.card).decision, Granted)


def test_a_phone_held_up_stays_answered_while_its_codes_change(kiosk, nora):
    assert isinstance(kiosk.answer(nora.live(kiosk.clock.wall)), Verdict)
    for _ in range(60):
        kiosk.clock.advance(1)
        assert kiosk.answer(nora.live(kiosk.clock.wall)) is None
    assert len(kiosk.events()) == 1


def test_another_code_interrupts(kiosk, nora, gym):
    ida = a_person("Ida K.")
    gym.put_person(ida)
    kiosk.pull()
    assert kiosk.answer(nora.card).name == "Nora B."
    assert kiosk.answer(ida.card).name == "Ida K."
    assert kiosk.answer(nora.card) is None


def test_a_refusal_held_up_is_decided_again_and_told_when_it_changes(kiosk, nora, gym):
    blocked = dataclasses.replace(nora, blocked=True)
    gym.put_member(blocked)
    kiosk.pull()
    assert reason(kiosk.answer(nora.card)) is DenialReason.BLOCKED_BY_STAFF
    for _ in range(12):
        kiosk.clock.advance(1)
        assert kiosk.answer(nora.card) is None
    assert len(kiosk.events()) == 1
    gym.put_member(nora)
    kiosk.pull()
    kiosk.clock.advance(2)
    assert kiosk.answer(nora.card) is None  # looked at again only every five seconds
    kiosk.clock.advance(2)
    kiosk.answer(nora.card)
    kiosk.clock.advance(2)
    kiosk.answer(nora.card)
    assert [event.outcome for event in kiosk.events()] == [Outcome.DENIED, Outcome.GRANTED]


def test_a_fresh_code_after_a_refused_one_is_decided_at_once(kiosk, nora):
    assert reason(kiosk.answer(nora.live(NOON - seconds(90)))) is DenialReason.CODE_EXPIRED
    assert isinstance(kiosk.answer(nora.live(NOON)).decision, Granted)


def test_a_poster_in_the_picture_is_one_event_a_minute(kiosk):
    poster = Code("https://gym.example/spring-offer")
    for _ in range(60):
        kiosk.clock.advance(4)
        kiosk.answer(poster)
    assert len(kiosk.events()) == 4


def test_flipping_through_codes_does_not_fill_the_disk(kiosk, nora):
    for number in range(500):
        kiosk.clock.advance(0.1)
        assert reason(kiosk.answer(Code(f"junk {number}"))) is DenialReason.UNKNOWN_PASS
    assert len(kiosk.events()) == 20 + 16  # a burst, then one every three seconds
    assert isinstance(kiosk.scan(nora.card).decision, Granted)
    assert len(kiosk.events()) == 20 + 17


def test_refusals_of_members_are_always_written_down(kiosk, nora, gym):
    gym.put_member(dataclasses.replace(nora, blocked=True))
    kiosk.pull()
    for _ in range(100):
        kiosk.scan(nora.card)
    assert len(kiosk.events()) == 100


def test_an_exit_is_recorded_and_never_refused(tmp_path, nora, gym):
    kiosk = a_kiosk(tmp_path, gym, direction=Direction.EXIT)
    gym.put_member(dataclasses.replace(nora, blocked=True))
    kiosk.pull()
    assert isinstance(kiosk.scan(nora.card).decision, Granted)
    assert isinstance(kiosk.scan(Code("junk")).decision, Granted)
    assert isinstance(kiosk.scan(nora.live(NOON - days(1), key=Ed25519PrivateKey.generate())).decision, Granted)
    members = [(event.direction, event.outcome, event.member_id) for event in kiosk.events()]
    assert members == [
        (Direction.EXIT, Outcome.GRANTED, nora.id),
        (Direction.EXIT, Outcome.GRANTED, None),
        (Direction.EXIT, Outcome.GRANTED, None),
    ]


def test_an_exit_shown_twice_is_one_exit(tmp_path, nora, gym):
    kiosk = a_kiosk(tmp_path, gym, direction=Direction.EXIT)
    kiosk.scan(nora.card)
    assert isinstance(kiosk.scan(nora.card).decision, Repeat)
    kiosk.clock.advance(60)
    assert isinstance(kiosk.scan(nora.card).decision, Granted)
    assert len(kiosk.events()) == 2


def test_a_gym_that_hides_names_shows_none(kiosk, nora, gym):
    gym.put_policy(show_names=False)
    kiosk.pull()
    assert kiosk.scan(nora.card).name is None


def test_a_sealed_card_moved_to_another_member_names_nobody(kiosk, nora, gym):
    thief = a_person("Thief T.", content_key=nora.content_key)
    gym.put_person(thief)
    [own, stolen] = [gym.rows[RowKind.MEMBER, str(person.id)] for person in (thief, nora)]
    swapped = own.body.replace(_sealed(own.body), _sealed(stolen.body))
    gym.put(RowKind.MEMBER, str(thief.id), swapped)
    kiosk.pull()
    verdict = kiosk.scan(thief.card)
    assert isinstance(verdict.decision, Granted)
    assert verdict.name is None


def _sealed(body):
    return body.split('"sealed":"')[1].split('"')[0]


def test_the_door_decides_without_a_cloud(kiosk, nora):
    kiosk.contact.lost()
    verdict = kiosk.scan(nora.card)
    assert isinstance(verdict.decision, Granted)
    assert verdict.offline
    assert kiosk.unsent == 1


def test_without_a_roster_everything_is_refused_as_too_old(tmp_path, nora):
    kiosk = a_kiosk(tmp_path, SmallGym())
    kiosk.store.roster.delete()
    assert reason(kiosk.scan(nora.card)) is DenialReason.ROSTER_TOO_OLD
    event = kiosk.events()[0]
    assert (event.roster_epoch, event.roster_version, event.roster_age_s) == (None, None, None)


def test_a_roster_row_that_cannot_be_understood_lets_nobody_in(kiosk, nora, gym):
    gym.put(RowKind.MEMBER, str(nora.id), '{"id": "not even a member"}')
    kiosk.pull()
    assert reason(kiosk.scan(nora.card)) is DenialReason.UNKNOWN_PASS
    gym.put(RowKind.CREDENTIAL, nora.lookup(PassKind.BARCODE).hex(), "[]")
    kiosk.pull()
    assert reason(kiosk.scan(nora.tag)) is DenialReason.UNKNOWN_PASS


def test_a_site_row_that_cannot_be_understood_is_no_roster(kiosk, nora, gym):
    [key] = [key for kind, key in gym.rows if kind is RowKind.SITE]
    gym.put(RowKind.SITE, key, gym.rows[RowKind.SITE, key].body.replace("Europe/Copenhagen", "Mars/Olympus"))
    kiosk.pull()
    assert reason(kiosk.scan(nora.card)) is DenialReason.ROSTER_TOO_OLD


def test_an_old_roster_is_told_then_refused(kiosk, nora, gym):
    kiosk.clock.advance(timedelta(hours=25))
    soft = kiosk.scan(nora.card).decision
    assert NoticeKind.ROSTER_STALE in [notice.kind for notice in soft.notices]
    kiosk.clock.advance(timedelta(hours=48))
    assert reason(kiosk.scan(nora.card)) is DenialReason.ROSTER_TOO_OLD
    kiosk.pull()
    assert isinstance(kiosk.scan(nora.card).decision, Granted)


def test_a_live_code_is_marked_used_in_the_commit_that_lets_in(kiosk, nora):
    code = nora.live(NOON)
    with crash_at("entry.before_commit"), pytest.raises(Crash):
        kiosk.answer(code)
    kiosk.start()
    assert kiosk.events() == []
    with crash_at("entry.after_commit"), pytest.raises(Crash):
        kiosk.answer(code)
    kiosk.start()
    assert isinstance(kiosk.answer(code).decision, Repeat)
    assert len(kiosk.events()) == 1


def test_an_unreadable_event_log_is_never_green(kiosk, nora):
    kiosk.store.database.close()
    answer = kiosk.answer(nora.card)
    assert isinstance(answer, NotRecorded)
    assert not answer.opens
    assert kiosk.door.not_recorded == 1


def test_event_ids_sort_by_the_doors_time(kiosk, nora):
    for _ in range(3):
        kiosk.scan(nora.card)
        kiosk.clock.advance(60)
    ids = [event.id for event in kiosk.events()]
    assert ids == sorted(ids)
    assert all(one.version == 7 for one in ids)


def test_numbers_are_gapless_over_restarts(kiosk, nora):
    for _ in range(4):
        kiosk.scan(nora.card)
        kiosk.clock.advance(60)
        kiosk.restart()
    assert [event.number for event in kiosk.events()] == [1, 2, 3, 4]


def test_a_token_of_ours_in_a_linear_code_counts(kiosk, nora):
    assert isinstance(kiosk.scan(dataclasses.replace(nora.card, format="Code128")).decision, Granted)


def test_a_card_nobody_issued_is_unknown_but_known_as_a_card(kiosk):
    assert reason(kiosk.scan(Code(tokens.to_text(tokens.new_card())))) is DenialReason.UNKNOWN_PASS
    assert kiosk.events()[0].pass_kind is PassKind.CARD


def test_a_policy_that_takes_no_cards_refuses_them(tmp_path, nora):
    gym = SmallGym(nora, policy=DoorPolicy(accepted_kinds=frozenset({PassKind.LIVE})))
    kiosk = a_kiosk(tmp_path, gym)
    assert reason(kiosk.scan(nora.card)) is DenialReason.KIND_NOT_ACCEPTED
