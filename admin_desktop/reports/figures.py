"""The six numbers at the top: each with what it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admin_desktop.charts.tile import Tile
from admin_desktop.reports.behind import Behind, Question, What
from admin_desktop.shell.words import Words
from shared.contracts.report_rows import (
    DoorRowsQuery,
    HolderRowsQuery,
    RefusalRowsQuery,
    RevenueRowsQuery,
    VisitRowsQuery,
)
from shared.contracts.reports import Amount, PeriodFigures, SummaryReport
from shared.domain.money import decimals_of

_MINUTE_S, _HOUR_S = 60, 3600


@dataclass(frozen=True, slots=True)
class Summary:
    """``inside`` is known where the period is today alone."""

    report: SummaryReport
    inside: int | None = None


def tiles(summary: Summary, words: Words) -> list[Tile]:
    """Visits, members, revenue, overdue, refusals, doors."""
    report = summary.report
    return [
        _visits(report, summary.inside, words),
        _members(report, words),
        _revenue(report, words),
        _overdue(report, words),
        _refusals(report, words),
        _doors(report, words),
    ]


def change(now: int, before: int, words: Words) -> tuple[str, str]:
    """How a number compares with that of the period before, and the tone of that."""
    if not before:
        return words("reports.change.new" if now else "reports.change.none"), "muted"
    share = (now - before) / abs(before)
    if abs(share) < 0.005:  # noqa: PLR2004  # rounds to nothing
        return words("reports.change.same"), "muted"
    key = "more" if share > 0 else "less"
    return words(f"reports.change.{key}", share=words.share(abs(share))), "granted" if share > 0 else "notice"


def whole_money(amounts: Sequence[Amount], words: Words) -> tuple[str, str]:
    """The largest of some amounts without its small change, and its currency; the others are told behind it."""
    if not amounts:
        return words.number(0), ""
    by_size = sorted(amounts, key=lambda each: -abs(each.amount_minor))
    texts = [words.number(_major(each)) for each in by_size]
    others = [f"{text}\u00a0{each.currency}" for text, each in zip(texts[1:], by_size[1:], strict=True)]
    return texts[0], ", ".join([by_size[0].currency, *(f"+ {other}" for other in others)])


def availability(heard_s: int, expected_s: int, words: Words) -> str:
    """A dash where nothing was expected. Never rounds up to all."""
    if not expected_s:
        return "–"
    share = min(1.0, heard_s / expected_s)
    return words.share(share if heard_s >= expected_s else min(share, 0.9999), digits=2)


def _visits(report: SummaryReport, inside: int | None, words: Words) -> Tile:
    second, tone = change(report.period.visits, report.before.visits, words)
    if inside is not None:
        second, tone = words("reports.inside", n=words.number(inside)), "muted"
    question = VisitRowsQuery(**_period(report))
    return _tile(words("reports.visits"), words.number(report.period.visits), (second, tone), What.VISITS, question)


def _members(report: SummaryReport, words: Words) -> Tile:
    figures = report.period
    second = words("reports.moved", joined=words.number(figures.joined), left=words.number(figures.left))
    tone = "granted" if figures.joined > figures.left else "notice" if figures.left > figures.joined else "muted"
    question = HolderRowsQuery(site_id=report.site_id)
    return _tile(words("reports.members"), words.number(report.active_members), (second, tone), What.HOLDERS, question)


def _revenue(report: SummaryReport, words: Words) -> Tile:
    number, currency = whole_money(report.period.revenue, words)
    compared, tone = change(_main(report.period), _main(report.before, currency[:3]), words)
    second = f"{currency}, {compared}" if currency else compared
    question = RevenueRowsQuery(**_period(report))
    return _tile(words("reports.revenue"), number, (second, tone), What.REVENUE, question)


def _overdue(report: SummaryReport, words: Words) -> Tile:
    number, currency = whole_money(report.overdue, words)
    n = report.overdue_members
    said = words("reports.overdue.one" if n == 1 else "reports.overdue.many", n=words.number(n))
    second, tone = (f"{currency}, {said}", "notice") if n else (words("reports.overdue.none"), "granted")
    question = HolderRowsQuery(site_id=report.site_id)
    return _tile(words("reports.overdue"), number, (second, tone), What.OVERDUE, question)


def _refusals(report: SummaryReport, words: Words) -> Tile:
    refusals, tried = report.period.refusals, report.period.refusals + report.period.visits
    second = words("reports.refused.share", share=words.share(refusals / tried, digits=1)) if tried else ""
    question = RefusalRowsQuery(**_period(report))
    return _tile(words("reports.refused"), words.number(refusals), (second, "muted"), What.REFUSALS, question)


def _doors(report: SummaryReport, words: Words) -> Tile:
    figures = report.period
    lost_s = max(0, figures.expected_s - figures.heard_s)
    if not figures.expected_s:
        second, tone = words("reports.doors.none"), "muted"
    elif not lost_s:
        second, tone = words("reports.doors.all"), "granted"
    else:
        second, tone = words("reports.doors.lost", span=_span(lost_s, words), n=words.number(figures.losses)), "notice"
    number = availability(figures.heard_s, figures.expected_s, words)
    return _tile(words("reports.doors"), number, (second, tone), What.DOORS, DoorRowsQuery(**_period(report)))


def _tile(label: str, number: str, compared: tuple[str, str], what: What, question: Question) -> Tile:
    second, tone = compared
    said = ", ".join(filter(None, (f"{label}: {number}", second)))
    return Tile(label, number, second, tone, Behind(what, label, (question,)), said)


def _period(report: SummaryReport) -> dict[str, Any]:
    return {"site_id": report.site_id, "first": report.first, "last": report.last}


def _main(figures: PeriodFigures, currency: str = "") -> int:
    """Of the currency, or of the one with the largest amount."""
    amounts = [each.amount_minor for each in figures.revenue if not currency or each.currency == currency]
    return max(amounts, key=abs, default=0)


def _major(each: Amount) -> int:
    """Rounded to whole units: for reading, never for sums."""
    return round(each.amount_minor / int(10 ** decimals_of(each.currency)))


def _span(seconds: int, words: Words) -> str:
    """In minutes up to a day, then in hours."""
    if seconds < 24 * _HOUR_S:
        return words("span.minutes", n=words.number(max(1, round(seconds / _MINUTE_S))))
    return words("span.hours", n=words.number(round(seconds / _HOUR_S)))
