"""Backups and old disks come back, on either side, and no event is lost by it (hard cases: feed, streams, wipe)."""

import shutil

from cloud_api.operate.backups import back_up
from cloud_api.operate.restoring import restore
from shared.clock import SystemClock
from tests.support.live import LiveGym, LiveKiosk, assert_exactly_once, live_gym


def _back_up(gym: LiveGym, tmp_path) -> None:
    back_up(gym.settings, tmp_path / "backup.zip", now=SystemClock().now())


def _restore(gym: LiveGym, tmp_path) -> None:
    """The operator stops the server, restores, starts it again and has to sign in anew."""
    gym.server.stop()
    restore(gym.settings, tmp_path / "backup.zip")
    gym.start()
    gym.owner = gym.client(gym.owner_token())


def test_events_that_a_restore_forgot_come_back_by_themselves(tmp_path, stack):
    with live_gym(tmp_path) as (gym, _):
        cards = gym.cards(3)
        kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
        device_id = kiosk.enrol(gym.pairing())
        kiosk.sync()
        kiosk.scan(cards[0])
        kiosk.sync()
        _back_up(gym, tmp_path)
        kiosk.scan(cards[1])
        kiosk.sync()
        _, late = gym.card(gym.member("Late"))  # the restored cloud will not know this pass
        kiosk.sync()
        _restore(gym, tmp_path)
        assert len(gym.events_of(device_id)) == 1
        assert kiosk.scan(late)["verdict"] == "Granted"  # nor does the kiosk forget it before it hears
        state = kiosk.sync()
        assert state["roster"] == gym.roster_of(gym.site_id)
        assert_exactly_once(gym, device_id, kiosk)
        assert kiosk.restart().scan(late)["reason"] == "unknown_pass"


def test_a_kiosk_that_a_restored_server_does_not_know_forgets_nothing(tmp_path, stack):
    with live_gym(tmp_path) as (gym, _):
        cards = gym.cards(3)
        _back_up(gym, tmp_path)
        kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
        kiosk.enrol(gym.pairing())
        before = kiosk.sync()
        kiosk.scan(cards[0])
        kiosk.sync()
        kiosk.scan(cards[1])
        _restore(gym, tmp_path)

        refused = kiosk.ask("sync")
        assert refused["pull"].startswith("NotRecognised")
        assert refused["push"].startswith("NotRecognised")
        assert (refused["roster"], refused["unsent"]) == (before["roster"], 1)
        assert kiosk.restart().scan(cards[2])["verdict"] == "Granted"  # keys and roster are still there

        device_id = kiosk.enrol(gym.pairing("Front door, again"))
        state = kiosk.sync()
        assert state["roster"] == gym.roster_of(gym.site_id)
        assert len(kiosk.shown) == 3
        assert_exactly_once(gym, device_id, kiosk)


def test_a_week_old_image_of_a_kiosks_disk_loses_no_new_scan(tmp_path, stack):
    with live_gym(tmp_path) as (gym, _):
        cards = gym.cards(6)
        folder, image = tmp_path / "kiosk", tmp_path / "image"
        kiosk = LiveKiosk(folder, stack).start()
        device_id = kiosk.enrol(gym.pairing())
        kiosk.sync()
        kiosk.scan(cards[0])
        first = kiosk.sync()
        kiosk.kill()
        shutil.copytree(folder, image)
        kiosk.start()
        for card in cards[1:3]:
            kiosk.scan(card)
        kiosk.sync()
        kiosk.kill()

        shutil.rmtree(folder)
        image.rename(folder)
        kiosk.start()
        verdicts = [kiosk.scan(card) for card in cards[3:5]]
        assert [item["number"] for item in verdicts] == [2, 3]  # numbers that the cloud has other events under
        state = kiosk.sync()
        assert state["stream"] != first["stream"]
        assert kiosk.scan(cards[5])["number"] == 1  # of a new stream
        kiosk.sync()
        in_cloud = gym.events_of(device_id)
        assert {item["event"]["id"] for item in in_cloud} == {item["event_id"] for item in kiosk.shown}
        assert len(in_cloud) == 6
        flagged = [item["event"]["id"] for item in in_cloud if "reused_number" in item["flags"]]
        assert sorted(flagged) == sorted(item["event_id"] for item in verdicts)


def test_a_heartbeat_keeps_a_restored_disk_from_using_numbers_again(tmp_path, stack):
    with live_gym(tmp_path) as (gym, _):
        cards = gym.cards(3)
        folder, image = tmp_path / "kiosk", tmp_path / "image"
        kiosk = LiveKiosk(folder, stack).start()
        device_id = kiosk.enrol(gym.pairing())
        first = kiosk.sync()
        kiosk.kill()
        shutil.copytree(folder, image)
        kiosk.start()
        kiosk.scan(cards[0])
        kiosk.sync()
        kiosk.kill()

        shutil.rmtree(folder)
        image.rename(folder)
        kiosk.start()
        assert kiosk.ask("beat")["done"] == 1
        assert kiosk.ask("state")["stream"] != first["stream"]
        assert kiosk.scan(cards[1])["number"] == 1
        kiosk.sync()
        assert not any(item["flags"] for item in gym.events_of(device_id))
        assert len(gym.events_of(device_id)) == 2
