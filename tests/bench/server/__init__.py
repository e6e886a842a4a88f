"""Bench: the cloud on its real components: MySQL (durable, with its binary log), Kafka, Redis, two API processes."""

import contextlib
import tempfile
from pathlib import Path

from tests.bench.report import Report
from tests.bench.server import feed, flood, ingest, orders, reads
from tests.bench.server.stage import Stage

__all__ = ["run"]


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="fit-") as folder, contextlib.ExitStack() as stack:
        stage = Stage(Path(folder), stack)
        report.note(f"on {stage.components.mysql.name} {stage.components.mysql.version}")
        for part in (ingest, reads, orders, flood, feed):
            part.run(report, stage)
