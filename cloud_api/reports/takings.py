"""Revenue by day and plan, kept by the receipts that ``payments`` issues. Amounts in minor units."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate, pairwise

from sqlalchemy import extract, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from cloud_api.common.event_payloads import ReceiptState
from cloud_api.common.outbox import Event
from cloud_api.reports import sums
from cloud_api.reports.days import Days, within
from cloud_api.reports.lines import page
from cloud_api.reports.plans import plan_names
from cloud_api.reports.tables import TakingFact, TakingsByDay
from shared.contracts.report_rows import RevenueLine, RevenueLinePage, RevenueRowsQuery
from shared.contracts.reports import Amount, ReportQuery, RevenueOfPlan, RevenueReport

_TYPES = frozenset({"receipt.issued", "receipt.told"})
_CAME_IN = "payment"


def take_in(session: Session, events: Sequence[Event]) -> None:
    """Count receipts, each once: they never change."""
    told = {
        receipt.receipt_number: receipt
        for receipt in (ReceiptState.model_validate(event.data) for event in events if event.type in _TYPES)
    }
    by_number = col(TakingFact.receipt_number)
    known = set(session.exec(select(by_number).where(by_number.in_(told))))
    facts = [fact for number, receipt in told.items() if number not in known for fact in _facts(receipt)]
    session.add_all(facts)
    session.flush()
    by_day = (((fact.site_id, fact.local_on, fact.plan_id, fact.currency), fact.amount_minor) for fact in facts)
    sums.add(session, TakingsByDay, sums.counted(by_day))


def report(session: Session, wanted: ReportQuery) -> RevenueReport:
    """By month and plan."""
    on, names = col(TakingsByDay.local_on), plan_names(session)
    by = (extract("year", on), extract("month", on), col(TakingsByDay.plan_id), col(TakingsByDay.currency))
    query = (
        sql_select(*by, func.sum(TakingsByDay.amount_minor))
        .where(*within(wanted, TakingsByDay.local_on, TakingsByDay.site_id))
        .group_by(*by)
    )
    months = [
        RevenueOfPlan(
            month_on=date(year, month, 1),
            plan_id=plan_id,
            name=names.get(plan_id),
            currency=currency,
            amount_minor=int(minor),
        )
        for year, month, plan_id, currency, minor in session.execute(query)
    ]
    return RevenueReport(
        site_id=wanted.site_id,
        first=wanted.first,
        last=wanted.last,
        totals=totals(session, wanted),
        months=sorted(months, key=lambda item: (item.month_on, item.name or "", item.plan_id, item.currency)),
    )


def totals(session: Session, wanted: Days) -> list[Amount]:
    """By currency."""
    by = col(TakingsByDay.currency)
    query = (
        select(by, func.sum(TakingsByDay.amount_minor))
        .where(*within(wanted, TakingsByDay.local_on, TakingsByDay.site_id))
        .group_by(by)
        .order_by(by)
    )
    return [Amount(currency=currency, amount_minor=int(minor)) for currency, minor in session.execute(query)]


def rows(session: Session, wanted: RevenueRowsQuery) -> RevenueLinePage:
    """The receipts' lines that were counted, newest first."""
    order = [col(TakingFact.local_on), col(TakingFact.receipt_number), col(TakingFact.line)]
    query = select(TakingFact).where(order[0].between(wanted.first, wanted.last))
    asked = {"site_id": wanted.site_id, "plan_id": wanted.plan_id, "currency": wanted.currency}
    query = query.filter_by(**{name: value for name, value in asked.items() if value is not None})
    types = [date, int, int]
    found, following = page(session, query, order=order, types=types, after=wanted.after, limit=wanted.limit)
    return RevenueLinePage(items=[_line(fact) for fact in found], next=following)


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount (not below zero) in parts that sum up to it, by weights; in equal ones when nothing weighs anything."""
    whole = list(weights) if sum(weights) else [1] * len(weights)
    ends = [amount * end // sum(whole) for end in accumulate(whole, initial=0)]
    return [end - start for start, end in pairwise(ends)]


def _facts(receipt: ReceiptState) -> Iterable[TakingFact]:
    sign = 1 if receipt.kind == _CAME_IN else -1
    parts = spread(receipt.amount_minor, [line.price_minor for line in receipt.lines])
    for line, part in zip(receipt.lines, parts, strict=True):
        yield TakingFact(
            receipt_number=receipt.receipt_number,
            line=line.number,
            member_id=receipt.member_id,
            site_id=receipt.site_id,
            local_on=receipt.local_on,
            plan_id=line.plan_id,
            method=receipt.method,
            currency=receipt.currency,
            amount_minor=sign * part,
        )


def _line(fact: TakingFact) -> RevenueLine:
    return RevenueLine(**fact.model_dump(exclude={"local_on"}), on=fact.local_on)
