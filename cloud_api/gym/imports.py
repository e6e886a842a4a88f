"""Moving in: members of another system, a portion of a file's lines in a transaction."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from cloud_api.common import audit
from cloud_api.common.conflict import Conflict
from cloud_api.common.database import ignoring
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.gym import bulk
from cloud_api.gym.imports_checking import Offer, begins_on, check, read_offer
from cloud_api.gym.lookups import today_at
from cloud_api.gym.members import take_numbers
from cloud_api.gym.memberships import membership_id_for
from cloud_api.gym.tables import ImportLineRow, ImportRow, MemberRow, MembershipRow
from shared.contracts.imports import ImportMember, ImportPortion, LineOutcome, LineResult, PortionAnswer
from shared.domain import membership as rules
from shared.domain.ids import MembershipId
from shared.domain.site import Site
from shared.errors import Rejected

_LINES = SQLModel.metadata.tables["gym_import_line"]
_NOON = time(12)


def try_out(session: Session, import_id: UUID, portion: ImportPortion) -> PortionAnswer:
    """Say what would become of each line. Ids of members who would be made are not told: they would be others."""
    rows, made = portion.rows, _made_before(session, import_id, portion.rows)
    results = check(session, import_id, rows, read_offer(session, rows, hold=False), made=made)
    new = {each.member_id for each in results if each.outcome is LineOutcome.MADE and each.line not in made}
    return PortionAnswer(
        results=[each.model_copy(update={"member_id": None}) if each.member_id in new else each for each in results]
    )


def take_in(
    session: Session, keys: Keys, import_id: UUID, portion: ImportPortion, *, by: Principal | str
) -> PortionAnswer:
    """Make the members of these lines. A line that was taken in before makes nobody again and gives the same answer.

    Raises:
        Rejected: ``import_undone``.
        Conflict: somebody else took one of the numbers at this very moment.
    """
    _open(session, import_id, portion.file_name, by=by)
    rows, made = portion.rows, _made_before(session, import_id, portion.rows)
    offer = read_offer(session, rows, hold=True)
    results = check(session, import_id, rows, offer, made=made)
    new = {
        each.line: each.member_id
        for each in results
        if each.outcome is LineOutcome.MADE and each.member_id is not None and each.line not in made
    }
    memberships = _write(session, keys, [row for row in rows if row.line in new], new, offer)
    _keep_lines(session, import_id, [each for each in results if each.line not in made], memberships)
    if new:
        audit.record(
            session, service="gym", actor=by, action="member.imported", subject=import_id, after={"made": len(new)}
        )
    return PortionAnswer(results=results)


def _open(session: Session, import_id: UUID, file_name: str, *, by: Principal | str) -> None:
    """Hold the import, begun now if it was not: its portions go in one after the other."""
    fresh = ImportRow(
        id=import_id, file_name=file_name, started_at=transaction_time(session), started_by=audit.name_of(by)
    )
    session.execute(ignoring(session, insert(ImportRow)), [fresh.model_dump()])
    row = session.get_one(ImportRow, import_id, with_for_update=True)
    if row.undone_at is not None:
        raise Rejected("This import has been undone. Begin a new one.", code="import_undone")


def _made_before(session: Session, import_id: UUID, rows: Sequence[ImportMember]) -> dict[int, UUID]:
    query = select(ImportLineRow.line, ImportLineRow.member_id).where(
        ImportLineRow.import_id == import_id,
        col(ImportLineRow.line).in_([row.line for row in rows]),
        ImportLineRow.outcome == LineOutcome.MADE.value,
    )
    return {line: member_id for line, member_id in session.exec(query) if member_id is not None}


def _write(
    session: Session, keys: Keys, rows: Sequence[ImportMember], ids: Mapping[int, UUID], offer: Offer
) -> dict[int, UUID]:
    """Make the members; returns the memberships they begin with, by line."""
    if not rows:
        return {}
    own = {row.number for row in rows if row.number is not None}
    drawn = iter(take_numbers(session, sum(row.number is None for row in rows), but=own))
    members = [_member(session, row, ids[row.line], row.number or next(drawn), offer) for row in rows]
    sold = {row.line: _membership(session, row, ids[row.line], offer) for row in rows if row.plan_id is not None}
    try:
        bulk.write_members(session, keys, members, list(sold.values()), plans=offer.plans)
    except IntegrityError as error:
        raise Conflict("Somebody takes the same number at this moment.") from error
    return {line: row.id for line, row in sold.items()}


def _member(session: Session, row: ImportMember, member_id: UUID, number: str, offer: Offer) -> MemberRow:
    now, home = transaction_time(session), offer.sites[row.home_site_id]
    return MemberRow(
        id=member_id,
        number=number,
        given_name=row.given_name,
        family_name=row.family_name,
        email=row.email,
        phone=row.phone,
        home_site_id=row.home_site_id,
        blocked_at=now if row.blocked else None,
        joined_at=now if row.joined_on in (None, today_at(session, home)) else _noon(row.joined_on, home),
    )


def _noon(day: date, home: Site) -> datetime:
    """Noon, which every day has in every zone."""
    return datetime.combine(day, _NOON, home.zone).astimezone(UTC)


def _membership(session: Session, row: ImportMember, member_id: UUID, offer: Offer) -> MembershipRow:
    plan, today = offer.plans[row.plan_id], today_at(session, offer.sites[row.home_site_id])  # type: ignore[index]
    membership_id = MembershipId(membership_id_for(session, member_id, sold_before=0))
    sold = rules.sell(membership_id, plan, starts_on=begins_on(row, today=today))
    paid_through_on = row.paid_through_on or sold.paid_through_on
    terms = rules.bring_over(sold, paid_through_on=paid_through_on, ends_on=row.ends_on, visits_left=row.visits_left)
    return bulk.new_membership(session, member_id, terms)


def _keep_lines(
    session: Session, import_id: UUID, results: Sequence[LineResult], memberships: Mapping[int, UUID]
) -> None:
    """Write down what became of lines, in the place of what became of them before."""
    if not results:
        return
    lines = [each.line for each in results]
    session.execute(delete(_LINES).where(_LINES.c.import_id == import_id, _LINES.c.line.in_(lines)))
    rows = [
        {
            "import_id": import_id,
            "line": each.line,
            "outcome": each.outcome.value,
            "reason": each.reason,
            "member_id": each.member_id,
            "membership_id": memberships.get(each.line),
        }
        for each in results
    ]
    session.execute(insert(_LINES), rows)
