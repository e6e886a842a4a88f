"""Who was contacted, and what came of it."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from cloud_api.common import audit
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.reports.tables import Contact, MemberFact
from shared.contracts.report_rows import ContactHow, ContactList, ContactOutcome, ContactView, NewContact
from shared.errors import Rejected

_NEWEST = 100


def keep(session: Session, wanted: NewContact, *, by: Principal) -> ContactView:
    """Write down that a member was contacted, or put it right. The same again changes nothing.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``; ``id_taken``: by a contact with somebody else.
    """
    _must_be_living(session, wanted.member_id)
    known = session.get(Contact, wanted.id)
    row = known or _new(session, wanted, by)
    if row.member_id != wanted.member_id:
        raise Rejected("This id names a contact with somebody else.", code="id_taken")
    facts = {"how": wanted.how.value, "outcome": wanted.outcome.value, "note": wanted.note}
    before = {} if known is None else row.model_dump(include=set(facts))
    if before != facts:
        session.add(row.sqlmodel_update(facts))
        session.flush()
        _audit(session, row, "contact.kept", by=by, before=before, after=facts)
    return view(row)


def forget(session: Session, contact_id: UUID, *, by: Principal) -> None:
    """Take a contact back. One that is not there is none already."""
    row = session.get(Contact, contact_id, with_for_update=True)
    if row is None:
        return
    before = row.model_dump(include={"how", "outcome", "note"})
    session.delete(row)
    session.flush()
    _audit(session, row, "contact.forgotten", by=by, before=before, after={})


def list_of(session: Session, member_id: UUID) -> ContactList:
    """A member's, newest first."""
    newest_first = (col(Contact.at).desc(), col(Contact.id).desc())
    query = select(Contact).where(Contact.member_id == member_id).order_by(*newest_first).limit(_NEWEST)
    return ContactList(items=[view(row) for row in session.exec(query)])


def forget_notes(session: Session, member_ids: Collection[UUID]) -> None:
    """What was written about members in somebody's own words goes with their names."""
    if member_ids:
        session.exec(update(Contact).where(col(Contact.member_id).in_(member_ids)).values(note=None))


def view(row: Contact) -> ContactView:
    return ContactView(
        id=row.id,
        member_id=row.member_id,
        at=row.at,
        by=row.by,
        how=ContactHow(row.how),
        outcome=ContactOutcome(row.outcome),
        note=row.note,
    )


def _must_be_living(session: Session, member_id: UUID) -> None:
    """Held until the transaction ends: nobody is erased meanwhile."""
    member = session.get(MemberFact, member_id, with_for_update=True)
    if member is None or member.version == 0:
        raise Rejected("There is no such member.", code="member_unknown")
    if member.is_erased:
        raise Rejected("This member has been erased.", code="member_erased")


def _new(session: Session, wanted: NewContact, by: Principal) -> Contact:
    return Contact(
        id=wanted.id,
        member_id=wanted.member_id,
        at=transaction_time(session),
        by=audit.name_of(by),
        how=wanted.how.value,
        outcome=wanted.outcome.value,
    )


def _audit(
    session: Session,
    row: Contact,
    action: str,
    *,
    by: Principal,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    """The note is nobody's business but theirs who call: the log says that there is one."""
    audit.record(
        session,
        service="reports",
        actor=by,
        action=action,
        subject=row.id,
        member_id=row.member_id,
        before=before,
        after=after,
        unsaid={"note"},
    )
