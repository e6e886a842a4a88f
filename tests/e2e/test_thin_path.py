"""One member, one site, one card through all rooms, as an operator, an owner and a member would go."""

import json
import subprocess
import sys
from datetime import UTC, timedelta
from urllib.parse import parse_qs, urlsplit

from shared.clock import SystemClock
from tests.support.live import LiveGym, LiveKiosk, assert_exactly_once, eventually
from tests.support.processes import ROOT

PASSWORD = "correct horse battery staple"


def _fit_cloud(*arguments: str) -> dict:
    """One command of the operator's, answered in JSON."""
    command = [sys.executable, "-m", "cloud_api", *arguments, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _sign_in(gym: LiveGym, owner_link: str) -> str:
    """Become the first owner by the link of ``init``; an access token."""
    secret = parse_qs(urlsplit(owner_link).query)["token"][0]
    nobody = gym.client()
    who = {"token": secret, "password": PASSWORD, "name": "Olga Owner", "email": "olga@fit.test"}
    assert nobody.post("/v1/invitations/redeem", json=who).status_code == 201
    assert nobody.post("/v1/invitations/redeem", json=who).status_code in (404, 409, 410)
    answer = nobody.post("/v1/sign-in", json={"email": who["email"], "password": PASSWORD})
    return answer.json()["access_token"]


def test_a_members_card_opens_a_door_and_the_owner_reads_of_it(tmp_path, stack):
    folder = tmp_path / "cloud"
    site = ("--gym", "Harbour Gym", "--site", "Harbour", "--zone", "Europe/Copenhagen")
    made = _fit_cloud("init", "--data", str(folder), *site)
    gym = LiveGym(folder, stack)
    gym.start()
    gym.owner = gym.client(_sign_in(gym, made["owner_link"]))
    member_id = gym.member("Nora")
    _, card = gym.card(member_id)

    kiosk = LiveKiosk(tmp_path / "kiosk", stack).start()
    device_id = kiosk.enrol(_pairing(gym))
    assert kiosk.scan(card)["reason"] == "roster_too_old"  # no roster yet
    kiosk.restart().sync()
    verdict = kiosk.scan(card)
    assert (verdict["verdict"], verdict["name"]) == ("Granted", "Nora")

    gym.proxy.cut()
    assert kiosk.ask("sync")["push"].startswith("Unavailable")
    stranger = kiosk.scan("FIT-NOBODY")
    assert (stranger["reason"], stranger["voucher_may_help"], stranger["offline"]) == ("unknown_pass", True, True)
    gym.proxy.mend()
    kiosk.sync()

    assert_exactly_once(gym, device_id, kiosk)
    [visit] = gym.pages("/v1/visits")
    assert (visit["id"], visit["member"]["id"]) == (verdict["event_id"], member_id)
    eventually(lambda: _report(gym, "visits") == 1)
    eventually(lambda: _report(gym, "refusals") == 2)


def _pairing(gym: LiveGym) -> str:
    """As ``fit-cloud pair`` prints it beside the running server, with the address that leads through the proxy."""
    paired = _fit_cloud("pair", "--data", str(gym.data), "--device", "Front door")["pairing"]
    _, _, code, fingerprint = paired.split()
    return f"FIT1 {gym.base_url} {code} {fingerprint}"


def _report(gym: LiveGym, name: str) -> int:
    """The total of a report over the days around now, whatever the site's zone makes of today."""
    today = SystemClock().now().astimezone(UTC).date()
    days = {"first": str(today - timedelta(days=1)), "last": str(today + timedelta(days=1))}
    return gym.call("GET", f"/v1/reports/{name}", params=days)["total"]
