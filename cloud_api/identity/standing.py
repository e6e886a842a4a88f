"""Who a person's token stands for now: groups and sign-in are read from the tables, not believed from the token."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel

from cloud_api.common.principal import Claims, Principal, PrincipalKind
from cloud_api.identity import tables as _tables  # noqa: F401  # defines the tables
from shared.domain.roles import Group
from shared.errors import Rejected

_PERSON, _SESSION, _GROUP = (
    SQLModel.metadata.tables[f"identity_{name}"] for name in ("person", "session", "person_group")
)
_STANDING = (
    select(_PERSON.c.enabled, _PERSON.c.member_id, _SESSION.c.ended_at, _SESSION.c.desk, _GROUP.c.group)
    .join(_SESSION, _SESSION.c.person_id == _PERSON.c.id)
    .outerjoin(_GROUP, _GROUP.c.person_id == _PERSON.c.id)
    .where(_PERSON.c.id == bindparam("person_id"), _SESSION.c.id == bindparam("session_id"))
)
"""Asked at nearly every request: one statement, put together once."""


def person_standing(session: Session, claims: Claims) -> Principal:
    """The person of a verified token.

    Raises:
        Rejected: ``not_signed_in``: signed out, disabled or removed since the token was made.
    """
    try:
        person_id, session_id = UUID(claims["sub"]), UUID(claims["custom:session_id"])
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise Rejected("Please sign in again.", code="not_signed_in") from error
    rows = session.connection().execute(_STANDING, {"person_id": person_id, "session_id": session_id}).all()
    if not rows or not rows[0].enabled or rows[0].ended_at is not None:
        raise Rejected("Please sign in again.", code="not_signed_in")
    groups = frozenset(Group(row.group) for row in rows if row.group is not None)
    return Principal(
        person_id,
        PrincipalKind.PERSON,
        groups,
        member_id=rows[0].member_id,
        session_id=session_id,
        desk=rows[0].desk,
    )
