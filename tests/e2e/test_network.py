"""The network fails in every way it can, and the door goes on (promises 1, 3 and 6)."""

from tests.support.live import LiveKiosk, assert_exactly_once, eventually, live_gym
from tests.support.processes import Strike


def test_a_kiosk_decides_while_the_network_is_cut_and_hands_in_later(tmp_path, stack):
    with live_gym(tmp_path) as (gym, _):
        cards = gym.cards(3)
        kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
        device_id = kiosk.enrol(gym.pairing())
        kiosk.sync()
        gym.proxy.cut()
        assert kiosk.ask("pull")["error"] == "Unavailable"
        verdicts = [kiosk.scan(card) for card in cards]
        assert [(item["verdict"], item["offline"]) for item in verdicts] == [("Granted", True)] * 3
        gym.proxy.mend()
        state = kiosk.sync()
        assert state["unsent"] == 0
        assert_exactly_once(gym, device_id, kiosk)


def test_events_whose_answer_was_lost_are_sent_again_and_stored_once(tmp_path, stack):
    with live_gym(tmp_path) as (gym, _):
        cards = gym.cards(2)
        kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
        device_id = kiosk.enrol(gym.pairing())
        kiosk.sync()
        kiosk.scan(cards[0])
        assert kiosk.ask("push")["done"] == 1  # the connection is open and has its token
        kiosk.scan(cards[1])
        gym.proxy.swallow_replies = True
        assert kiosk.ask("push")["error"] == "Unavailable"
        eventually(lambda: len(gym.events_of(device_id)) == 2)  # it arrived; the kiosk does not know
        assert kiosk.ask("state")["unsent"] == 1
        gym.proxy.swallow_replies = False
        kiosk.sync()
        assert_exactly_once(gym, device_id, kiosk)


def test_failing_uploads_do_not_delay_a_revocation(tmp_path, stack):
    with live_gym(tmp_path, Strike("ingest.before_commit", how="raise")) as (gym, _):
        nora, bruno = gym.member("Nora"), gym.member("Bruno")
        (_, noras), (pass_id, brunos) = gym.card(nora), gym.card(bruno)
        kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
        device_id = kiosk.enrol(gym.pairing())
        kiosk.ask("sync")
        kiosk.ask("work")  # both loops in their threads, as the program runs them
        assert kiosk.scan(noras)["verdict"] == "Granted"
        eventually(lambda: any("PlannedError" in line for line in gym.server.lines))
        gym.call("POST", f"/v1/passes/{pass_id}/revoke")
        eventually(lambda: kiosk.ask("state")["roster"] == gym.roster_of(gym.site_id))
        assert kiosk.scan(brunos)["reason"] == "pass_revoked"
        assert kiosk.ask("state")["unsent"] == 2  # and not one event could be handed in meanwhile
        assert gym.events_of(device_id) == []

        gym.restart()
        kiosk.restart().sync()
        assert_exactly_once(gym, device_id, kiosk)


def test_bought_seconds_ago_elsewhere_a_voucher_admits_once_at_a_kiosk_without_contact(tmp_path, stack):
    with live_gym(tmp_path) as (gym, _):
        gym.plan_id  # noqa: B018  # known here before the purchase
        kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
        device_id = kiosk.enrol(gym.pairing())
        kiosk.sync()
        gym.proxy.cut()
        assert kiosk.ask("pull")["error"] == "Unavailable"

        other = {"name": "Station", "zone": "Europe/Copenhagen"}
        other_id = gym.call("POST", "/v1/sites", json=other)["id"]
        member_id = gym.member("Nora", site_id=other_id)
        _, card = gym.card(member_id)
        voucher = gym.call("POST", f"/v1/members/{member_id}/vouchers", json={})["code"]["text"]

        refused = kiosk.scan(card)
        assert (refused["reason"], refused["voucher_may_help"]) == ("unknown_pass", True)
        admitted = kiosk.scan(voucher)
        assert admitted["verdict"] == "Granted"
        assert kiosk.restart().scan(voucher)["verdict"] == "Repeat"  # nothing in memory tells it so

        gym.proxy.mend()
        kiosk.sync()
        assert_exactly_once(gym, device_id, kiosk)
        [entry] = [item for item in gym.pages("/v1/attendance") if item["id"] == admitted["event_id"]]
        assert entry["member"]["id"] == member_id
        [visit] = gym.pages("/v1/visits")
        assert visit["member"]["id"] == member_id
