"""What an owner reads over the API, typed: one method a route, the messages of ``contracts.reports`` and ``.report_rows``.

Every method may raise ``Unavailable`` (try again) and ``Rejected`` (the cloud's no). Reports are an Owner's:
``report.read``, and ``report.contact`` for writing down who was contacted.
"""

from uuid import UUID

from shared.client.session import Params, PersonSession
from shared.contracts import report_rows as rows
from shared.contracts import reports
from shared.contracts.base import Message, Nothing

_PATH = "/v1/reports"


class ReportsCloud:
    """The cloud's reports as a signed-in Owner sees them. Thread-safe, as its session is."""

    def __init__(self, session: PersonSession) -> None:
        self._call = session.call
        self._read = session.read

    def summary(self, wanted: reports.ReportQuery) -> reports.SummaryReport:
        """The first numbers, with those of the period before."""
        return self._call("GET", f"{_PATH}/summary", reports.SummaryReport, params=_params(wanted))

    def visits(self, wanted: reports.ReportQuery) -> reports.VisitsReport:
        return self._call("GET", f"{_PATH}/visits", reports.VisitsReport, params=_params(wanted))

    def heat_map(self, wanted: reports.ReportQuery) -> reports.HeatMapReport:
        return self._call("GET", f"{_PATH}/heat-map", reports.HeatMapReport, params=_params(wanted))

    def refusals(self, wanted: reports.ReportQuery) -> reports.RefusalsReport:
        return self._call("GET", f"{_PATH}/refusals", reports.RefusalsReport, params=_params(wanted))

    def members(self, wanted: reports.ReportQuery) -> reports.MembersReport:
        """Who joined and who left, by day."""
        return self._call("GET", f"{_PATH}/members", reports.MembersReport, params=_params(wanted))

    def plans(self, wanted: reports.SiteQuery) -> reports.PlansReport:
        """Members by plan, today."""
        return self._call("GET", f"{_PATH}/plans", reports.PlansReport, params=_params(wanted))

    def overdue(self, wanted: reports.SiteQuery) -> reports.OverdueReport:
        """Today."""
        return self._call("GET", f"{_PATH}/overdue", reports.OverdueReport, params=_params(wanted))

    def retention(self, wanted: reports.RetentionQuery) -> reports.RetentionReport:
        return self._call("GET", f"{_PATH}/retention", reports.RetentionReport, params=_params(wanted))

    def revenue(self, wanted: reports.ReportQuery) -> reports.RevenueReport:
        return self._call("GET", f"{_PATH}/revenue", reports.RevenueReport, params=_params(wanted))

    def machines(self, wanted: reports.ReportQuery) -> reports.MachinesReport:
        return self._call("GET", f"{_PATH}/machines", reports.MachinesReport, params=_params(wanted))

    def doors(self, wanted: reports.ReportQuery) -> reports.DoorsReport:
        return self._call("GET", f"{_PATH}/doors", reports.DoorsReport, params=_params(wanted))

    def at_risk(self, wanted: rows.AtRiskQuery) -> rows.AtRiskPage:
        """Who comes less than usual, those first who miss most."""
        return self._call("GET", f"{_PATH}/at-risk", rows.AtRiskPage, params=_params(wanted))

    def visit_lines(self, wanted: rows.VisitRowsQuery) -> rows.VisitLinePage:
        return self._call("GET", f"{_PATH}/visits/rows", rows.VisitLinePage, params=_params(wanted))

    def refusal_lines(self, wanted: rows.RefusalRowsQuery) -> rows.RefusalLinePage:
        return self._call("GET", f"{_PATH}/refusals/rows", rows.RefusalLinePage, params=_params(wanted))

    def member_lines(self, wanted: rows.MemberRowsQuery) -> rows.MemberLinePage:
        """Who joined, or who left."""
        return self._call("GET", f"{_PATH}/members/rows", rows.MemberLinePage, params=_params(wanted))

    def plan_lines(self, wanted: rows.HolderRowsQuery) -> rows.HolderLinePage:
        return self._call("GET", f"{_PATH}/plans/rows", rows.HolderLinePage, params=_params(wanted))

    def overdue_lines(self, wanted: rows.HolderRowsQuery) -> rows.HolderLinePage:
        return self._call("GET", f"{_PATH}/overdue/rows", rows.HolderLinePage, params=_params(wanted))

    def retention_lines(self, wanted: rows.RetentionRowsQuery) -> rows.MemberLinePage:
        return self._call("GET", f"{_PATH}/retention/rows", rows.MemberLinePage, params=_params(wanted))

    def revenue_lines(self, wanted: rows.RevenueRowsQuery) -> rows.RevenueLinePage:
        return self._call("GET", f"{_PATH}/revenue/rows", rows.RevenueLinePage, params=_params(wanted))

    def fault_lines(self, wanted: rows.FaultRowsQuery) -> rows.FaultLinePage:
        return self._call("GET", f"{_PATH}/machines/rows", rows.FaultLinePage, params=_params(wanted))

    def door_hours(self, wanted: rows.DoorRowsQuery) -> rows.DoorHourPage:
        return self._call("GET", f"{_PATH}/doors/rows", rows.DoorHourPage, params=_params(wanted))

    def csv(self, report: str, wanted: Message) -> bytes:
        """A report as CSV in UTF-8: ``summary``, ``heat-map``, ``at-risk`` ... with the query of that report."""
        return self._read(f"{_PATH}/{report}.csv", params=_params(wanted))

    def contacts(self, member_id: UUID) -> list[rows.ContactView]:
        """Newest first."""
        return self._call("GET", f"{_PATH}/members/{member_id}/contacts", rows.ContactList).items

    def keep_contact(self, contact: rows.NewContact) -> rows.ContactView:
        """Write down that a member was contacted; with the id of one that is there, put it right."""
        return self._call("POST", f"{_PATH}/contacts", rows.ContactView, body=contact)

    def forget_contact(self, contact_id: UUID) -> None:
        """Take one back. One that is gone already is none of a mistake."""
        self._call("DELETE", f"{_PATH}/contacts/{contact_id}", Nothing)


def _params(message: Message) -> Params:
    return {name: value for name, value in message.model_dump(mode="json").items() if value is not None}
