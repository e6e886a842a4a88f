"""Desks that several people share: who can take one over, and what is written down when somebody does."""

from dataclasses import replace
from typing import Literal
from uuid import UUID

from sqlmodel import Session, col, or_, select

from cloud_api.common import audit
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.common.tokens import Tokens
from cloud_api.identity import sessions
from cloud_api.identity.people import groups_of
from cloud_api.identity.tables import DeskCardRow, PersonRow, PinRow
from shared.contracts.identity import Colleague, ColleagueList, SignedIn
from shared.domain.roles import may

OPERATION = "desk.take_over"
_NAMED = {"pin": "pin", "card": "desk_card"}
"""What the audit log calls them."""


def list_colleagues(session: Session) -> ColleagueList:
    """Who can take over a desk: has a PIN or a card, may sign in, and has a role there."""
    has_pin, has_card = col(PinRow.person_id).is_not(None), col(DeskCardRow.person_id).is_not(None)
    rows = session.exec(
        select(PersonRow, has_pin, has_card)
        .outerjoin(PinRow, col(PinRow.person_id) == col(PersonRow.id))
        .outerjoin(DeskCardRow, col(DeskCardRow.person_id) == col(PersonRow.id))
        .where(or_(has_pin, has_card))
        .order_by(col(PersonRow.name), col(PersonRow.id))
    )
    return ColleagueList(
        items=[
            Colleague(id=person.id, name=person.name, pin=bool(pin), card=bool(card))
            for person, pin, card in rows
            if can_take_over(session, person)
        ]
    )


def can_take_over(session: Session, person: PersonRow | None) -> bool:
    """Whether someone whose PIN or card is right is let in."""
    return person is not None and person.enabled and may(groups_of(session, person.id), OPERATION)


def keep_means(
    session: Session,
    table: type[PinRow | DeskCardRow],
    person_id: UUID,
    kept_hash: str | None,
    *,
    means: Literal["pin", "card"],
    by: Principal,
) -> None:
    """Keep the hash of a person's PIN or card in place of the one before, or none any more; and write it down."""
    row, now, named = session.get(table, person_id), transaction_time(session), _NAMED[means]
    had_one = row is not None
    if kept_hash is not None:
        row = row or table(person_id=person_id, hash=kept_hash, set_at=now)
        row.hash, row.set_at = kept_hash, now
        session.add(row)
    elif row is not None:
        session.delete(row)
    audit.record(
        session,
        service="identity",
        actor=by,
        action=f"person.{means}_set",
        subject=person_id,
        before={named: had_one, "set_at": None},
        after={named: kept_hash is not None, "set_at": now},
    )


def take_over(
    session: Session, person_id: UUID, *, means: Literal["pin", "card"], at: Principal, tokens: Tokens
) -> SignedIn:
    """Sign in whoever gave a PIN or a card, ``at`` the desk where a colleague is signed in. It is written down."""
    audit.record(
        session,
        service="identity",
        actor=replace(at, subject=person_id),
        action="person.took_over",
        subject=person_id,
        after={"means": means},
    )
    return sessions.open_session(session, person_id, tokens=tokens, desk=at.desk)
