"""A request's body: bounded, unpacked and whole before anything reads it, or bounded while it streams."""

import asyncio
import zlib
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from cloud_api.common.problems import problem_response

MAX_BODY = 1024 * 1024
"""Bytes of a request body, as sent and unpacked. 500 events take about 350 kB."""
MAX_FORM = 16 * 1024
"""Bytes where nobody has said yet who they are: a password, a code, a key."""
PATIENCE_S = 30.0
"""Seconds that the next piece of a body may take."""

_FORMS = ("/v1/sign-in", "/v1/token-refreshes", "/v1/sign-out", "/v1/invitations/redeem", "/welcome", "/v1/enrolments")


class Refused(Exception):  # noqa: N818  # never seen outside of the shell
    """The request is answered here and now, as a problem."""

    def __init__(self, status: int, detail: str, code: str) -> None:
        super().__init__(code)
        self.response = problem_response(status, detail, code=code)


def limit_of(path: str) -> int:
    """The most bytes that a path takes."""
    return MAX_FORM if path in _FORMS or path.startswith("/v1/device-tokens") else MAX_BODY


def streamed_limit(scope: Scope, streams: Mapping[tuple[str, str], int]) -> int | None:
    """The most bytes of a body that its route reads as it comes; None where it is to be whole.

    ``streams``: by method and the beginning of the path.
    """
    for (method, prefix), limit in streams.items():
        if scope["method"] == method and scope["path"].startswith(prefix):
            return limit
    return None


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body, unpacked when it came as gzip. The scope then tells no encoding any more.

    Raises:
        Refused: 400, 408, 413 or 415.
    """
    encoding = _encoding(scope)
    if encoding not in ("identity", "gzip", ""):
        raise Refused(415, "A body may be sent as it is, or as gzip.", "unsupported_encoding")
    limit = limit_of(scope["path"])
    body = await _collect(_bounded(scope, receive, limit))
    if encoding != "gzip":
        return body
    plain = _unpack(body, limit)
    kept = [(name, value) for name, value in scope["headers"] if name not in (b"content-encoding", b"content-length")]
    scope["headers"] = [*kept, (b"content-length", str(len(plain)).encode())]
    return plain


def stream_body(scope: Scope, receive: Receive, limit: int) -> Receive:
    """The body as it comes, never more than ``limit`` bytes, and never packed.

    Raises:
        Refused: 415 at once; 408 and 413 while it is read.
    """
    if _encoding(scope) not in ("identity", ""):
        raise Refused(415, "This body is to be sent as it is.", "unsupported_encoding")
    return _bounded(scope, receive, limit)


def replay(body: bytes, receive: Receive) -> Receive:
    """Hand a body on in one piece; afterwards only the end of the connection is left to hear."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def _encoding(scope: Scope) -> str:
    return Headers(scope=scope).get("content-encoding", "identity").strip().lower()


def _bounded(scope: Scope, receive: Receive, limit: int) -> Receive:
    """Refuses by the announced length at once, by the real one when it is passed, and who sends too slowly."""
    announced = Headers(scope=scope).get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise _too_large(limit)
    size, whole = 0, False

    async def bounded() -> Message:
        nonlocal size, whole
        if whole:  # from here on only the end of the connection is waited for, for as long as that takes
            return await receive()
        try:
            async with asyncio.timeout(PATIENCE_S):
                message = await receive()
        except TimeoutError as error:
            raise Refused(408, "The body did not come.", "body_too_slow") from error
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        whole = not message.get("more_body", False)
        return message

    return bounded


async def _collect(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _unpack(packed: bytes, limit: int) -> bytes:
    reader = zlib.decompressobj(wbits=31)
    try:
        plain = reader.decompress(packed, limit + 1)
    except zlib.error as error:
        raise Refused(400, "The body is not gzip, though it says so.", "bad_encoding") from error
    if len(plain) > limit:
        raise _too_large(limit)
    if not reader.eof or reader.unused_data:
        raise Refused(400, "The gzip body is not complete.", "bad_encoding")
    return plain


def _too_large(limit: int) -> Refused:
    return Refused(413, f"A body may have {limit} bytes at the most.", "body_too_large")
