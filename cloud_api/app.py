"""The composition root: the only place that names concrete adapters, and that mounts the services."""

import importlib
import importlib.util
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import ModuleType

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlmodel import Session

from cloud_api.common import openapi, problems
from cloud_api.common.certificate import fingerprint
from cloud_api.common.cloud import Cloud
from cloud_api.common.database import READERS, Database
from cloud_api.common.dispatcher import Dispatcher
from cloud_api.common.gate import Gate
from cloud_api.common.journal import Journal, Replay
from cloud_api.common.keys import Keys
from cloud_api.common.middleware import Shell
from cloud_api.common.principal import Allow, PrincipalKind
from cloud_api.common.tokens import Tokens
from cloud_api.devices.standing import device_standing
from cloud_api.identity.standing import person_standing
from cloud_api.settings import SERVICES, Settings
from shared.clock import SystemClock
from shared.domain.time import Clock

PUBLIC = frozenset(
    {
        ("GET", "/v1/health"),
        ("GET", "/.well-known/jwks.json"),
        ("POST", "/v1/sign-in"),
        ("POST", "/v1/token-refreshes"),
        ("POST", "/v1/sign-out"),
        ("GET", "/welcome"),
        ("POST", "/welcome"),
        ("POST", "/v1/invitations/redeem"),
        ("POST", "/v1/enrolments"),
        ("POST", "/v1/device-tokens/challenge"),
        ("POST", "/v1/device-tokens"),
        ("POST", "/v1/salvage"),
    }
)
"""The only routes that anybody may call. Each proves by itself who asks: a code, a password, a signature."""


def make_cloud(settings: Settings, *, clock: Clock | None = None) -> Cloud:
    """Everything the services are given.

    Raises:
        InvalidInput: the data folder holds no gym.
    """
    clock = clock or SystemClock()
    keys = Keys(settings.secrets)
    database = Database(settings.database_url, clock=clock)
    tokens = Tokens(keys, clock)
    standings = {PrincipalKind.PERSON: person_standing, PrincipalKind.DEVICE: device_standing(keys)}
    cloud = Cloud(
        database=database,
        keys=keys,
        clock=clock,
        tokens=tokens,
        gate=Gate(tokens=tokens, database=database, standings=standings),
        dispatcher=Dispatcher(database),
        journal=Journal(settings.journal),
        base_url=settings.base_url,
        data=settings.data,
        fingerprint=fingerprint(settings.certificate),
    )
    for module in _modules(settings.services, "events"):
        if hasattr(module, "consumers"):
            cloud.dispatcher.add(module.consumers(cloud))
    for module in _modules(SERVICES, "events"):  # whichever are served here: events of all come by the one outbox
        if hasattr(module, "sources"):
            cloud.dispatcher.add_sources(module.sources)
    return cloud


def replays(cloud: Cloud) -> dict[str, Replay]:
    """What each service does again for a line of the journal, by kind."""
    found: dict[str, Replay] = {}
    for module in _modules(SERVICES, "events"):
        if hasattr(module, "replays"):
            found.update(module.replays(cloud))
    return found


def after_restore(session: Session) -> None:
    """What else the services do when a backup was put back."""
    for module in _modules(SERVICES, "events"):
        if hasattr(module, "after_restore"):
            module.after_restore(session)


def create_app(cloud: Cloud, *, services: tuple[str, ...] = SERVICES) -> FastAPI:
    """The ASGI application. Its lifespan starts the dispatcher and what the services run in the background."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = READERS  # as many threads as connections to read with
        cloud.dispatcher.start()
        yield
        cloud.dispatcher.stop()

    app = FastAPI(
        title="FIT Monitor",
        version="1",
        description=openapi.DESCRIPTION,
        lifespan=lifespan,
        docs_url="/docs",
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.cloud = cloud
    problems.install(app)
    app.include_router(openapi.health(cloud))
    for module in _modules(services, "routes"):
        app.include_router(module.router(cloud))
    app.add_middleware(Shell, clock=cloud.clock)
    refuse_open_routes(app)
    openapi.describe(app)
    return app


def refuse_open_routes(app: FastAPI) -> None:
    """Deny by default: a route without a gate that is not in :data:`PUBLIC` keeps the server from starting."""
    for route in api_routes(app):
        if operation_of(route) is None and not _keys(route) <= PUBLIC:
            message = f"{route.path} has no operation and is not public"
            raise RuntimeError(message)


def api_routes(app: FastAPI) -> Iterator[APIRoute]:
    return (route for route in app.routes if isinstance(route, APIRoute))


def operation_of(route: APIRoute) -> str | None:
    """The operation that a route's gate asks for; None when it has no gate."""
    pending: list[Dependant] = [route.dependant]
    while pending:
        dependant = pending.pop()
        if isinstance(dependant.call, Allow):
            return dependant.call.operation
        pending.extend(dependant.dependencies)
    return None


def _keys(route: APIRoute) -> set[tuple[str, str]]:
    return {(method, route.path) for method in route.methods or ()}


def _modules(services: tuple[str, ...], name: str) -> Iterator[ModuleType]:
    for service in services:
        path = f"cloud_api.{service}.{name}"
        if importlib.util.find_spec(f"cloud_api.{service}") and importlib.util.find_spec(path):
            yield importlib.import_module(path)
