"""Reports as CSV (RFC 4180), for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from shared.contracts.reports import RefusalsReport, VisitsReport
from shared.domain.spreadsheets import as_text

MEDIA_TYPE = "text/csv"


def visits_csv(report: VisitsReport) -> str:
    return _write(("on", "hour", "visits"), ((item.on, item.hour, item.visits) for item in report.hours))


def refusals_csv(report: RefusalsReport) -> str:
    return _write(("on", "reason", "refusals"), ((item.on, item.reason, item.refusals) for item in report.reasons))


def _write(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return file.getvalue()
