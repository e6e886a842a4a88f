"""Reports as CSV (RFC 4180), for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from shared.contracts.reports import RefusalsReport, VisitsReport

MEDIA_TYPE = "text/csv"


def visits_csv(report: VisitsReport) -> str:
    return _write(("on", "hour", "visits"), ((item.on, item.hour, item.visits) for item in report.hours))


def refusals_csv(report: RefusalsReport) -> str:
    return _write(("on", "reason", "refusals"), ((item.on, item.reason, item.refusals) for item in report.reasons))


def _write(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A reason came from a kiosk: a cell that a spreadsheet would calculate is told to be text."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t")) else cell for cell in row])
    return file.getvalue()
