"""Two processes of one gym on a database server, behind the front of the compose file: one address, pinned TLS."""

import contextlib
import ssl
from pathlib import Path

import httpx
import pytest

from cloud_api.common.rate_limits import PUBLIC
from shared.client.pinning import pinned_context
from tests.support.live import eventually
from tests.support.processes import DEADLINE_S
from tests.support.servers.nginx import Nginx
from tests.support.servers.shared import a_mysql_database
from tests.support.serving import make_gym, serving

CONFIGURATION = Path(__file__).parents[3] / "packaging" / "docker" / "nginx.conf"
DESK = "identity,gym,qr,payments,reports,notifications"


class Front:
    def __init__(self, data, nginx, servers):
        self.servers = servers
        self._port = nginx.port
        self._trusted = pinned_context(ssl.PEM_cert_to_DER_cert((data / "tls" / "server.crt").read_text()))

    def client(self, address="127.0.0.1"):
        transport = httpx.HTTPTransport(verify=self._trusted, local_address=address)
        return httpx.Client(base_url=f"https://127.0.0.1:{self._port}", transport=transport, timeout=DEADLINE_S)


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    folder = tmp_path_factory.mktemp("front")
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(a_mysql_database())
        data = make_gym(folder / "gym", {"FIT_DATABASE_URL": url})
        settings = {
            "FIT_DATABASE_URL": url,
            "FIT_TLS": "front",
            "FIT_PROXIES": "127.0.0.1",
            "FIT_RATE_LIMITS": "on",
        }
        servers = {
            name: stack.enter_context(serving(data, {**settings, "FIT_SERVICES": services}))
            for name, services in (("devices", "devices"), ("desk", DESK))
        }
        text = CONFIGURATION.read_text().replace("listen 8443", "listen 127.0.0.1:{port}")
        text = text.replace("/data/gym/", f"{data}/").replace("worker_processes auto;", "")
        for name, server in servers.items():
            text = text.replace(f"server {name}:8080", f"server {server.url.removeprefix('http://')}")
        nginx = Nginx(folder / "nginx", text)
        stack.callback(nginx.remove)
        nginx.start()
        yield Front(data, nginx, servers)


def test_each_path_reaches_who_serves_it(front):
    with front.client() as client:
        for path in ("/v1/devices", "/v1/account", "/v1/members", "/v1/devices/self/feed", "/v1/machines"):
            assert client.get(path).status_code == 401, path
        assert client.post("/v1/enrolments", json={}).status_code == 422
        assert client.post("/v1/salvage", json={}).status_code == 422
        assert client.get("/v1/nowhere").json()["code"] == "not_found"


def test_the_metrics_page_is_not_for_the_outside(front):
    with front.client() as client:
        answer = client.get("/metrics", headers={"Authorization": "Bearer metrics-token-of-a-test"})
    assert answer.status_code == 404
    assert "fit_requests" not in answer.text


def test_the_trace_goes_through(front):
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    with front.client() as client:
        answer = client.get("/v1/account", headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"})
    assert answer.headers["X-Request-Id"] == trace_id
    lines = front.servers["desk"].program.lines
    eventually(lambda: any(trace_id in line for line in lines))


def test_addresses_are_told_apart_behind_the_front_and_cannot_be_made_up(front):
    def sign_in(client, **headers):
        return client.post("/v1/sign-in", json={"email": "a"}, headers=headers).status_code

    with front.client("127.0.0.3") as one, front.client("127.0.0.2") as other:
        answers = [sign_in(one, **{"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(PUBLIC.amount + 20)]
        assert 429 in answers
        assert sign_in(other) == 422


def test_both_are_ready_on_one_folder_each_with_its_own(front):
    for name, services in (("devices", ["devices"]), ("desk", DESK.split(","))):
        with front.servers[name].client() as client:
            ready = client.get("/health/ready").raise_for_status().json()
        assert [item["name"] for item in ready["services"]] == services
