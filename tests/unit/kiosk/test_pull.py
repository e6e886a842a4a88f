"""Promises 5 and 6: a change cannot be skipped, and upload and download do not know of each other."""

from datetime import timedelta

import pytest

from kiosk.store.roster_file import Confirmed
from shared.client.errors import NotRecognised
from shared.contracts.roster import RowKind
from shared.domain.decision import DenialReason, Granted
from shared.domain.passes import PassKind, PassStatus
from shared.errors import Unavailable
from tests.support.builders import NOON, an_id, days
from tests.support.kiosk import Crash, a_kiosk, crash_at
from tests.support.small_gym import SmallGym, a_person

LOST = Unavailable("the line is cut")


@pytest.fixture
def nora():
    return a_person()


@pytest.fixture
def gym(nora):
    return SmallGym(nora)


@pytest.fixture
def kiosk(tmp_path, gym):
    kiosk = a_kiosk(tmp_path, gym)
    yield kiosk
    kiosk.store.close()


def is_like(kiosk, gym):
    head = kiosk.store.roster.head
    return (head.epoch, head.version, head.checksum) == (gym.epoch, gym.version, gym.checksum) and (
        kiosk.store.roster.is_sound()
    )


def scan_and_push(kiosk, person, number=3):
    for _ in range(number):
        kiosk.clock.advance(60)
        kiosk.scan(person.card)
    kiosk.push()
    assert kiosk.unsent == 0


def test_a_blocked_pass_is_refused_with_the_next_scan_after_the_poll(kiosk, nora, gym):
    assert isinstance(kiosk.scan(nora.card).decision, Granted)
    gym.put_credential(nora, PassKind.CARD, status=PassStatus.REVOKED)
    done = kiosk.puller.step()
    assert (done.done, done.error, done.more) == (1, None, False)
    kiosk.clock.advance(60)
    assert kiosk.scan(nora.card).decision.reason is DenialReason.PASS_REVOKED


def test_a_failing_upload_does_not_delay_a_revocation(kiosk, nora, gym):
    kiosk.scan(nora.card)
    kiosk.cloud.fail("upload", *[LOST] * 100)
    gym.put_credential(nora, PassKind.CARD, status=PassStatus.REVOKED)
    for _ in range(3):
        assert kiosk.pusher.step().error is LOST
        assert kiosk.puller.step().error is None
    kiosk.clock.advance(60)
    assert kiosk.scan(nora.card).decision.reason is DenialReason.PASS_REVOKED


def test_a_failing_download_does_not_stop_the_upload(kiosk, nora):
    kiosk.cloud.fail("feed", *[LOST] * 100)
    kiosk.scan(nora.card)
    assert kiosk.puller.step().error is LOST
    kiosk.push()
    assert kiosk.unsent == 0


def test_contact_is_whether_the_last_poll_was_answered(kiosk):
    assert kiosk.contact.is_there
    kiosk.cloud.fail("feed", LOST)
    kiosk.puller.step()
    assert not kiosk.contact.is_there
    kiosk.puller.step()
    assert kiosk.contact.is_there


def test_a_hint_that_fails_says_nothing_about_contact(kiosk):
    kiosk.cloud.fail("hint", LOST)
    assert kiosk.puller.listen().error is LOST
    assert kiosk.contact.is_there


def test_a_hint_says_whether_there_is_more(kiosk, gym):
    assert not kiosk.puller.listen().more
    gym.put_policy(grace_days=2)
    assert kiosk.puller.listen().more


def test_a_long_feed_comes_page_by_page(kiosk, gym):
    for _ in range(10):
        gym.put_person(a_person())
    kiosk.puller._rows_at_once = 7
    rounds = [kiosk.puller.step() for _ in range(6)]
    assert [done.more for done in rounds] == [True, True, True, True, True, False]
    assert is_like(kiosk, gym)
    assert kiosk.cloud.calls.count("snapshot") == 1


@pytest.mark.parametrize("trouble", ["epoch", "ahead", "checksum", "too old"])
def test_a_roster_that_cannot_be_continued_is_taken_anew_and_events_are_sent_again(kiosk, nora, gym, trouble):
    scan_and_push(kiosk, nora)
    kiosk.cloud.events.clear()
    if trouble == "epoch":
        gym.epoch = an_id()
    elif trouble == "ahead":
        gym.version -= 2
    elif trouble == "checksum":
        gym.rows.pop((RowKind.CREDENTIAL, nora.lookup(PassKind.BARCODE).hex()))  # a tombstone lost
    else:
        kiosk.cloud.oldest_version = gym.version + 1
    done = kiosk.puller.step()
    assert (done.snapshot, done.error) == (True, None)
    assert is_like(kiosk, gym)
    kiosk.cloud.oldest_version = 0
    assert not kiosk.puller.step().snapshot
    kiosk.push()
    assert len(kiosk.cloud.events) == 3


def test_the_mark_to_send_again_comes_before_the_swap(kiosk, nora, gym):
    """The power goes between the two: the next start still knows that something has to be sent again."""
    scan_and_push(kiosk, nora)
    kiosk.cloud.restore({})
    with crash_at("pull.snapshot_swapped"), pytest.raises(Crash):
        kiosk.puller.step()
    kiosk.start()
    kiosk.pull()
    kiosk.push()
    assert len(kiosk.cloud.events) == 3


def test_a_snapshot_that_lies_about_its_checksum_is_not_taken_and_resends_nothing(kiosk, nora, gym):
    scan_and_push(kiosk, nora)
    old = kiosk.store.roster.head
    gym.epoch = an_id()
    good = gym.snapshot
    gym.snapshot = lambda: good().model_copy(update={"checksum": 7})
    done = kiosk.puller.step()
    assert isinstance(done.error, Unavailable)
    assert kiosk.store.roster.head == old
    assert kiosk.unsent == 0
    gym.snapshot = good
    assert kiosk.puller.step().snapshot


def test_a_kiosk_goes_on_deciding_while_it_cannot_get_its_snapshot(kiosk, nora, gym):
    gym.epoch = an_id()
    kiosk.cloud.fail("snapshot", *[LOST] * 5)
    for _ in range(5):
        assert kiosk.puller.step().error is LOST
        kiosk.clock.advance(60)
        assert isinstance(kiosk.scan(nora.card).decision, Granted)


def test_forty_days_offline_and_back_by_itself_with_the_queue(kiosk, nora, gym):
    kiosk.cloud.fail("feed", LOST)
    kiosk.puller.step()
    for _ in range(40):
        kiosk.clock.advance(days(1))
        kiosk.scan(nora.card)
    assert kiosk.unsent == 40
    for _ in range(3):
        gym.put_person(a_person())
    kiosk.cloud.oldest_version = gym.version  # tombstones are kept for less
    kiosk.learn_time()
    kiosk.pull()
    kiosk.push()
    assert is_like(kiosk, gym)
    assert len(kiosk.cloud.events) == 40
    assert kiosk.unsent == 0
    assert len(kiosk.events()) == 40


def test_a_kiosk_unknown_to_a_restored_cloud_keeps_everything(kiosk, nora):
    scan_and_push(kiosk, nora)
    refused = NotRecognised("who?", code="device_unknown")
    for call in ("feed", "snapshot", "hint"):
        kiosk.cloud.fail(call, *[refused] * 3)
    for _ in range(3):
        assert kiosk.puller.step().error is refused
    assert kiosk.puller.listen().error is refused
    assert len(kiosk.events()) == 3
    kiosk.clock.advance(60)
    assert isinstance(kiosk.scan(nora.card).decision, Granted)


def test_bits_that_rotted_are_found_at_the_start_and_mended(kiosk, nora, gym):
    with kiosk.store.roster._database.write() as connection:
        connection.execute("DELETE FROM roster_row WHERE kind = 'credential'")
    kiosk.restart()
    assert kiosk.puller.step().snapshot
    assert is_like(kiosk, gym)


def test_the_rosters_age_counts_from_before_the_question(kiosk, gym):
    original = kiosk.cloud.feed

    def slow(*args):
        kiosk.clock.advance(20)
        return original(*args)

    kiosk.cloud.feed = slow
    kiosk.puller.step()
    assert kiosk.store.roster.age(kiosk.store.timekeeper.look()) == timedelta(seconds=20)


def test_a_full_disk_does_not_end_the_pulling(kiosk, gym, monkeypatch):
    gym.put_person(a_person())
    path = kiosk.store.roster._database.path
    with kiosk.store.database.read():
        pass
    connection = kiosk.store.roster._database._connection()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(40):
        gym.put_person(a_person())
    assert isinstance(kiosk.puller.step().error, Unavailable)
    connection.execute("PRAGMA max_page_count = 1073741823")
    kiosk.pull()
    assert is_like(kiosk, gym)
    assert path.exists()


def test_without_a_roster_there_is_something_to_pull(tmp_path, gym):
    kiosk = a_kiosk(tmp_path, gym)
    kiosk.store.roster.delete()
    assert kiosk.puller.listen().more
    assert kiosk.puller.step().snapshot


def test_a_confirmed_roster_names_when(kiosk):
    assert kiosk.store.roster.head.confirmed == Confirmed(NOON, 300 * 10**9, "boot-1")


def test_a_roster_confirmed_under_a_guessed_time_is_dated_by_what_the_answer_taught(kiosk, monkeypatch):
    kiosk.clock.reboot(wall=NOON + days(40))
    kiosk.restart()
    ask = kiosk.cloud.feed

    def answer_with_time(*question):
        kiosk.learn_time(NOON)
        return ask(*question)

    monkeypatch.setattr(kiosk.cloud, "feed", answer_with_time)
    kiosk.pull()
    assert kiosk.store.roster.head.confirmed.at < NOON + days(1)
