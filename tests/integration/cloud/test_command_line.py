"""``fit-cloud`` as an operator meets it: real processes, real TLS."""

import hashlib
import json
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api.__main__ import main
from shared.clock import SystemClock
from shared.contracts.base import to_base64
from tests.support.cloud import a_gym
from tests.support.processes import running

pytestmark = pytest.mark.embedded

COMMANDS = ["init", "serve", "pair", "owner-link", "doctor", "backup", "restore", "replay"]


def fit_cloud(capsys, *arguments):
    """Exit code and what was printed."""
    code = main([str(argument) for argument in arguments])
    return code, capsys.readouterr()


def init(capsys, folder, *more):
    arguments = ["--gym", "Harbour Gym", "--site", "Harbour", "--zone", "Europe/Copenhagen", *more]
    return fit_cloud(capsys, "init", "--data", folder, *arguments)


@pytest.fixture
def data(tmp_path):
    """A data folder with a gym in it."""
    with a_gym(tmp_path) as gym:
        return gym.settings.data


def test_init_makes_a_gym_and_says_what_comes_next(capsys, tmp_path):
    code, said = init(capsys, tmp_path / "gym", "--host", "127.0.0.1", "--port", "9999")
    assert code == 0
    assert f"fit-cloud serve --data {tmp_path / 'gym'}" in said.out
    assert "https://127.0.0.1:9999/welcome?token=" in said.out
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]


def test_init_answers_a_program(capsys, tmp_path):
    _, said = init(capsys, tmp_path / "gym", "--json")
    made = json.loads(said.out)
    assert set(made) == {"data", "base_url", "gym_id", "gym_name", "site_id", "certificate_sha256", "owner_link"}


def test_init_never_touches_a_folder_with_something_in_it(capsys, tmp_path):
    (tmp_path / "gym").mkdir()
    (tmp_path / "gym" / "photo.jpg").touch()
    code, said = init(capsys, tmp_path / "gym")
    assert code == 1
    assert "not empty" in said.err
    assert [path.name for path in tmp_path.rglob("*")] == ["gym", "photo.jpg"]


def test_init_with_an_unknown_zone_leaves_nothing_behind(capsys, tmp_path):
    arguments = ["--gym", "G", "--site", "S", "--zone", "Mars/Olympus", "--json"]
    code, said = fit_cloud(capsys, "init", "--data", tmp_path / "gym", *arguments)
    assert code == 1
    assert "Mars/Olympus" in json.loads(said.out)["error"]
    assert list(tmp_path.iterdir()) == []


def test_pair_prints_the_text_for_a_kiosk_and_enrols_one_again_in_place(capsys, data):
    _, first = fit_cloud(capsys, "pair", "--data", data, "--device", "Front door", "--json")
    _, again = fit_cloud(capsys, "pair", "--data", data, "--device", "Front door", "--json")
    _, other = fit_cloud(capsys, "pair", "--data", data, "--device", "Back door", "--direction", "exit")
    one, two = json.loads(first.out), json.loads(again.out)
    assert one["device_id"] == two["device_id"]
    assert one["pairing"] != two["pairing"]
    assert other.out.startswith("FIT1 https://127.0.0.1:8443 ")


def test_pair_names_the_sites_there_are(capsys, data):
    code, said = fit_cloud(capsys, "pair", "--data", data, "--device", "x", "--site", "Moon")
    assert (code, "Harbour" in said.err) == (1, True)


def test_doctor_says_what_is_wrong_and_exits_with_1(capsys, data):
    code, said = fit_cloud(capsys, "doctor", "--data", data)
    assert code == 1
    assert "!!  owner" in said.out
    code, said = fit_cloud(capsys, "doctor", "--data", data, "--json")
    assert {item["name"] for item in json.loads(said.out) if not item["ok"]} == {"owner"}


def test_a_new_owner_link_and_a_replay_answer_too(capsys, data):
    _, said = fit_cloud(capsys, "owner-link", "--data", data)
    assert said.out.startswith("https://127.0.0.1:8443/welcome?token=")
    for command in (["replay"], ["events", "replay"], ["events", "replay", "--consumer", "gym.attendance"]):
        _, said = fit_cloud(capsys, *command, "--data", data, "--json")
        assert json.loads(said.out) == {"replayed": 0}
    _, said = fit_cloud(capsys, "events", "parked", "--data", data)
    assert said.out == "none parked\n"


def test_backup_and_restore(capsys, data, tmp_path):
    code, said = fit_cloud(capsys, "backup", "--data", data, tmp_path / "b.fit")
    assert (code, "read back and equal" in said.out) == (0, True)
    code, said = fit_cloud(capsys, "restore", "--data", data, tmp_path / "b.fit", "--json")
    assert (code, json.loads(said.out)["replayed"]) == (0, 0)


def test_commands_on_a_folder_without_a_gym_say_what_to_do(capsys, tmp_path):
    for command in (["pair", "--device", "x"], ["owner-link"], ["serve"], ["backup", tmp_path / "b"]):
        code, said = fit_cloud(capsys, *command[:1], "--data", tmp_path, *command[1:])
        assert code == 1
        assert said.err.startswith("fit-cloud: ")


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_reads_well(capsys, command):
    with pytest.raises(SystemExit) as end:
        main([*command, "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert "usage: fit-cloud" in said
    if command:
        assert "--json" in said


def test_help_answers_without_loading_the_server():
    code = "import sys, cloud_api.__main__ as m; m._parser(); sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_serving_over_tls_from_the_first_line_to_the_last(capsys, data):
    """A kiosk pins the certificate, enrols, waits for a hint, and is let go when the server stops."""
    with running("cloud_api.__main__", ["serve", "--data", str(data), "--port", "0"]) as server:
        url = server.expect(r"^ready (https://127\.0\.0\.1:\d+)$").group(1)
        _, said = fit_cloud(capsys, "pair", "--data", data, "--device", "Front door")
        _, _, code, pinned = said.out.split()
        port = int(url.rsplit(":", 1)[1])
        pem = ssl.get_server_certificate(("127.0.0.1", port))
        assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest() == pinned
        with httpx.Client(base_url=url, verify=ssl.create_default_context(cadata=pem)) as client:
            assert client.get("/v1/health").json() == {"ready": True, "gym_name": "Harbour Gym"}
            enrolled = enrol(client, code)
            assert enrolled["device_name"] == "Front door"
            code, said = fit_cloud(capsys, "serve", "--data", data, "--port", "0")
            assert (code, "in use" in said.err) == (1, True)
        assert server.stop() == 0
        assert "Traceback" not in server.tail()


def enrol(client, code):
    public_key = to_base64(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    body = {"code": code, "public_key": public_key, "program_version": "1"}
    answer = client.post("/v1/enrolments", json=body)
    answer.raise_for_status()
    return answer.json()


def test_who_waits_for_a_hint_does_not_hold_up_the_end(tmp_path):
    with a_gym(tmp_path) as gym:
        kiosk = gym.kiosk()
        gym.clock.at = SystemClock().now()
        token = kiosk.token()
        data = gym.settings.data
    with running("cloud_api.__main__", ["serve", "--data", str(data), "--port", "0"]) as server:
        url = server.expect(r"^ready (https://\S+)$").group(1)
        pem = ssl.get_server_certificate(("127.0.0.1", int(url.rsplit(":", 1)[1])))
        trusted, headers = ssl.create_default_context(cadata=pem), {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=url, verify=trusted, headers=headers, timeout=40) as client:
            snapshot = client.get("/v1/devices/self/snapshot").json()
            where = {"epoch": snapshot["epoch"], "version": snapshot["version"]}
            with ThreadPoolExecutor(1) as threads:
                waiting = threads.submit(client.get, "/v1/devices/self/hint", params={**where, "wait": 25})
                client.get("/v1/health").raise_for_status()
                assert server.stop() == 0
                assert waiting.result(30).json() == {**where, "open": None}


def test_a_port_that_is_taken_is_named(capsys, data):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = fit_cloud(capsys, "serve", "--data", data, "--port", taken.getsockname()[1])
    assert code == 1
    assert "port" in said.err
