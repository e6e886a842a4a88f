"""The outer shell of every request: its id, the server's time on the answer, and a bounded, unpacked body."""

import logging
import random
import zlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud_api.common.database import Conflict
from cloud_api.common.problems import problem_response
from shared.contracts.devices import SERVER_TIME_HEADER
from shared.domain.time import Clock

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
"""Bytes of a request body, as sent and unpacked. 500 events take about 350 kB."""

MAX_ATTEMPTS = 6
"""How often a request is tried whose transaction the database undid to let another one through."""

REQUEST_ID_HEADER = "X-Request-Id"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Refused(Exception):  # noqa: N818  # never seen outside
    def __init__(self, status: int, detail: str, code: str) -> None:
        self.response = problem_response(status, detail, code=code)


class Shell:
    """ASGI middleware. A body over the limit, packed or unpacked, is refused before anything reads it.

    An exception that nothing below turned into an answer is a bug of ours: logged with the request's id, answered 500.
    """

    def __init__(self, app: ASGIApp, *, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid4().hex
        started = False

        async def send_marked(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers[SERVER_TIME_HEADER] = str((self._clock.now() - _EPOCH) // timedelta(microseconds=1))
                headers[REQUEST_ID_HEADER] = request_id
            await send(message)

        try:
            body = await _read_body(scope, receive)
            await self._attempt(scope, body, receive, send_marked)
        except _Refused as refused:
            await refused.response(scope, receive, send_marked)
        except Exception:
            log.exception("%s %s failed (request %s)", scope["method"], scope["path"], request_id)
            if started:
                raise
            await _server_error()(scope, receive, send_marked)

    async def _attempt(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Answer a request; again from its start when the database undid its transaction, of which nothing is left."""
        for attempt in range(MAX_ATTEMPTS):
            try:
                return await self._app({**scope}, _replay(body, receive), send)
            except Conflict:
                log.info("%s was undone by the database, attempt %d", scope["path"], attempt + 1)
                await anyio.sleep(random.uniform(0, 0.02 * 2**attempt))  # to part those who collided
        detail = "The server is very busy."
        answer = problem_response(503, detail, code="unavailable", headers={"Retry-After": "1"}, retry_after_s=1)
        return await answer(scope, receive, send)


def _server_error() -> Response:
    detail = "Something went wrong on the server; it has been written down."
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, detail, code="internal_error")


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body, unpacked when it came as gzip. The scope then tells no encoding any more."""
    headers = Headers(scope=scope)
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", ""):
        raise _Refused(415, "A body may be sent as it is, or as gzip.", "unsupported_encoding")
    body = await _collect(receive)
    if encoding != "gzip":
        return body
    plain = _unpack(body)
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-encoding", b"content-length")]
    scope["headers"] = [*kept, (b"content-length", str(len(plain)).encode())]
    return plain


async def _collect(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            raise _too_large()
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def _unpack(packed: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(packed, MAX_BODY + 1)
    except zlib.error as error:
        raise _Refused(400, "The body is not gzip, though it says so.", "bad_encoding") from error
    if len(plain) > MAX_BODY:
        raise _too_large()
    if not reader.eof or reader.unused_data:
        raise _Refused(400, "The gzip body is not complete.", "bad_encoding")
    return plain


def _too_large() -> _Refused:
    return _Refused(413, f"A body may have {MAX_BODY} bytes at the most.", "body_too_large")


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hand the body on in one piece; afterwards only the end of the connection is left to hear."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
