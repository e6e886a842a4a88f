"""One id through everything that a request sets off: its log lines, its events, and what consumers do with them.

The form on the wire is W3C Trace Context: ``traceparent: 00-<trace id>-<span id>-<flags>``. A client's is continued
when it is well formed, else a trace begins here. The trace id is the answer's ``X-Request-Id``.
"""

import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

HEADER = "traceparent"
_FORM = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trace:
    """Where we are: ``trace_id`` (32 hex digits) names the whole, ``span_id`` (16) this step of it."""

    trace_id: str
    span_id: str

    @property
    def traceparent(self) -> str:
        """For whoever carries on from here: an event, a call to another server."""
        return f"00-{self.trace_id}-{self.span_id}-01"


_current: ContextVar[Trace | None] = ContextVar("fit_trace", default=None)


def current_trace() -> Trace | None:
    """The trace of what this thread or task is at work on; None outside of any."""
    return _current.get()


def continued(traceparent: str | None) -> Trace:
    """The next step of a trace; of a new one where there is none, or none that can be read."""
    found = _FORM.fullmatch(traceparent) if traceparent else None
    return Trace(found[1] if found else secrets.token_hex(16), secrets.token_hex(8))


@contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Work under a trace: log lines carry its id, and events continue it."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


@contextmanager
def following(traceparents: Iterable[str | None]) -> Iterator[None]:
    """Work on what others began: under their trace when it is one, under none of theirs when they are several."""
    distinct = set(traceparents)
    traceparent = distinct.pop() if len(distinct) == 1 else None
    if traceparent is None:
        yield
        return
    with tracing(continued(traceparent)):
        yield
