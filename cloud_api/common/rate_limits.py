"""How many requests are answered of one device, one person or one address: looked at before a body is read.

Each process counts in its own memory, exactly. Where processes share a Redis, a subject that has used a quarter of its
limit in one of them is counted there too from then on, so that nearly everybody costs no way to Redis, and a limit holds for
all processes together but for what went before. When Redis is away, each process counts for itself again.
The tries at passwords and codes have limits of their own (``limits``), where they are checked.
"""

import logging
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from anyio import CapacityLimiter, sleep
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.types import Scope

from cloud_api.common.limits import RateLimit
from cloud_api.common.problems import TooManyTries
from cloud_api.common.tokens import Tokens
from shared.domain.time import Clock
from shared.errors import Rejected

log = logging.getLogger(__name__)

WINDOW = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Rule:
    """At most ``amount`` requests in :data:`WINDOW` of each subject."""

    name: str
    amount: int


PUBLIC = Rule("public", 100)
"""Of an address, without a good token: signing in, enrolling, challenges. A whole gym may stand behind one address."""
SIGNED = Rule("signed", 600)
"""Of an address, to signed URLs: a page of machines with their pictures must not keep the gym's kiosks from signing in."""
DEVICE_UPLOAD = Rule("device_upload", 200)
"""A kiosk that was offline for weeks hands in its batches one after the other."""
DEVICE_HEARTBEAT = Rule("device_heartbeat", 20)
DEVICE_OTHER = Rule("device", 100)
"""The feed, hints and pictures."""
READ = Rule("read", 300)
"""Of a person: a desk with several windows open."""
WRITE = Rule("write", 100)

HEARD_AT_ONCE, PAUSE_S = 20, 0.25
"""Refusals in a window that are answered at once; later ones are answered after a pause, which costs nothing here."""
_TOLD_OTHERS_FROM = 0.25
"""Share of its limit that a subject uses up in one process before the others hear of it."""

RULES = (PUBLIC, SIGNED, DEVICE_UPLOAD, DEVICE_HEARTBEAT, DEVICE_OTHER, READ, WRITE)

_FREE = ("/health/", "/metrics")
"""A load balancer's and a monitor's, which must hear the truth when there is much to do; they are cheap."""
_SIGNED = "/v1/objects/"
_DEVICE_RULES = {
    ("POST", "/v1/devices/self/events"): DEVICE_UPLOAD,
    ("POST", "/v1/devices/self/heartbeat"): DEVICE_HEARTBEAT,
}


class Shared(Protocol):
    """A count that several processes share."""

    def take(self, rule: Rule, subject: str) -> float | None:
        """Count one request; the seconds to wait when there were too many. Blocks. Raises nothing."""


class LimitReached(TooManyTries):
    """A request over its limit. ``is_flood``: it was not the first one, and was made to wait for this answer."""

    def __init__(self, rule: Rule, retry_after_s: int, *, is_flood: bool) -> None:
        super().__init__("Too many requests. Please wait a little.", retry_after_s=retry_after_s)
        self.rule = rule
        self.is_flood = is_flood


class RateLimits:
    """Finds the rule and the subject of a request, and counts it. Thread-safe."""

    def __init__(self, *, clock: Clock, tokens: Tokens, shared: Shared | None = None) -> None:
        self._tokens = tokens
        self._shared = shared
        self._local = {rule: RateLimit(clock, tries=rule.amount, window=WINDOW) for rule in RULES}
        self._told = RateLimit(clock, tries=1, window=timedelta(minutes=1))
        self._refused = RateLimit(clock, tries=HEARD_AT_ONCE, window=WINDOW)
        self._threads = CapacityLimiter(4)

    async def check(self, scope: Scope) -> None:
        """Count a request.

        Raises:
            LimitReached: with the seconds until the next one counts.
        """
        if scope["path"].startswith(_FREE):
            return
        rule, subject = self._of(scope)
        wait_s, used = self._count(rule, subject)
        if wait_s is None and self._shared is not None and used > rule.amount * _TOLD_OTHERS_FROM:
            wait_s = await run_sync(self._shared.take, rule, subject, limiter=self._threads)
        if wait_s is not None:
            self._tell(rule, subject)
            is_flood = await self._slow_down(rule, subject)
            raise LimitReached(rule, max(1, math.ceil(wait_s)), is_flood=is_flood)

    async def _slow_down(self, rule: Rule, subject: str) -> bool:
        """Let whoever goes on all the same wait for the refusal: a flood over kept connections becomes a trickle."""
        try:
            self._refused.take(f"{rule.name} {subject}")
        except TooManyTries:
            await sleep(PAUSE_S)
            return True
        return False

    def _count(self, rule: Rule, subject: str) -> tuple[float | None, int]:
        """The seconds to wait, if it is too many; and how many there were in the window, with this one."""
        try:
            return None, self._local[rule].take(subject)
        except TooManyTries as error:
            return error.retry_after_s, rule.amount

    def _of(self, scope: Scope) -> tuple[Rule, str]:
        """The token is only read, not looked up: a subject that was locked out has its limit too."""
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        try:
            claims = self._tokens.verify(token.strip()) if scheme.lower() == "bearer" else None
        except Rejected:
            claims = None
        if claims is None:
            client = scope.get("client")
            rule = SIGNED if scope["path"].startswith(_SIGNED) else PUBLIC
            return rule, client[0] if client else ""
        if "custom:device_id" in claims:
            rule = _DEVICE_RULES.get((scope["method"], scope["path"]), DEVICE_OTHER)
            return rule, f"device:{claims['custom:device_id']}"
        return READ if scope["method"] in ("GET", "HEAD") else WRITE, f"person:{claims['sub']}"

    def _tell(self, rule: Rule, subject: str) -> None:
        """One line a minute for each subject: a flood must not become one of the log's."""
        try:
            self._told.take(f"{rule.name} {subject}")
        except TooManyTries:
            return
        who = "an address" if rule in (PUBLIC, SIGNED) else subject
        log.warning("too many requests of %s (%s)", who, rule.name)
