"""What a connection may do before a request of it is there: so many header bytes, so many fields, so much time."""

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 32 * 1024
"""Bytes of request line and header fields."""
MAX_FIELDS = 100
HEAD_PATIENCE_S = 20.0
"""Seconds from the beginning of a connection or the first byte of a request to the end of its headers."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """Ends a connection whose headers are too long, too many, or do not come."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head = 0
        self._in_head = False
        self._late: TimerHandle | None = None

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
        else:
            super().on_headers_complete()

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
