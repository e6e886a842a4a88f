"""The outer shell of every request: its trace, its limits, a bounded body; the headers, numbers and log line of its answer."""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from time import perf_counter

import anyio
from sqlalchemy.exc import IntegrityError
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud_api.common.bodies import Refused, read_body, replay, stream_body, streamed_limit
from cloud_api.common.database import Conflict
from cloud_api.common.json_logs import FIELDS
from cloud_api.common.metrics import Metrics
from cloud_api.common.principal import PRINCIPAL, Principal
from cloud_api.common.problems import problem_response, rejected_response
from cloud_api.common.rate_limits import PAUSE_S, LimitReached, RateLimits
from cloud_api.common.refusals import Refusals, as_bytes, leave_note
from cloud_api.common.tracing import HEADER, Trace, continued, tracing
from shared.contracts.devices import SERVER_TIME_HEADER
from shared.domain.time import Clock

log = logging.getLogger(__name__)
request_log = logging.getLogger("cloud_api.requests")

STREAMED = {("PUT", "/v1/objects/"): 64 * 1024 * 1024}
"""The one route that reads its body by itself: an object's bytes go to the disk, as many as its signed URL says."""

MAX_ATTEMPTS = 6
"""How often a request is tried whose transaction the database undid to let another one through."""
ATTEMPTS_AT_A_KEY = 3
"""How often when somebody else wrote a row of the same key in the same moment: now it sees that row."""

REQUEST_ID_HEADER = "X-Request-Id"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""On every answer, unless its route has set another value."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ASKED_ALL_THE_TIME = frozenset({"/health/live", "/health/ready", "/metrics"})
_NO_ANSWER = 499
"""What a log calls the status of a request whose client went away before the answer."""


@dataclass(slots=True)
class Exchange:
    """One request on its way. ``scope`` is that of the last attempt, in which the router has left its route."""

    scope: Scope
    trace: Trace
    started_s: float
    status: int = _NO_ANSWER
    size: int = 0
    limited: bool = False


class Shell:
    """ASGI middleware. A body over the limit, packed or unpacked, is refused before anything reads it.

    An exception that nothing below turned into an answer is a bug of ours: logged with the request's id, answered 500.
    ``services`` names the service of each route; while ``is_draining`` each answer ends its connection.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Clock,
        metrics: Metrics | None = None,
        limits: RateLimits | None = None,
        services: Mapping[str, str] | None = None,
        is_draining: Callable[[], bool] = lambda: False,
    ) -> None:
        self._app = app
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._limits = limits
        self._services = services or {}
        self._is_draining = is_draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist(HEADER)
        exchange = Exchange(scope, continued(given[0] if len(given) == 1 else None), perf_counter())
        with tracing(exchange.trace), self._metrics.running.track_inprogress():
            try:
                await self._answer(exchange, receive, self._marking(exchange, send))
            finally:
                self._write_down(exchange)

    def _marking(self, exchange: Exchange, send: Send) -> Send:
        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[SERVER_TIME_HEADER] = str((self._clock.now() - _EPOCH) // timedelta(microseconds=1))
                headers[REQUEST_ID_HEADER] = exchange.trace.trace_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if self._is_draining():
                    headers["Connection"] = "close"
            exchange.size += len(message.get("body", b""))
            await send(message)

        return send_marked

    async def _answer(self, exchange: Exchange, receive: Receive, send: Send) -> None:
        scope = exchange.scope
        try:
            if self._limits is not None:
                await self._limits.check(scope)
            if (limit := streamed_limit(scope, STREAMED)) is not None:
                await self._app(scope, stream_body(scope, receive, limit), send)
            else:
                await self._attempt(exchange, await read_body(scope, receive), receive, send)
        except LimitReached as error:
            exchange.limited = True
            count, answer = self._metrics.limited.labels(error.rule.name).inc, rejected_response(error)
            count()
            if error.is_flood:
                leave_note(scope, _refusals(error, answer, count))
            await answer(scope, receive, send)
        except Refused as refused:
            await refused.response(scope, receive, send)
        except Exception:
            log.exception("a request failed", extra={FIELDS: self._facts(exchange)})
            if exchange.status != _NO_ANSWER:
                raise
            await _server_error()(scope, receive, send)

    async def _attempt(self, exchange: Exchange, body: bytes, receive: Receive, send: Send) -> None:
        """Answer a request; again from its start when the database undid its transaction, of which nothing is left.

        So also when two wrote the same new thing at once: a request sent twice, or two that take one name.
        """
        for attempt in range(MAX_ATTEMPTS):
            scope = {**exchange.scope}
            try:
                return await self._app(scope, replay(body, receive), send)
            except (Conflict, IntegrityError) as error:
                if isinstance(error, IntegrityError) and attempt + 1 >= ATTEMPTS_AT_A_KEY:
                    raise  # it was no chance
                log.info("a request was undone by the database, attempt %d", attempt + 1)
                await anyio.sleep(random.uniform(0, 0.02 * 2**attempt))  # to part those who collided
            finally:
                exchange.scope = scope
        detail = "The server is very busy."
        answer = problem_response(503, detail, code="unavailable", headers={"Retry-After": "1"}, retry_after_s=1)
        return await answer(exchange.scope, receive, send)

    def _write_down(self, exchange: Exchange) -> None:
        """Count and log it. Requests over a limit are counted only: a flood must not become one of the log's."""
        took_s = perf_counter() - exchange.started_s
        facts = self._facts(exchange)
        labels = (facts["service"], facts["method"], facts["route"])
        self._metrics.requests.labels(*labels, exchange.status).inc()
        self._metrics.seconds.labels(*labels).observe(took_s)
        level = logging.DEBUG if facts["route"] in _ASKED_ALL_THE_TIME else logging.INFO
        if not exchange.limited and request_log.isEnabledFor(level):
            facts |= {"status": exchange.status, "ms": round(took_s * 1000, 1), "bytes": exchange.size}
            request_log.log(level, "request", extra={FIELDS: facts})

    def _facts(self, exchange: Exchange) -> dict[str, str | int | float | None]:
        """What may be said of a request: never its path, query, headers or body."""
        route = getattr(exchange.scope.get("route"), "path", None)
        principal: Principal | None = exchange.scope.get(PRINCIPAL)
        method = exchange.scope["method"]
        return {
            "trace_id": exchange.trace.trace_id,
            "method": method if method in _METHODS else "other",
            "route": route or "none",
            "service": self._services.get(route or "", ""),
            "principal": None if principal is None else f"{principal.kind.value}:{principal.subject}",
        }


def _refusals(error: LimitReached, answer: Response, count: Callable[[], None]) -> Refusals:
    """What a connection needs to go on refusing by itself until a request of this kind counts again."""
    whole = as_bytes(answer, status="429 Too Many Requests", headers=SECURITY_HEADERS)
    return Refusals(error.retry_after_s - 1, whole, PAUSE_S, count)


def _server_error() -> Response:
    detail = "Something went wrong on the server; it has been written down."
    return problem_response(HTTPStatus.INTERNAL_SERVER_ERROR, detail, code="internal_error")
