"""Revenue by month and plan, as bars. Months that a period cuts count with its days."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from admin_desktop.charts.stacked import Bar, Part, StackedBars
from admin_desktop.reports.behind import Behind, What
from admin_desktop.reports.naming import month_name, short_month
from admin_desktop.reports.periods import Period, month_of, months_in
from admin_desktop.shell.words import Words
from shared.contracts.report_rows import RevenueRowsQuery
from shared.contracts.reports import RevenueOfPlan, RevenueReport
from shared.domain.money import decimals_of

_COLOURS = 3
_THOUSANDS_FROM = 10_000


def main_currency(report: RevenueReport) -> str:
    """Of the largest sum; empty without any."""
    return max(report.totals, key=lambda each: abs(each.amount_minor)).currency if report.totals else ""


def revenue(report: RevenueReport, currency: str, words: Words) -> StackedBars:
    """In one currency: the two plans that bring most, and the others together."""
    lines = [line for line in report.months if line.currency == currency]
    groups = _groups(lines)
    names = {line.plan_id: line.name or words("reports.plan.gone") for line in lines}
    legend = tuple(words("reports.revenue.others") if len(group) > 1 else names[group[0]] for group in groups)
    maker = _Maker(report, currency, lines, groups, legend, words)
    return StackedBars(legend, tuple(maker.bar(month) for month in months_in(Period(report.first, report.last))))


@dataclass(frozen=True, slots=True)
class _Maker:
    report: RevenueReport
    currency: str
    lines: Sequence[RevenueOfPlan]
    groups: Sequence[tuple[UUID, ...]]
    legend: Sequence[str]
    words: Words

    def bar(self, month: date) -> Bar:
        lines = [line for line in self.lines if line.month_on == month]
        title, minor = month_name(month, self.words).capitalize(), sum(line.amount_minor for line in lines)
        parts = tuple(
            self._part(title, name, [line for line in lines if line.plan_id in group], self._questions(month, group))
            for name, group in zip(self.legend, self.groups, strict=True)
        )
        return Bar(
            short_month(month, self.words),
            _short_money(minor, self.currency, self.words),
            Behind(What.REVENUE, title, self._questions(month, (None,))),
            f"{title}: {self.words.money(minor, self.currency)}",
            parts,
            strong=month == month_of(self.report.last).first,
        )

    def _part(
        self, title: str, name: str, lines: Sequence[RevenueOfPlan], questions: tuple[RevenueRowsQuery, ...]
    ) -> Part:
        minor, said = sum(line.amount_minor for line in lines), f"{title}, {name}"
        behind = Behind(What.REVENUE, said, questions)
        return Part(minor, behind, f"{said}: {self.words.money(minor, self.currency)}")

    def _questions(self, month: date, plans: Sequence[UUID | None]) -> tuple[RevenueRowsQuery, ...]:
        whole, report = month_of(month), self.report
        first, last = max(whole.first, report.first), min(whole.last, report.last)
        return tuple(
            RevenueRowsQuery(
                site_id=report.site_id, first=first, last=last, plan_id=plan, currency=self.currency or None
            )
            for plan in plans
        )


def _groups(lines: Sequence[RevenueOfPlan]) -> list[tuple[UUID, ...]]:
    sums: dict[UUID, int] = defaultdict(int)
    for line in lines:
        sums[line.plan_id] += line.amount_minor
    ordered = sorted(sums, key=lambda plan: (-sums[plan], str(plan)))
    if len(ordered) <= _COLOURS:
        return [(plan,) for plan in ordered]
    return [(ordered[0],), (ordered[1],), tuple(ordered[2:])]


def _short_money(minor: int, currency: str, words: Words) -> str:
    """In thousands where it is long; the whole amount is said with the bar."""
    major = minor / 10 ** decimals_of(currency)
    if abs(major) >= _THOUSANDS_FROM:
        return words("reports.thousand", n=words.number(round(major / 1000)))
    return words.number(round(major))
