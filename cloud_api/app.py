"""The composition root: the only place that names concrete adapters, and that mounts the services."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from fastapi.telemetry import TelemetryConfig
from sqlmodel import Session

from cloud_api import migrations
from cloud_api.common import health, metrics, object_routes, openapi, problems
from cloud_api.common.bus import EventBus
from cloud_api.common.cache import Cache, MemoryCache
from cloud_api.common.certificate import fingerprint
from cloud_api.common.cloud import Cloud
from cloud_api.common.database import READERS, Database
from cloud_api.common.dispatcher import Dispatcher
from cloud_api.common.folder_objects import FolderObjects
from cloud_api.common.gate import Gate
from cloud_api.common.journal import Journal, Replay
from cloud_api.common.kafka_place import parse_events_url
from cloud_api.common.keys import Keys
from cloud_api.common.mail import Mail
from cloud_api.common.middleware import Shell
from cloud_api.common.objects import Objects
from cloud_api.common.outbox import Consumer
from cloud_api.common.principal import Allow, PrincipalKind
from cloud_api.common.rate_limits import RateLimits
from cloud_api.common.routing import join
from cloud_api.common.tokens import Tokens
from cloud_api.common.tries import EachForItself, SharedTries
from cloud_api.devices import events as devices_events
from cloud_api.devices import routes as devices_routes
from cloud_api.devices.standing import device_standing
from cloud_api.gym import events as gym_events
from cloud_api.gym import routes as gym_routes
from cloud_api.identity import events as identity_events
from cloud_api.identity import routes as identity_routes
from cloud_api.identity.standing import person_standing
from cloud_api.notifications import events as notifications_events
from cloud_api.notifications import routes as notifications_routes
from cloud_api.notifications.folder_mail import FolderMail
from cloud_api.notifications.letters import LANGUAGES
from cloud_api.notifications.smtp_mail import SmtpMail, read_mail_url
from cloud_api.payments import events as payments_events
from cloud_api.payments import routes as payments_routes
from cloud_api.qr import events as qr_events
from cloud_api.qr import routes as qr_routes
from cloud_api.reports import events as reports_events
from cloud_api.reports import routes as reports_routes
from cloud_api.reports.numbers import ReportNumbers
from cloud_api.settings import SERVICES, Settings
from shared.clock import SystemClock
from shared.domain.time import Clock
from shared.errors import InvalidInput

_ROUTERS: dict[str, Callable[[Cloud], APIRouter]] = {
    "identity": identity_routes.router,
    "devices": devices_routes.router,
    "gym": gym_routes.router,
    "qr": qr_routes.router,
    "payments": payments_routes.router,
    "reports": reports_routes.router,
    "notifications": notifications_routes.router,
}

_CONSUMERS: dict[str, Callable[[Cloud], list[Consumer]]] = {
    "gym": gym_events.consumers,
    "qr": qr_events.consumers,
    "payments": payments_events.consumers,
    "reports": reports_events.consumers,
    "notifications": notifications_events.consumers,
}
"""Without Kafka all of them work in every process, whichever services it serves: they share one outbox and one inbox."""

_WITH_WORK = frozenset({"devices", "notifications"})
"""Services whose routers have work of their own in the background."""

PUBLIC = frozenset(
    {
        ("GET", "/v1/health"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
        ("GET", "/metrics"),  # has a token of its own
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
        ("PUT", "/v1/objects/{folder}/{name}"),  # both with a signature of this server in the URL
        ("GET", "/v1/objects/{folder}/{name}"),
    }
)
"""The only routes that anybody may call. Each proves by itself who asks: a code, a password, a signature."""

_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI would tell an exporter of validation errors and exceptions with their messages: names, addresses."""


def make_cloud(settings: Settings, *, clock: Clock | None = None) -> Cloud:
    """Everything the services are given.

    Raises:
        InvalidInput: the data folder holds no gym.
    """
    clock = clock or SystemClock()
    keys = Keys(settings.secrets)
    writers = settings.database_writers + bool(settings.events_url)  # one is held by whose turn it is to relay
    database = Database(settings.database_url, clock=clock, writers=writers)
    tokens = Tokens(keys, clock)
    standings = {PrincipalKind.PERSON: person_standing, PrincipalKind.DEVICE: device_standing(keys)}
    cloud = Cloud(
        database=database,
        keys=keys,
        clock=clock,
        tokens=tokens,
        gate=Gate(tokens=tokens, database=database, standings=standings),
        dispatcher=_bus(settings, database),
        journal=Journal(settings.journal),
        objects=_objects(settings, keys, clock),
        base_url=settings.base_url,
        data=settings.data,
        fingerprint="" if settings.tls == "off" else fingerprint(settings.certificate),
        cache=_cache(settings),
        mail=_mail(settings),
        mail_language=settings.mail_language,
        metrics_token=settings.metrics_token,
        limits=_limits(settings, clock, tokens),
        tries=_tries(settings, keys),
    )
    cloud.metrics.registry.register(metrics.DatabaseNumbers(database))
    cloud.metrics.registry.register(ReportNumbers(database))
    for service, consumers in _CONSUMERS.items():
        if not settings.events_url or service in settings.services:
            cloud.dispatcher.add(consumers(cloud))
    for sources in (devices_events.sources, gym_events.sources, payments_events.sources):
        cloud.dispatcher.add_sources(sources)
    return cloud


def _bus(settings: Settings, database: Database) -> EventBus:
    if not settings.events_url:
        return Dispatcher(database)
    from cloud_api.common import kafka_bus  # noqa: PLC0415  # only then is Kafka's library needed

    return kafka_bus.KafkaBus(database, parse_events_url(settings.events_url))


def _objects(settings: Settings, keys: Keys, clock: Clock) -> Objects:
    if not settings.objects_url:
        return FolderObjects(settings.objects, secret=keys.derive(b"gym-object-urls-1"), clock=clock)
    from cloud_api.common import s3_objects  # noqa: PLC0415  # AWS's library takes half a second to load

    return s3_objects.S3Objects(s3_objects.parse_place(settings.objects_url), clock=clock)


def _limits(settings: Settings, clock: Clock, tokens: Tokens) -> RateLimits | None:
    if not settings.rate_limits:
        return None
    if not settings.cache_url:
        return RateLimits(clock=clock, tokens=tokens)
    from cloud_api.common import redis_limits  # noqa: PLC0415  # only then is Redis' library needed

    shared = redis_limits.RedisCounts(settings.cache_url, clock=clock)
    return RateLimits(clock=clock, tokens=tokens, shared=shared)


def _tries(settings: Settings, keys: Keys) -> SharedTries:
    if not settings.cache_url:
        return EachForItself()
    from cloud_api.common import redis_tries  # noqa: PLC0415  # only then is Redis' library needed

    return redis_tries.RedisTries(settings.cache_url, secret=keys.derive(b"fit-tries-1"))


def _cache(settings: Settings) -> Cache:
    if not settings.cache_url:
        return MemoryCache()
    from cloud_api.common import redis_cache  # noqa: PLC0415  # only then is Redis' library needed

    return redis_cache.RedisCache(settings.cache_url)


def _mail(settings: Settings) -> Mail:
    if settings.mail_language not in LANGUAGES:
        raise InvalidInput(f"FIT_MAIL_LANGUAGE must be one of {', '.join(LANGUAGES)}.", field="FIT_MAIL_LANGUAGE")
    if not settings.mail_url:
        return FolderMail(settings.data / "mail")
    return SmtpMail(read_mail_url(settings.mail_url))


def replays(cloud: Cloud) -> dict[str, Replay]:
    """What each service does again for a line of the journal, by kind."""
    found: dict[str, Replay] = {}
    for module in (identity_events, devices_events, gym_events, qr_events):
        found.update(module.replays(cloud))
    return found


def after_restore(session: Session) -> None:
    """What else the services do when a backup was put back."""
    identity_events.after_restore(session)


def create_app(cloud: Cloud, *, services: tuple[str, ...] = SERVICES) -> FastAPI:
    """The ASGI application. Its lifespan starts the dispatcher and what the services run in the background."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = READERS  # as many threads as connections to read with
        cloud.dispatcher.start()
        yield
        await run_in_threadpool(cloud.dispatcher.stop)

    watch = _watch(cloud)
    app = FastAPI(
        title="FIT Monitor",
        version="1",
        description=openapi.DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # its page would fetch programs from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
        telemetry=_NO_TELEMETRY,
    )
    app.state.cloud, app.state.watch = cloud, watch
    problems.install(app)
    served = _mount(app, cloud, services)
    app.add_middleware(
        Shell,
        clock=cloud.clock,
        metrics=cloud.metrics,
        limits=cloud.limits,
        services=served,
        is_draining=lambda: watch.draining,
    )
    refuse_open_routes(app)
    openapi.describe(app)
    return app


def _watch(cloud: Cloud) -> health.Watch:
    return health.Watch(
        {
            "database": partial(health.answers, cloud),
            "schema": partial(migrations.is_current, cloud.database.prober),
            "keys": partial(health.has_keys, cloud),
        }
    )


def _mount(app: FastAPI, cloud: Cloud, services: tuple[str, ...]) -> dict[str, str]:
    """Add everybody's routes; returns which service each path belongs to."""
    app.include_router(health.router(cloud, app.state.watch, services))
    app.include_router(metrics.router(cloud.metrics, cloud.metrics_token))
    if isinstance(cloud.objects, FolderObjects):
        app.include_router(object_routes.router(cloud.objects))
    owners = dict.fromkeys((route.path or "" for route in api_routes(app)), "")
    for service in services:
        routes = _ROUTERS[service](cloud)
        if service in _WITH_WORK:
            app.include_router(routes)
        else:
            join(app.router, routes)
        for route in routes.routes:
            owners.setdefault(getattr(route, "path", ""), service)
    return owners


def refuse_open_routes(app: FastAPI) -> None:
    """Deny by default: a route without a gate that is not in :data:`PUBLIC` keeps the server from starting."""
    routes = list(api_routes(app))
    if not routes:
        message = "no route was found: this check looks in the wrong place"
        raise RuntimeError(message)
    for route in routes:
        if operation_of(route) is None and not _keys(route) <= PUBLIC:
            message = f"{route.path} has no operation and is not public"
            raise RuntimeError(message)


def api_routes(app: FastAPI) -> Iterator[RouteContext]:
    """Every route of ours, also those of routers included in routers."""
    return (route for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute))


def operation_of(route: RouteContext) -> str | None:
    """The operation that a route's gate asks for; None when it has no gate."""
    pending: list[Dependant] = [route.dependant]
    while pending:
        dependant = pending.pop()
        if isinstance(dependant.call, Allow):
            return dependant.call.operation
        pending.extend(dependant.dependencies)
    return None


def _keys(route: RouteContext) -> set[tuple[str, str]]:
    return {(method, route.path or "") for method in route.methods or ()}
