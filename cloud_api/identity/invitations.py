"""One-time links: to become the first Owner, or to set a (new) password."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from cloud_api.common import audit
from cloud_api.common.session import transaction_time
from cloud_api.identity.messages import NewPerson, Redeem
from cloud_api.identity.passwords import hash_password, hash_secret, new_secret
from cloud_api.identity.people import Actor, create_person, end_sessions, get_person, groups_of, has_owner
from cloud_api.identity.tables import InvitationRow
from shared.domain.roles import Group
from shared.errors import InvalidInput, Rejected

LINK_LIFE = timedelta(hours=24)


def invite_first_owner(session: Session) -> str:
    """Make the link by which the first Owner comes in; returns its secret, which is stored nowhere.

    Raises:
        Rejected: ``has_owner``.
    """
    if has_owner(session):
        raise Rejected("This gym has an owner already.", code="has_owner")
    return _invite(session, None)


def invite(session: Session, person_id: UUID, *, actor: Actor) -> str:
    """Make a link by which someone sets a password; returns its secret.

    Raises:
        Rejected: ``person_unknown``; ``forbidden`` when it is an Owner's and the actor is none.
    """
    get_person(session, person_id)
    if Group.OWNER in groups_of(session, person_id) and not isinstance(actor, str) and not actor.is_in(Group.OWNER):
        raise Rejected("Only an owner may do this to an owner.", code="forbidden")
    ends_at = transaction_time(session) + LINK_LIFE
    audit.record(
        session, service="identity", actor=actor, action="person.invited", subject=person_id,
        after={"link_ends_at": ends_at},
    )  # fmt: skip
    return _invite(session, person_id)


def redeem(session: Session, request: Redeem, *, password_hash: str) -> UUID:
    """Use a link up: once, by one atomic update, however many try at the same time. Returns the person.

    ``password_hash`` is made before the transaction: it takes its time.

    Raises:
        Rejected: ``code_spent``: used before, ended, or never ours.
        InvalidInput: the first Owner's name or e-mail address is missing.
    """
    now = transaction_time(session)
    digest = hash_secret(request.token)
    used = session.exec(
        update(InvitationRow)
        .where(
            col(InvitationRow.hash) == digest,
            col(InvitationRow.used_at).is_(None),
            col(InvitationRow.expires_at) > now,
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:
        raise Rejected("This link has been used, or has ended. Ask for a new one.", code="code_spent")
    invitation = session.get_one(InvitationRow, digest)
    person_id = invitation.person_id or _make_first_owner(session, request)
    person = get_person(session, person_id)
    person.password_hash = password_hash
    session.add(person)
    end_sessions(session, person_id)
    audit.record(
        session, service="identity", actor=f"person:{person_id}", action="person.joined", subject=person_id,
        after={"password": True},
    )  # fmt: skip
    return person_id


def hash_for(request: Redeem) -> str:
    """The hash of the new password, to be made outside of the transaction."""
    return hash_password(request.password)


def _make_first_owner(session: Session, request: Redeem) -> UUID:
    if has_owner(session):
        raise Rejected("This gym has an owner already.", code="has_owner")
    if request.name is None or request.email is None:
        raise InvalidInput("The first owner needs a name and an e-mail address.", field="email")
    new = NewPerson(name=request.name, email=request.email, groups=[Group.OWNER])
    return create_person(session, new, actor="operator")


def _invite(session: Session, person_id: UUID | None) -> str:
    secret, now = new_secret(), transaction_time(session)
    session.add(
        InvitationRow(hash=hash_secret(secret), person_id=person_id, created_at=now, expires_at=now + LINK_LIFE)
    )
    return secret
