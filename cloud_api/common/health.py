"""Whether this process lives, and whether it can do its work: for people, load balancers and container runtimes.

``/health/live`` touches nothing: a process that does not answer it is to be started again. ``/health/ready`` says
whether to send requests here: not while the database is away or of another version, and not while the process ends.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from sqlalchemy import text

from cloud_api.common import scrubbing
from cloud_api.common.cloud import Cloud
from cloud_api.common.problems import problem_responses
from cloud_api.common.routing import new_router
from shared.contracts.base import Message
from shared.errors import Unavailable

log = logging.getLogger(__name__)

FRESH_S = 1.0
"""So long a finding counts: however often it is asked for, the database is asked once a second."""

Check = Callable[[], bool]


class Health(Message):
    """``ready``: the database answers. ``gym_name`` lets a person see which server this is."""

    ready: bool
    gym_name: str


class Life(Message):
    """The process answers; nothing else is said."""

    live: bool


class ServiceHealth(Message):
    """One service that this process serves. ``ready``: it can be used here and now."""

    name: str
    ready: bool


class Readiness(Message):
    """What this process serves, and ``checks``: each thing that it needs, by name, and whether it is there."""

    ready: bool
    services: list[ServiceHealth]
    checks: dict[str, bool]


class Watch:
    """Looks at what a process needs, at most once a second. ``draining`` is set when the process is to end."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self.draining = False
        self._checks = checks
        self._found: dict[str, bool] = {}
        self._looked_at_s = -FRESH_S
        self._lock = threading.Lock()

    def look(self) -> dict[str, bool]:
        """Each check by name. Blocks while the database is asked."""
        with self._lock:
            if monotonic() - self._looked_at_s >= FRESH_S:
                self._found = {name: _passes(name, check) for name, check in self._checks.items()}
                self._looked_at_s = monotonic()
            return {**self._found, "serving": not self.draining}


def router(cloud: Cloud, watch: Watch, services: Sequence[str]) -> APIRouter:
    routes = new_router(tags=["health"])
    own_thread = CapacityLimiter(1)

    @routes.get("/v1/health")
    def read_health() -> Health:
        """Whether this server can do its work."""
        with cloud.database.reading() as session:
            session.execute(text("SELECT 1"))
        return Health(ready=True, gym_name=cloud.keys.gym_name)

    @routes.get("/health/live")
    async def read_life() -> Life:
        """Whether this process is up. Asks nothing of the database."""
        return Life(live=True)

    @routes.get("/health/ready", responses=problem_responses(503))
    async def read_readiness() -> Readiness:
        """Whether to send requests to this process; 503 names what is missing, and while the process ends."""
        checks = await to_thread.run_sync(watch.look, limiter=own_thread)  # also while all others wait for the database
        if missing := [name for name, passed in checks.items() if not passed]:
            raise Unavailable(f"Not ready: {', '.join(missing)}.", retry_after_s=1)
        return Readiness(
            ready=True, services=[ServiceHealth(name=name, ready=True) for name in services], checks=checks
        )

    return routes


def answers(cloud: Cloud) -> bool:
    """Whether the database does."""
    with cloud.database.prober.connect() as connection:
        return bool(connection.scalar(text("SELECT 1")))


def has_keys(cloud: Cloud) -> bool:
    """Whether the secrets can be read; a volume may have gone since the start."""
    return bool((cloud.keys.folder / "gym.json").read_bytes() and (cloud.keys.folder / "tokens.json").read_bytes())


def _passes(name: str, check: Check) -> bool:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  # whatever is wrong, the answer is no
        log.warning("not ready: %s (%s)", name, scrubbing.summary(error))
        return False
