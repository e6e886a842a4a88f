"""What a chart's part shows, from the question to the picture: all of it off the GUI thread. Qt-free, blocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from admin_desktop.charts.picture import Picture
from admin_desktop.desk import Desk
from admin_desktop.reports import bars, pictures
from admin_desktop.reports.loading import load_doors, load_machines
from admin_desktop.reports.takings import main_currency
from admin_desktop.reports.takings import revenue as revenue_bars
from admin_desktop.shell.words import Words
from shared.contracts.reports import ReportQuery, RetentionQuery, SiteQuery

_MONTHS = 13


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, and the sentence above it."""

    picture: Picture
    second: str = ""


@dataclass(frozen=True, slots=True)
class Shower:
    """Asks and draws, in the words of this PC."""

    desk: Desk
    words: Words

    def heat(self, wanted: ReportQuery) -> Shown:
        report = self.desk.reports.heat_map(wanted)
        days = self.words("reports.heat.days", n=self.words.number((report.last - report.first).days + 1))
        second = " ".join(filter(None, (days, pictures.busiest(report, self.words))))
        return Shown(pictures.heat_map(report, self.words), second)

    def revenue(self, wanted: ReportQuery) -> Shown:
        """In the currency of most; that there are others is said."""
        report = self.desk.reports.revenue(wanted)
        currency = main_currency(report)
        others = ", ".join(sorted({each.currency for each in report.totals} - {currency}))
        said = self.words("reports.revenue.others_in", names=others) if others else ""
        return Shown(revenue_bars(report, currency, self.words), " ".join(filter(None, (currency, said))))

    def refusals(self, wanted: ReportQuery) -> Shown:
        return Shown(bars.refusals(self.desk.reports.refusals(wanted), self.words))

    def sites(self, wanted: ReportQuery, names: Mapping[UUID, str]) -> Shown:
        return Shown(bars.visits_by_site(self.desk.reports.heat_map(wanted), names, self.words))

    def plans(self, site_id: UUID | None) -> Shown:
        return Shown(bars.plans(self.desk.reports.plans(SiteQuery(site_id=site_id)), self.words))

    def retention(self, site_id: UUID | None) -> Shown:
        report = self.desk.reports.retention(RetentionQuery(site_id=site_id, months=_MONTHS))
        return Shown(pictures.retention(report, self.words), self.words("reports.retention.what"))

    def machines(self, wanted: ReportQuery) -> Shown:
        report, names = load_machines(self.desk, wanted)
        sums = {name: self.words.number(getattr(report, name)) for name in ("reported", "resolved")}
        said = self.words("reports.machine.all", days=self.words.number(report.days_out_of_order), **sums)
        return Shown(bars.machines(report, names, self.words), said if report.machines else "")

    def doors(self, wanted: ReportQuery) -> Shown:
        report, names = load_doors(self.desk, wanted)
        return Shown(bars.doors(report, names, self.words), self.words("reports.kiosks.what"))
