"""What the metrics' page says of the reports."""

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cloud_api.common.conflict import Conflict
from cloud_api.common.database import Database
from cloud_api.reports.counting import last_drift
from shared.errors import Unavailable


class ReportNumbers(Collector):
    """How many sums had drifted; nothing while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[Metric]:
        try:
            with self._database.reading() as session:
                drift = last_drift(session)
        except Conflict:
            raise
        except Unavailable:
            return
        yield GaugeMetricFamily("fit_reports_drift", "Sums that were wrong when they were last counted anew.", drift)
