"""Signing in and out: an access token for 15 minutes, and a refresh token that changes with every use."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Table, update
from sqlmodel import Session, SQLModel, col, select

from cloud_api.common import audit
from cloud_api.common.portions import delete_some
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.common.tokens import TOKEN_LIFE, Tokens
from cloud_api.identity.messages import SignedIn
from cloud_api.identity.passwords import hash_secret, is_password, new_secret
from cloud_api.identity.people import end_sessions, get_person, groups_of
from cloud_api.identity.tables import InvitationRow, PersonRow, SessionRow
from shared.domain.ids import uuid7
from shared.errors import Rejected

_SESSIONS: Table = SQLModel.metadata.tables["identity_session"]
_INVITATIONS: Table = SQLModel.metadata.tables["identity_invitation"]

SESSION_LIFE = timedelta(days=30)
LOST_ANSWER = timedelta(seconds=60)
"""A refresh token counts this long after it was replaced: the answer with the new one may have been lost."""


def check_password(session: Session, *, email: str, password: str) -> UUID:
    """Who signs in. Takes as long for an unknown address as for a wrong password.

    Raises:
        Rejected: ``wrong_credentials``, also for someone who may not sign in.
    """
    person = session.exec(select(PersonRow).where(PersonRow.email == email.strip().lower())).first()
    right = is_password(None if person is None else person.password_hash, password)
    if person is None or not right or not person.enabled:
        raise Rejected("The e-mail address or the password is not right.", code="wrong_credentials")
    return person.id


def open_session(session: Session, person_id: UUID, *, tokens: Tokens, desk: str | None = None) -> SignedIn:
    """Start a sign-in for someone whose password was checked, at what calls itself ``desk``."""
    now, secret = transaction_time(session), new_secret()
    row = SessionRow(
        id=uuid7(int(now.timestamp() * 1000)),
        person_id=person_id,
        desk=desk,
        refresh_hash=hash_secret(secret),
        created_at=now,
        rotated_at=now,
        expires_at=now + SESSION_LIFE,
    )
    session.add(row)
    return _signed_in(session, row, secret, tokens)


def refresh(session: Session, refresh_token: str, *, tokens: Tokens) -> SignedIn | None:
    """The next pair of tokens; None when the token was used before, in which case the session is ended here.

    Raises:
        Rejected: ``not_signed_in``: unknown, ended or too old.
    """
    now, digest = transaction_time(session), hash_secret(refresh_token)
    row = session.exec(
        select(SessionRow)
        .where((SessionRow.refresh_hash == digest) | (SessionRow.previous_hash == digest))
        .with_for_update()
    ).first()
    if row is None or row.ended_at is not None or row.expires_at <= now:
        raise Rejected("Please sign in again.", code="not_signed_in")
    if row.refresh_hash != digest and now - row.rotated_at > LOST_ANSWER:
        row.ended_at = now
        session.add(row)
        return None
    secret = new_secret()
    row.previous_hash, row.refresh_hash, row.rotated_at = digest, hash_secret(secret), now
    session.add(row)
    return _signed_in(session, row, secret, tokens)


def close_session(session: Session, refresh_token: str) -> None:
    """Sign out: the refresh token and every access token of this sign-in stop counting. An unknown one is no error."""
    digest = hash_secret(refresh_token)
    session.execute(
        update(SessionRow)
        .where(
            (col(SessionRow.refresh_hash) == digest) | (col(SessionRow.previous_hash) == digest),
            col(SessionRow.ended_at).is_(None),
        )
        .values(ended_at=transaction_time(session))
    )


def prune_sessions(session: Session, *, older_than: datetime) -> int:
    """Forget a portion of the sign-ins and links that ended before an instant; how many."""
    ended = (col(SessionRow.expires_at) < older_than) | (col(SessionRow.ended_at) < older_than)
    links = delete_some(session, _INVITATIONS, col(InvitationRow.expires_at) < older_than)
    return links + delete_some(session, _SESSIONS, ended)


def check_current_password(session: Session, person_id: UUID, password: str) -> None:
    """Make sure that it is the owner of the account who changes the password.

    Raises:
        Rejected: ``wrong_credentials``.
    """
    if not is_password(get_person(session, person_id).password_hash, password):
        raise Rejected("The current password is not right.", code="wrong_credentials")


def set_password(session: Session, person_id: UUID, password_hash: str, *, by: Principal | None = None) -> None:
    """Set another password and sign out everywhere. The hash is made before the transaction: it takes its time.

    ``by`` is the person, as the gate let them through.
    """
    person = get_person(session, person_id)
    person.password_hash = password_hash
    session.add(person)
    end_sessions(session, person_id)
    audit.record(
        session,
        service="identity",
        actor=by or f"person:{person_id}",
        action="person.password_set",
        subject=person_id,
        after={"password": True},
    )


def _signed_in(session: Session, row: SessionRow, secret: str, tokens: Tokens) -> SignedIn:
    groups = sorted(group.value for group in groups_of(session, row.person_id))
    access = tokens.issue(subject=str(row.person_id), groups=groups, extra={"custom:session_id": str(row.id)})
    return SignedIn(access_token=access, refresh_token=secret, expires_in_s=int(TOKEN_LIFE.total_seconds()))
