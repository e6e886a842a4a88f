"""What a connection sends before or instead of a good request costs little and is answered plainly."""

import socket

import pytest

from cloud_api.operate.protocol import MAX_FIELDS, MAX_HEAD
from tests.support.processes import DEADLINE_S
from tests.support.serving import make_gym, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = make_gym(tmp_path_factory.mktemp("hostile") / "gym")
    with serving(data, {"FIT_TLS": "off"}) as server:
        yield server


def say(server, *pieces):
    """Send bytes as they are; everything that is answered until the server ends the connection."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=DEADLINE_S) as connection:
        for piece in pieces:
            connection.sendall(piece)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


GET = b"GET /health/live HTTP/1.1\r\nHost: fit\r\n"


def test_headers_within_the_bounds_are_taken(server):
    fields = b"".join(b"X-%d: %s\r\n" % (number, b"v" * 200) for number in range(MAX_FIELDS - 3))
    assert say(server, GET + fields + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        GET + b"".join(b"X-%d: v\r\n" % number for number in range(MAX_FIELDS + 1)) + b"\r\n",
        GET + b"X: " + b"v" * (MAX_HEAD + 1) + b"\r\n\r\n",
        GET + b"X: " + b"v" * (MAX_HEAD + 1),  # and no end
        b"GET /" + b"p" * (MAX_HEAD + 1) + b" HTTP/1.1\r\n\r\n",
        b"GET /" + b"p" * (MAX_HEAD + 1),
    ],
    ids=["too many", "too long", "too long and endless", "long path", "endless path"],
)
def test_headers_beyond_them_end_the_connection(server, head):
    assert say(server, head).startswith(b"HTTP/1.1 431")
    assert say(server, GET + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
)
def test_what_is_not_http_is_refused(server, garbage):
    assert say(server, garbage).startswith(b"HTTP/1.1 400")


def test_an_announced_body_over_the_limit_is_refused_before_it_is_sent(server):
    head = b"POST /v1/sign-in HTTP/1.1\r\nHost: fit\r\nConnection: close\r\nContent-Length: 10000000000\r\n\r\n"
    assert say(server, head).startswith(b"HTTP/1.1 413")


def test_a_body_of_nothing_but_chunks_is_bounded_too(server):
    head = b"POST /v1/sign-in HTTP/1.1\r\nHost: fit\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    assert say(server, head, chunk, chunk).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 8000,
        b'{"email":' * 1500 + b"1" + b"}" * 1500,
        b'{"email": ' + b"9" * 8000 + b"}",
        b'{"email": 1e400, "password": NaN}',
        b'{"email": "\\ud800", "password": "\\u0000"}',
        b"\xff\xfe",
        b"",
    ],
    ids=["deep list", "deep object", "long number", "not finite", "half a character", "no text", "nothing"],
)
def test_hostile_json_is_a_bad_request_never_a_failure(server, body):
    with server.client() as client:
        answer = client.post("/v1/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 401, 422)
    assert answer.headers["content-type"] == "application/problem+json"
