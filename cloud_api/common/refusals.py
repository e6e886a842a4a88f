"""A note from the limits to the connection: what will be refused for some seconds more need not be looked at again."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Scope

_NOTE = "fit.refusals"


@dataclass(frozen=True, slots=True)
class Refusals:
    """For ``seconds`` the same request is refused for certain: ``answer`` it so, ``pause_s`` after it came, and count it.

    The same is: method, path and who asks. Behind a load balancer a connection carries the requests of many.
    ``answer`` is the whole of it, as bytes of HTTP/1.1.
    """

    seconds: float
    answer: bytes
    pause_s: float
    count: Callable[[], None]


def offer_notes(scope: Scope, take: Callable[[Refusals], None]) -> None:
    """Say in a request's scope that its connection takes notes."""
    scope[_NOTE] = take


def leave_note(scope: Scope, refusals: Refusals) -> None:
    """Leave a note where the connection takes them."""
    take = scope.get(_NOTE)
    if take is not None:
        take(refusals)


def as_bytes(response: Response, *, status: str, headers: dict[str, str]) -> bytes:
    """A response of a few bytes as it goes over the wire; ``status`` such as ``429 Too Many Requests``."""
    fields = [*response.raw_headers, *((name.encode(), value.encode()) for name, value in headers.items())]
    lines = [b"%b: %b" % field for field in fields]
    return b"\r\n".join([f"HTTP/1.1 {status}".encode(), *lines, b"", bytes(response.body)])
