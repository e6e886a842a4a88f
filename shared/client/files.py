"""Sending and fetching files by signed URLs: at the cloud itself, or at the object store that it names."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx

from shared.client.transport import Timeouts, Transport, open_client
from shared.contracts.uploads import UploadTicket
from shared.errors import Rejected, Unavailable

_SERVER_ERROR = 500
_PORTION = 64 * 1024

Sent = Callable[[int, int], None]
"""Told on the sender's thread how many bytes of how many have gone. What it raises ends the sending."""


class Files:
    """A path goes to the cloud over its own (pinned) connection, an address elsewhere over an ordinary one. One thread.

    No token goes with either: the URL is the permission.
    """

    def __init__(self, transport: Transport, *, elsewhere: Callable[[str], httpx.Client] | None = None) -> None:
        """``elsewhere`` opens a client for another server, by its base URL; an ordinary one by default."""
        self._transport = transport
        self._elsewhere = elsewhere or (lambda base_url: open_client(base_url, None, Timeouts()))

    def send(self, ticket: UploadTicket, content: bytes, *, sent: Sent | None = None) -> None:
        """Send the bytes of a ticket.

        Raises:
            Unavailable: no contact, or the store cannot take it now.
            Rejected: the ticket has ended, or these are not the bytes that were announced.
        """
        headers = httpx.Headers(ticket.headers)
        headers["Content-Length"] = str(len(content))  # or what is told of would go in chunks
        body = content if sent is None else _told(content, sent)
        if ticket.url.startswith("/"):
            self._transport.send(ticket.method, ticket.url, body, headers)
        else:
            self._exchange(ticket.method, ticket.url, body, headers)

    def fetch(self, url: str) -> bytes:
        """What lies behind a signed URL. Raises as :meth:`send` does."""
        return self._transport.read(url) if url.startswith("/") else self._exchange("GET", url)

    def _exchange(
        self,
        method: str,
        url: str,
        content: bytes | Iterator[bytes] | None = None,
        headers: httpx.Headers | None = None,
    ) -> bytes:
        parts = urlsplit(url)
        try:
            with self._elsewhere(f"{parts.scheme}://{parts.netloc}") as client:
                response = client.request(method, url, content=content, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unavailable(f"No contact with the store for files: {error or type(error).__name__}") from error
        if response.status_code >= _SERVER_ERROR:
            raise Unavailable(f"The store for files failed with HTTP {response.status_code}.")
        if not response.is_success:
            raise Rejected(
                "The store refused the file: the link has ended, or it is another file.", code="store_refused"
            )
        return response.content


def _told(content: bytes, sent: Sent) -> Iterator[bytes]:
    for start in range(0, len(content), _PORTION):
        sent(start, len(content))
        yield content[start : start + _PORTION]
    sent(len(content), len(content))
