"""What a connection may do before a request of it is there: so many header bytes, so many fields, so much time.

And how it is refused what the limits refuse it for some seconds more: from a note, at a tenth of what a request costs.
"""

from asyncio import TimerHandle, Transport
from collections import deque
from typing import Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cloud_api.common.refusals import Refusals, offer_notes

MAX_HEAD = 32 * 1024
"""Bytes of request line and header fields."""
MAX_FIELDS = 100
HEAD_PATIENCE_S = 20.0
"""Seconds from the beginning of a connection or the first byte of a request to the end of its headers."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class _Note(NamedTuple):
    request: tuple[bytes, bytes, bytes]
    until_s: float
    refusals: Refusals


class BoundedProtocol(HttpToolsProtocol):
    """Ends a connection whose headers are too long, too many, or do not come."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head = 0
        self._in_head = False
        self._late: TimerHandle | None = None
        self._note: _Note | None = None
        self._owed: deque[bytes] = deque()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._begin_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._head += len(data)
            if self._head > MAX_HEAD:
                self._refuse()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin_head()

    def on_headers_complete(self) -> None:
        self._end_head()
        size = sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
        if len(self.headers) > MAX_FIELDS or size > MAX_HEAD:
            self._refuse()
        elif self._note is not None and self._is_noted(self._note):
            self._refuse_again(self._note.refusals)
        else:
            self._pay_what_is_owed()
            offer_notes(self.scope, self._take_note)  # type: ignore[arg-type]  # uvicorn's stricter kind of scope
            super().on_headers_complete()

    def _take_note(self, refusals: Refusals) -> None:
        self._note = _Note(self._request(), self.loop.time() + refusals.seconds, refusals)

    def _request(self) -> tuple[bytes, bytes, bytes]:
        """What a request of this connection is, as far as limits go."""
        who = next((value for name, value in self.headers if name == b"authorization"), b"")
        return self.parser.get_method(), self.url.partition(b"?")[0], who

    def _is_noted(self, note: _Note) -> bool:
        """Never in the middle of another answer, and only what lives on: the end of a connection is uvicorn's."""
        free = self.cycle is not None and self.cycle.response_complete and self.parser.should_keep_alive()
        return free and self.loop.time() < note.until_s and self._request() == note.request

    def _refuse_again(self, refusals: Refusals) -> None:
        refusals.count()
        self._owed.append(refusals.answer)
        self.loop.call_later(refusals.pause_s, self._pay)

    def _pay_what_is_owed(self) -> None:
        """Answers come in the order of their requests, also of a client that does not wait for them."""
        while self._owed:
            self._pay()

    def _pay(self) -> None:
        if self._owed:
            self._answer(self._owed.popleft())

    def _answer(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _begin_head(self) -> None:
        self._end_head()
        self._in_head, self._head = True, 0
        self._late = self.loop.call_later(HEAD_PATIENCE_S, self.transport.abort)

    def _end_head(self) -> None:
        self._in_head = False
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _refuse(self) -> None:
        self._end_head()
        self.transport.write(_TOO_LARGE)
        self.transport.close()
