"""Numbers about this process and its queues, in the text form that Prometheus reads.

Every process counts for itself, in a registry of its own. What lies in the database is looked up when the page is read.
"""

import hmac
from collections import Counter as Counting
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.pool import QueuePool
from sqlmodel import col

from cloud_api.common.conflict import Conflict
from cloud_api.common.database import Database
from cloud_api.common.routing import new_router
from cloud_api.common.session import transaction_time
from cloud_api.common.tables import FailedMessage, OutboxMessage
from shared.contracts.devices import UploadAnswer
from shared.errors import Rejected, Unavailable

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30)
_bearer = HTTPBearer(auto_error=False)


class Metrics:
    """What a process counts. Thread-safe."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ["service", "method", "route"]
        self.requests = Counter("fit_requests", "Requests answered.", [*labels, "status"], registry=self.registry)
        self.seconds = Histogram(
            "fit_request_seconds", "How long answers took.", labels, buckets=_BUCKETS_S, registry=self.registry
        )
        self.running = Gauge("fit_requests_running", "Requests being answered now.", registry=self.registry)
        self.limited = Counter("fit_requests_limited", "Refused: too many.", ["rule"], registry=self.registry)
        self.ingested = Counter("fit_ingest_events", "Events handed in.", ["answer"], registry=self.registry)
        self.waiting = Gauge("fit_hints_waiting", "Kiosks that wait for a change.", registry=self.registry)

    def count_ingested(self, answer: UploadAnswer) -> None:
        for status, count in Counting(result.status.value for result in answer.results).items():
            self.ingested.labels(status).inc(count)

    def page(self) -> bytes:
        return generate_latest(self.registry)


class DatabaseNumbers(Collector):
    """The queues in the database, and the connections in use; without a database only that it is down."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        yield self._pools()
        try:
            unsent, age_s, parked = self._queues()
        except Conflict:
            raise
        except Unavailable:
            yield GaugeMetricFamily("fit_database_up", "Whether the database answers.", 0)
            return
        yield GaugeMetricFamily("fit_database_up", "Whether the database answers.", 1)
        yield GaugeMetricFamily("fit_outbox_unsent", "Outbox rows that wait to be delivered.", unsent)
        yield GaugeMetricFamily("fit_outbox_oldest_seconds", "Age of the oldest of them.", age_s)
        yield GaugeMetricFamily("fit_messages_parked", "Messages that a person has to look at.", parked)

    def _queues(self) -> tuple[int, float, int]:
        waiting = col(OutboxMessage.done_at).is_(None)
        with self._database.reading() as session:
            unsent = session.scalar(select(func.count()).select_from(OutboxMessage).where(waiting)) or 0
            first = select(col(OutboxMessage.published_at)).where(waiting).order_by(col(OutboxMessage.number)).limit(1)
            oldest = session.scalar(first)
            age_s = 0.0 if oldest is None else (transaction_time(session) - oldest).total_seconds()
            parked = select(func.count()).select_from(FailedMessage).where(col(FailedMessage.parked_at).is_not(None))
            return unsent, age_s, session.scalar(parked) or 0

    def _pools(self) -> Metric:
        used = GaugeMetricFamily("fit_database_connections", "Connections in use.", labels=["pool"])
        for name, engine in (("writer", self._database.writer), ("reader", self._database.reader)):
            if isinstance(engine.pool, QueuePool):
                used.add_metric([name], engine.pool.checkedout())
        return used


def router(metrics: Metrics, token: str) -> APIRouter:
    """The page, for whoever has the token; without a token in the settings there is no page."""
    routes = new_router(include_in_schema=False)

    @routes.get("/metrics")
    def read_metrics(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Response:
        if not token:
            raise Rejected("There is nothing here.", code="not_found")
        given = "" if credentials is None else credentials.credentials
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise Rejected("This page has a token of its own.", code="not_signed_in")
        return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)

    return routes
