"""The HTTP client of a kiosk: tokens by challenge, errors that say who must act, and nothing believed of a portal."""

import gzip
import json
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from shared.client.devices import HttpDeviceCloud, enrol
from shared.client.errors import DeviceRevoked, NotRecognised, ServerFailed, SnapshotRequired
from shared.client.transport import Transport
from shared.contracts.base import from_base64
from shared.contracts.devices import (
    SERVER_TIME_HEADER,
    CameraState,
    EnrolRequest,
    EventUpload,
    Heartbeat,
    SalvageUpload,
)
from shared.contracts.problem import Problem
from shared.domain.time import TimeQuality
from shared.errors import Rejected, Unavailable
from shared.passtoken.signing import challenge_message, is_signed
from tests.support.builders import NOON, an_event_record, an_id
from tests.support.kiosk import DEVICE_ID, DEVICE_KEYS, a_wipe_order, an_enrolment
from tests.support.small_gym import SmallGym, a_person

EPOCH = an_id(900)
NONCE = b"nonce-of-the-server"
FEED = {"epoch": str(EPOCH), "version": 3, "head_version": 3, "checksum": 5, "rows": [], "more": False}
PORTAL = "<html><body>Welcome to FreeWifi! Accept the terms</body></html>"


class Server:
    """Answers by path; tokens are bought as the real one sells them. ``seen`` are all requests."""

    def __init__(self):
        self.answers = {}
        self.seen = []
        self.sold = 0
        self.good_tokens = set()

    def __call__(self, request):
        self.seen.append(request)
        path = request.url.path
        if path == "/v1/device-tokens/challenge" and path not in self.answers:
            return _json({"nonce": "bm9uY2Utb2YtdGhlLXNlcnZlcg", "expires_at": "2026-03-18T12:05:00Z"})
        if path == "/v1/device-tokens" and path not in self.answers:
            return self._sell(request)
        if path.startswith("/v1/devices/self") and request.headers.get("Authorization") not in self.good_tokens:
            return problem(401, "not_signed_in")
        answer = self.answers[path]
        return answer(request) if callable(answer) else answer

    def _sell(self, request):
        claim = json.loads(request.content)
        signature = from_base64(claim["signature"])
        assert UUID(claim["device_id"]) == DEVICE_ID
        assert is_signed(DEVICE_KEYS.public_key, challenge_message(DEVICE_ID, NONCE), signature)
        self.sold += 1
        self.good_tokens.add(f"Bearer token-{self.sold}")
        return _json({"access_token": f"token-{self.sold}", "expires_in_s": 900})


def _json(content, status=200, headers=None):
    stamp = {SERVER_TIME_HEADER: str(int(NOON.timestamp() * 10**6))}
    return httpx.Response(status, json=content, headers={**stamp, **(headers or {})})


def problem(status, code, **more):
    body = Problem(title="No", status=status, detail="because", code=code, **more)
    return httpx.Response(
        status,
        content=body.model_dump_json(),
        headers={"Content-Type": "application/problem+json", SERVER_TIME_HEADER: "1773835200000000"},
    )


@pytest.fixture
def server():
    server = Server()
    server.answers["/v1/devices/self/feed"] = lambda _request: _json(FEED)
    return server


@pytest.fixture
def samples():
    return []


@pytest.fixture
def transport(server, samples):
    client = httpx.Client(transport=httpx.MockTransport(server), base_url="https://cloud.test")
    yield Transport(client, on_server_time=lambda at, round_trip: samples.append((at, round_trip)))
    client.close()


class Ticker:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def ticker():
    return Ticker()


@pytest.fixture
def cloud(transport, ticker):
    return HttpDeviceCloud(transport, device_id=DEVICE_ID, sign=DEVICE_KEYS.sign, monotonic=ticker)


def feed(cloud):
    return cloud.feed(EPOCH, 3, 100)


def test_a_token_is_bought_once_and_kept_until_shortly_before_its_end(cloud, server, ticker):
    for now, sold in ((0, 1), (800, 1), (839, 1), (841, 2)):
        ticker.now = now
        feed(cloud)
        assert server.sold == sold


def test_a_refused_token_is_bought_again_once(cloud, server):
    feed(cloud)
    server.good_tokens.clear()
    feed(cloud)
    assert server.sold == 2
    server.answers["/v1/devices/self/feed"] = problem(401, "not_signed_in")
    with pytest.raises(NotRecognised):
        feed(cloud)
    assert server.sold == 3


def test_questions_are_asked_as_agreed(cloud, server):
    server.answers["/v1/devices/self/hint"] = _json({"epoch": str(EPOCH), "version": 9})
    assert feed(cloud).checksum == 5
    assert cloud.hint(EPOCH, 3, 25).version == 9
    first, second = (request for request in server.seen if "/self/" in request.url.path)
    assert dict(first.url.params) == {"epoch": str(EPOCH), "version": "3", "limit": "100"}
    assert dict(second.url.params) == {"epoch": str(EPOCH), "version": "3", "wait": "25"}
    assert second.extensions["timeout"]["read"] >= 25 + 5


def test_a_snapshot_is_read(cloud, server):
    gym = SmallGym(a_person())
    server.answers["/v1/devices/self/snapshot"] = httpx.Response(200, content=gym.snapshot().model_dump_json())
    assert cloud.snapshot() == gym.snapshot()


def test_events_travel_packed_and_answers_come_back(cloud, server):
    upload = EventUpload(stream_id=an_id(), events=[an_event_record() for _ in range(20)])

    def take(request):
        assert request.headers["Content-Encoding"] == "gzip"
        assert EventUpload.model_validate_json(gzip.decompress(request.content)) == upload
        return _json({"results": [], "have_up_to": 20, "missing": [[3, 4]], "open_new_stream": False})

    server.answers["/v1/devices/self/events"] = take
    answer = cloud.upload(upload)
    assert (answer.have_up_to, answer.missing) == (20, [(3, 4)])


def test_a_heartbeat_and_a_salvage_call(cloud, server):
    beat = Heartbeat(
        program_version="1",
        stream_id=an_id(),
        last_number=1,
        queue=0,
        oldest_unsent_at=None,
        quarantined=0,
        roster_epoch=None,
        roster_version=None,
        roster_age_s=None,
        clock_offset_ms=None,
        time_quality=TimeQuality.GUESSED,
        camera=CameraState.NONE,
        decode_rate=0,
        disk_free_mib=1,
        not_recorded=0,
    )
    server.answers["/v1/devices/self/heartbeat"] = _json({"have_up_to": 4, "last_number_seen": 5})
    assert cloud.heartbeat(beat).last_number_seen == 5
    server.answers["/v1/salvage"] = _json({"results": [], "have_up_to": 1, "missing": [], "open_new_stream": False})
    cloud.salvage(SalvageUpload(device_id=DEVICE_ID, payload="{}", signature=bytes(64)))
    assert "Authorization" not in server.seen[-1].headers


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (problem(410, "snapshot_required"), SnapshotRequired, "snapshot_required"),
        (problem(403, "forbidden"), NotRecognised, "forbidden"),
        (problem(404, "device_unknown"), NotRecognised, "device_unknown"),
        (problem(403, "device_revoked"), NotRecognised, "device_revoked"),
        (problem(410, "gone"), Rejected, "gone"),
        (problem(422, "not_readable"), Rejected, "not_readable"),
        (problem(413, "body_too_large"), Rejected, "body_too_large"),
    ],
)
def test_the_clouds_no_is_final_and_has_a_code(cloud, server, answer, error, code):
    server.answers["/v1/devices/self/feed"] = answer
    with pytest.raises(error) as caught:
        feed(cloud)
    assert caught.value.code == code
    assert not isinstance(caught.value, DeviceRevoked)


def test_a_revoked_device_gets_its_order_from_any_call_also_for_a_token(cloud, server):
    order = a_wipe_order()
    server.answers["/v1/devices/self/feed"] = problem(403, "device_revoked", wipe_order=order)
    with pytest.raises(DeviceRevoked) as caught:
        feed(cloud)
    assert caught.value.wipe_order == order
    server.good_tokens.clear()
    server.answers["/v1/device-tokens"] = problem(403, "device_revoked", wipe_order=order)
    with pytest.raises(DeviceRevoked):
        feed(cloud)


@pytest.mark.parametrize("status", [408, 425, 429, 502, 503, 504])
def test_an_overloaded_server_is_unavailable_for_as_long_as_it_says(cloud, server, status):
    server.answers["/v1/devices/self/feed"] = problem(status, "busy", retry_after_s=7)
    with pytest.raises(Unavailable) as caught:
        feed(cloud)
    assert caught.value.retry_after_s == 7
    assert not isinstance(caught.value, ServerFailed)


def test_retry_after_is_read_from_the_header_too(cloud, server):
    server.answers["/v1/devices/self/feed"] = httpx.Response(503, text="busy", headers={"Retry-After": "12"})
    with pytest.raises(Unavailable) as caught:
        feed(cloud)
    assert caught.value.retry_after_s == 12


def test_an_error_of_the_clouds_own_is_told_from_a_gateways(cloud, server):
    ours = [problem(500, "internal"), httpx.Response(500, text="oops", headers={SERVER_TIME_HEADER: "1"})]
    for answer in ours:
        server.answers["/v1/devices/self/feed"] = answer
        with pytest.raises(ServerFailed):
            feed(cloud)
    server.answers["/v1/devices/self/feed"] = httpx.Response(500, text="nginx")
    with pytest.raises(Unavailable) as caught:
        feed(cloud)
    assert not isinstance(caught.value, ServerFailed)


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 410, 451, 500, 511])
def test_a_captive_portal_is_no_contact_whatever_it_answers(transport, status):
    def portal(_request):
        return httpx.Response(status, text=PORTAL, headers={"Location": "https://portal.example/"})

    client = httpx.Client(transport=httpx.MockTransport(portal), base_url="https://cloud.test")
    cloud = HttpDeviceCloud(Transport(client), device_id=DEVICE_ID, sign=DEVICE_KEYS.sign)
    for call in (lambda: feed(cloud), cloud.snapshot, lambda: cloud.hint(EPOCH, 1, 1)):
        with pytest.raises(Unavailable) as caught:
            call()
        assert not isinstance(caught.value, ServerFailed)
    client.close()


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b'{"epoch": 1}', b"\xff\xfe", b'{"wipe_order": {}}'])
def test_garbage_is_no_answer(cloud, server, content):
    server.answers["/v1/devices/self/feed"] = httpx.Response(200, content=content)
    with pytest.raises(Unavailable):
        feed(cloud)


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("cut"),
        httpx.WriteError("reset"),
    ],
)
def test_a_broken_line_is_no_contact(cloud, server, failure):
    def broken(_request):
        raise failure

    server.answers["/v1/devices/self/feed"] = broken
    with pytest.raises(Unavailable, match="No contact"):
        feed(cloud)


def test_a_broken_compression_is_no_contact(cloud, server):
    server.answers["/v1/devices/self/feed"] = lambda _request: httpx.Response(
        200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"not gzip")
    )
    with pytest.raises(Unavailable):
        feed(cloud)


def test_each_answer_tells_the_servers_time(cloud, samples, server):
    feed(cloud)
    assert [at for at, _ in samples] == [NOON] * 3
    assert all(timedelta(0) <= round_trip < timedelta(seconds=30) for _, round_trip in samples)
    samples.clear()
    server.answers["/v1/devices/self/feed"] = problem(410, "snapshot_required")
    with pytest.raises(SnapshotRequired):
        feed(cloud)
    assert len(samples) == 1


def test_no_time_is_learnt_from_a_long_poll(cloud, samples, server):
    server.answers["/v1/devices/self/hint"] = _json({"epoch": str(EPOCH), "version": 9})
    feed(cloud)
    samples.clear()
    cloud.hint(EPOCH, 3, 25)
    assert samples == []


@pytest.mark.parametrize("text", ["", "soon", "-5", "1e9", "٣", "9" * 40, "253402300799999999", "0"])
def test_a_strange_server_time_is_ignored(cloud, samples, server, text):
    feed(cloud)
    samples.clear()
    server.answers["/v1/devices/self/feed"] = _json(FEED, headers={SERVER_TIME_HEADER: text.encode()})
    feed(cloud)
    assert samples == []


def test_enrolling_needs_no_token(transport, server):
    expected = an_enrolment()
    server.answers["/v1/enrolments"] = httpx.Response(201, content=expected.model_dump_json())
    request = EnrolRequest(code="ABCD-1234", public_key=bytes(32), program_version="1")
    assert enrol(transport, request) == expected
    assert [seen.url.path for seen in server.seen] == ["/v1/enrolments"]
    server.answers["/v1/enrolments"] = problem(410, "code_spent")
    with pytest.raises(Rejected) as caught:
        enrol(transport, request)
    assert caught.value.code == "code_spent"
