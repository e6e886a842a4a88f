"""What is to become of each line of an import: a new member, one who is there, or none. Nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.session import new_id
from cloud_api.gym.lookups import today_at
from cloud_api.gym.mapping import to_plan, to_site
from cloud_api.gym.tables import ImportLineRow, MemberRow, MemberWordRow, PlanRow, SiteRow
from cloud_api.gym.words import LONGEST, fold
from shared.contracts.imports import ImportMember, LineOutcome, LineResult
from shared.domain.plan import Plan
from shared.domain.site import Site

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """The sites and plans that a line may name."""

    sites: Mapping[UUID, Site]
    plans: Mapping[UUID, Plan]


def read_offer(session: Session, rows: Sequence[ImportMember], *, hold: bool) -> Offer:
    """``hold``: who changes one of the plans waits, and finds the new members among those who have it."""
    wanted = {row.plan_id for row in rows}
    plans = select(PlanRow).where(col(PlanRow.id).in_(wanted)).order_by(col(PlanRow.id))
    found = session.exec(plans.with_for_update(read=True) if hold else plans).all()
    sites = session.exec(select(SiteRow).where(col(SiteRow.id).in_({row.home_site_id for row in rows})))
    return Offer({row.id: to_site(row) for row in sites}, {row.id: to_plan(row) for row in found})


def check(
    session: Session, import_id: UUID, rows: Sequence[ImportMember], offer: Offer, *, made: Mapping[int, UUID]
) -> list[LineResult]:
    """One result a row; ``made`` are lines that were taken in before, with the members they made.

    A new member's id is minted here.
    """
    known = _Known(session, import_id, rows)
    results = []
    for row in rows:
        if row.line in made:
            results.append(_result(row, LineOutcome.MADE, member_id=made[row.line]))
        elif reason := _why_not(session, row, offer):
            results.append(_result(row, LineOutcome.REFUSED, reason=reason))
        else:
            results.append(known.judge(session, row))
    return results


def begins_on(row: ImportMember, *, today: date) -> date:
    """The first day of the membership."""
    joined_on = row.joined_on or today
    if row.starts_on is not None:
        return row.starts_on
    return joined_on if row.paid_through_on is None else min(joined_on, row.paid_through_on)


def _why_not(session: Session, row: ImportMember, offer: Offer) -> str | None:
    site = offer.sites.get(row.home_site_id)
    if site is None:
        return "site_unknown"
    if row.plan_id is None:
        terms = (row.starts_on, row.paid_through_on, row.ends_on, row.visits_left)
        return None if terms == (None, None, None, None) else "plan_missing"
    plan = offer.plans.get(row.plan_id)
    if plan is None:
        return "plan_unknown"
    if row.visits_left is not None and plan.visits is None:
        return "no_pack"
    unpaid = begins_on(row, today=today_at(session, site)) - _ONE_DAY
    return "days_wrong" if min(row.paid_through_on or unpaid, row.ends_on or unpaid) < unpaid else None


class _Known:
    """Who is there: in the gym, and on the lines before.

    Nobody shares a number. Two people may share an e-mail address, but not with one given name; two lines of one file
    that have numbers are two people all the same.
    """

    def __init__(self, session: Session, import_id: UUID, rows: Sequence[ImportMember]) -> None:
        self._by_number: dict[str, tuple[UUID, str]] = {}
        self._by_mail: dict[tuple[str, str], UUID] = {}
        self._by_mail_before: dict[tuple[str, str], UUID] = {}
        found = _candidates(session, rows)
        own = _made_by(session, import_id, [member.id for member in found])
        for member in found:
            self._add(member.id, member, own=member.id in own)

    def judge(self, session: Session, row: ImportMember) -> LineResult:
        holder = self._by_number.get(row.number or "")
        if holder is not None and holder[1] != _name(row):
            return _result(row, LineOutcome.REFUSED, reason="number_taken")
        by_mail = self._by_mail if row.number is None else self._by_mail_before
        member_id = holder[0] if holder is not None else by_mail.get(_mailbox(row))
        if member_id is not None:
            return _result(row, LineOutcome.THERE, member_id=member_id)
        made = new_id(session)
        self._add(made, row, own=True)
        return _result(row, LineOutcome.MADE, member_id=made)

    def _add(self, member_id: UUID, person: MemberRow | ImportMember, *, own: bool) -> None:
        if person.number is not None:
            self._by_number[person.number] = (member_id, _name(person))
        if person.email is not None:
            self._by_mail.setdefault(_mailbox(person), member_id)
            if not own:
                self._by_mail_before.setdefault(_mailbox(person), member_id)


def _candidates(session: Session, rows: Sequence[ImportMember]) -> list[MemberRow]:
    """Members who have a number or an address of these lines. An address is found as a word."""
    numbers = [row.number for row in rows if row.number is not None]
    mails = [fold(row.email)[:LONGEST] for row in rows if row.email is not None]
    with_mail = select(MemberWordRow.member_id).where(col(MemberWordRow.word).in_(mails))
    by_number = session.exec(select(MemberRow).where(col(MemberRow.number).in_(numbers))).all()
    return [*by_number, *session.exec(select(MemberRow).where(col(MemberRow.id).in_(with_mail)))]


def _made_by(session: Session, import_id: UUID, member_ids: Sequence[UUID]) -> set[UUID | None]:
    lines = select(ImportLineRow.member_id).where(
        ImportLineRow.import_id == import_id,
        ImportLineRow.outcome == LineOutcome.MADE.value,
        col(ImportLineRow.member_id).in_(member_ids),
    )
    return set(session.exec(lines)) if member_ids else set()


def _name(person: MemberRow | ImportMember) -> str:
    return " ".join(f"{person.given_name} {person.family_name}".casefold().split())


def _mailbox(person: MemberRow | ImportMember) -> tuple[str, str]:
    return (person.email or "").lower(), person.given_name.casefold()


def _result(
    row: ImportMember, outcome: LineOutcome, *, reason: str | None = None, member_id: UUID | None = None
) -> LineResult:
    return LineResult(line=row.line, outcome=outcome, reason=reason, member_id=member_id)
