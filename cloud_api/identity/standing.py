"""Who a person's token stands for now: groups and sign-in are read from the tables, not believed from the token."""

from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.principal import Claims, Principal, PrincipalKind
from cloud_api.identity.people import groups_of
from cloud_api.identity.tables import PersonRow, SessionRow
from shared.errors import Rejected


def person_standing(session: Session, claims: Claims) -> Principal:
    """The person of a verified token.

    Raises:
        Rejected: ``not_signed_in``: signed out, disabled or removed since the token was made.
    """
    try:
        person_id, session_id = UUID(claims["sub"]), UUID(claims["custom:session_id"])
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise Rejected("Please sign in again.", code="not_signed_in") from error
    found = session.exec(
        select(PersonRow.enabled, PersonRow.member_id, SessionRow.ended_at)
        .join(SessionRow, col(SessionRow.person_id) == col(PersonRow.id))
        .where(PersonRow.id == person_id, SessionRow.id == session_id)
    ).first()
    if found is None or not found[0] or found[2] is not None:
        raise Rejected("Please sign in again.", code="not_signed_in")
    return Principal(person_id, PrincipalKind.PERSON, groups_of(session, person_id), member_id=found[1])
