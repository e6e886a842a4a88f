"""Every request: a bounded body, unpacked; every answer: the server's time and the request's id; a bug is a 500 problem."""

import asyncio
import gzip
import json
import logging
import zlib

import pytest
from starlette.responses import Response

from cloud_api.common import bodies, middleware
from cloud_api.common.bodies import MAX_BODY, MAX_FORM
from cloud_api.common.json_logs import JsonLines
from cloud_api.common.middleware import Shell
from tests.support.asgi import AsgiLoop
from tests.support.builders import NOON
from tests.support.cloud import StillClock


async def echo(scope, receive, send):
    """Answers the body it was given, and the headers about it."""
    message = await receive()
    assert not message["more_body"]
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    if message["body"] == b"boom":
        raise KeyError("a bug")
    kept = {name: headers.get(name, "-") for name in ("content-encoding", "content-length")}
    await Response(message["body"], headers={"X-Seen": json.dumps(kept)})(scope, receive, send)


@pytest.fixture
def client():
    loop = AsgiLoop(Shell(echo, clock=StillClock()))
    with loop.client() as client:
        yield client
    loop.close()


def refused(answer, status, code):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["status"]) == (code, status)
    assert answer.headers["Fit-Server-Time"]


def test_every_answer_tells_the_servers_time_and_a_request_id_of_its_own(client):
    one, two = client.get("/"), client.get("/")
    assert one.headers["Fit-Server-Time"] == str(int(NOON.timestamp()) * 10**6)
    assert one.headers["X-Request-Id"] != two.headers["X-Request-Id"]


def test_a_gzip_body_arrives_unpacked(client):
    answer = client.post("/", content=gzip.compress(b"hello" * 100, mtime=0), headers={"Content-Encoding": "gzip"})
    assert answer.content == b"hello" * 100
    assert json.loads(answer.headers["X-Seen"]) == {"content-encoding": "-", "content-length": "500"}


def test_the_largest_body_is_taken_and_a_byte_more_is_not(client):
    assert client.post("/", content=b"x" * MAX_BODY).status_code == 200
    refused(client.post("/", content=b"x" * (MAX_BODY + 1)), 413, "body_too_large")


def test_a_small_body_that_unpacks_into_a_large_one_is_refused_early(client, monkeypatch):
    unpacked = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, **options):
            self._real = real(**options)

        def decompress(self, data, limit):
            plain = self._real.decompress(data, limit)
            unpacked.append(len(plain))
            return plain

    monkeypatch.setattr(bodies.zlib, "decompressobj", Watched)
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    refused(client.post("/", content=bomb, headers={"Content-Encoding": "gzip"}), 413, "body_too_large")
    assert max(unpacked) == MAX_BODY + 1


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(b"cut short" * 100, mtime=0)[:-9], b"", gzip.compress(b"a", mtime=0) + b"more"]
)
def test_a_broken_gzip_body_is_refused(client, body):
    refused(client.post("/", content=body, headers={"Content-Encoding": "gzip"}), 400, "bad_encoding")


def test_an_encoding_we_do_not_know_is_refused(client):
    refused(client.post("/", content=b"x", headers={"Content-Encoding": "br"}), 415, "unsupported_encoding")


def test_a_bug_is_answered_500_and_logged_with_the_requests_id(client, caplog):
    with caplog.at_level(logging.ERROR):
        answer = client.post("/", content=b"boom")
    refused(answer, 500, "internal_error")
    assert "a bug" not in answer.text
    [line] = [json.loads(JsonLines().format(record)) for record in caplog.records if record.exc_info]
    assert line["trace_id"] == answer.headers["X-Request-Id"]
    assert "KeyError" in line["exception"]
    assert "a bug" not in line["exception"].replace('raise KeyError("a bug")', "")  # but for the line of code


def test_every_answer_is_kept_from_caches_frames_and_guesses(client):
    for answer in (client.get("/"), client.post("/", content=b"x" * (MAX_BODY + 1)), client.post("/", content=b"boom")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_where_nobody_has_said_who_they_are_a_body_is_smaller(client):
    assert client.post("/v1/sign-in", content=b"x" * MAX_FORM).status_code == 200
    refused(client.post("/v1/sign-in", content=b"x" * (MAX_FORM + 1)), 413, "body_too_large")
    refused(client.post("/v1/device-tokens/challenge", content=b"x" * (MAX_FORM + 1)), 413, "body_too_large")
    packed = gzip.compress(b"x" * (MAX_FORM + 1), mtime=0)
    refused(client.post("/v1/sign-in", content=packed, headers={"Content-Encoding": "gzip"}), 413, "body_too_large")
    assert client.post("/v1/salvage", content=b"x" * MAX_BODY).status_code == 200


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(bodies, "PATIENCE_S", 0.01)
    sent = []

    async def never():
        await asyncio.Event().wait()

    async def keep(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/members", "headers": []}
    asyncio.run(asyncio.wait_for(Shell(echo, clock=StillClock())(scope, never, keep), 30))
    assert sent[0]["status"] == 408


def test_a_streamed_body_is_bounded_and_comes_in_pieces(monkeypatch):
    monkeypatch.setattr(middleware, "STREAMED", {("PUT", "/v1/objects/"): 10})
    seen, sent = [], []

    async def reader(scope, receive, send):
        more = True
        while more:
            message = await receive()
            seen.append(message["body"])
            more = message["more_body"]
        await Response()(scope, receive, send)

    async def keep(message):
        sent.append(message)

    def put(*pieces):
        messages = iter({"type": "http.request", "body": piece, "more_body": True} for piece in pieces)

        async def receive():
            return next(messages, {"type": "http.request", "body": b"", "more_body": False})

        sent.clear()
        scope = {"type": "http", "method": "PUT", "path": "/v1/objects/images/a.jpg", "headers": []}
        asyncio.run(Shell(reader, clock=StillClock())(scope, receive, keep))
        return sent[0]["status"]

    assert put(b"12345", b"12345") == 200
    assert seen == [b"12345", b"12345", b""]
    assert put(b"12345", b"123456") == 413


def test_while_it_ends_each_answer_ends_its_connection():
    loop = AsgiLoop(Shell(echo, clock=StillClock(), is_draining=lambda: True))
    assert loop.client().get("/").headers["Connection"] == "close"
    loop.close()
