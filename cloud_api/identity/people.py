"""People and their groups. The last Owner stays, whoever asks, and however many ask at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from cloud_api.common import audit
from cloud_api.common.journal import Journal
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.identity.messages import NewPerson, Person, PersonChange
from cloud_api.identity.tables import DeskCardRow, InvitationRow, PersonGroupRow, PersonRow, PinRow, SessionRow
from shared.domain.ids import uuid7
from shared.domain.roles import Group
from shared.errors import InvalidInput, Rejected

Actor = Principal | str
"""Who does it: a principal, or ``operator`` and ``system``, who may do everything."""


def create_person(session: Session, new: NewPerson, *, actor: Actor) -> UUID:
    """Add someone who has no password yet. Asked again with the same id, it is the person that was added.

    Raises:
        InvalidInput: the e-mail address is taken.
        Rejected: ``forbidden`` when someone but an Owner makes an Owner; ``id_taken`` by somebody else.
    """
    _only_owners_make_owners(actor, new.groups)
    known = None if new.id is None else session.get(PersonRow, new.id)
    if known is not None:
        return _same_person(session, known, new)
    if session.exec(select(PersonRow.id).where(PersonRow.email == new.email)).first():
        raise InvalidInput("Someone with this e-mail address is there already.", field="email")
    now = transaction_time(session)
    person_id = new.id or uuid7(int(now.timestamp() * 1000))
    person = PersonRow(id=person_id, email=new.email, name=new.name, created_at=now)
    session.add(person)
    session.flush()
    _set_groups(session, person.id, new.groups)
    _record(
        session,
        actor,
        "person.created",
        person.id,
        after={"name": new.name, "email": new.email, "groups": set(new.groups)},
    )
    return person.id


def _same_person(session: Session, known: PersonRow, new: NewPerson) -> UUID:
    same = (known.email, known.name, groups_of(session, known.id)) == (new.email, new.name, frozenset(new.groups))
    if not same:
        raise Rejected("This id is another person's.", code="id_taken")
    return known.id


def change_person(session: Session, person_id: UUID, change: PersonChange, *, actor: Actor, journal: Journal) -> None:
    """Change name, groups or whether someone may sign in. Disabling ends all sign-ins of theirs.

    Raises:
        Rejected: ``person_unknown``, ``forbidden`` (an Owner is changed by Owners only), ``last_owner``.
    """
    owners = _locked_owners(session)
    person = get_person(session, person_id)
    old = groups_of(session, person_id)
    _only_owners_make_owners(actor, old | set(change.groups or ()))
    enabled = person.enabled if change.enabled is None else change.enabled
    groups = old if change.groups is None else frozenset(change.groups)
    if not enabled or Group.OWNER not in groups:
        _keep_an_owner(owners, person_id)
    before = {"name": person.name, "groups": old, "enabled": person.enabled}
    person.name, person.enabled = change.name or person.name, enabled
    session.add(person)
    if groups != old:
        _set_groups(session, person_id, groups)
    if not enabled:
        end_sessions(session, person_id)
    if enabled != before["enabled"]:
        journal.append("person_unlocked" if enabled else "person_locked", person_id, transaction_time(session))
    after = {"name": person.name, "groups": groups, "enabled": enabled}
    _record(session, actor, "person.changed", person_id, before=before, after=after)


def remove_person(session: Session, person_id: UUID, *, actor: Actor, journal: Journal) -> None:
    """Take someone out for good. What they did stays in the audit log, by id.

    Raises:
        Rejected: ``person_unknown``, ``forbidden``, ``last_owner``.
    """
    owners = _locked_owners(session)
    person = get_person(session, person_id)
    groups = groups_of(session, person_id)
    _only_owners_make_owners(actor, groups)
    _keep_an_owner(owners, person_id)
    before = {"name": person.name, "email": person.email, "groups": groups, "enabled": person.enabled}
    for table in (PersonGroupRow, SessionRow, InvitationRow, PinRow, DeskCardRow):
        session.execute(delete(table).where(col(table.person_id) == person_id))
    session.delete(person)
    journal.append("person_locked", person_id, transaction_time(session))
    _record(session, actor, "person.removed", person_id, before=before)


def sign_out_everywhere(session: Session, person_id: UUID, *, actor: Actor) -> None:
    """End all sign-ins of someone, such as after a PC was stolen. The password stays.

    Raises:
        Rejected: ``person_unknown``, ``forbidden`` (an Owner is signed out by Owners only).
    """
    get_person(session, person_id)
    _only_owners_make_owners(actor, groups_of(session, person_id))
    ended = end_sessions(session, person_id)
    _record(session, actor, "person.signed_out", person_id, after={"sign_ins_ended": ended})


def get_person(session: Session, person_id: UUID) -> PersonRow:
    person = session.get(PersonRow, person_id)
    if person is None:
        raise Rejected("There is no such person.", code="person_unknown")
    return person


def read_person(session: Session, person_id: UUID) -> Person:
    return _described(get_person(session, person_id), groups_of(session, person_id))


def list_people(session: Session) -> list[Person]:
    """Everybody, by name."""
    groups: dict[UUID, set[Group]] = {}
    for row in session.exec(select(PersonGroupRow)):
        groups.setdefault(row.person_id, set()).add(Group(row.group))
    people = session.exec(select(PersonRow).order_by(col(PersonRow.name), col(PersonRow.id)))
    return [_described(person, groups.get(person.id, set())) for person in people]


def groups_of(session: Session, person_id: UUID) -> frozenset[Group]:
    rows = session.exec(select(PersonGroupRow.group).where(PersonGroupRow.person_id == person_id))
    return frozenset(Group(name) for name in rows)


def end_sessions(session: Session, person_id: UUID) -> int:
    """Sign someone out everywhere, at once; how many sign-ins that ended."""
    ended = session.connection().execute(
        update(SessionRow)
        .where(col(SessionRow.person_id) == person_id, col(SessionRow.ended_at).is_(None))
        .values(ended_at=transaction_time(session))
    )
    return ended.rowcount


def replay_lock(session: Session, person_id: UUID, _at: datetime) -> None:
    """After a restore: someone who was locked out or removed since the backup stays out."""
    _replay(session, person_id, enabled=False)


def replay_unlock(session: Session, person_id: UUID, _at: datetime) -> None:
    """After a restore: someone who was let in again since they were locked out."""
    _replay(session, person_id, enabled=True)


def _replay(session: Session, person_id: UUID, *, enabled: bool) -> None:
    person = session.get(PersonRow, person_id)
    if person is not None and person.enabled != enabled:
        person.enabled = enabled
        session.add(person)
        _record(
            session, "restore", "person.changed", person_id, before={"enabled": not enabled}, after={"enabled": enabled}
        )


def end_all_sessions(session: Session) -> None:
    """After a restore: nobody who signed out since the backup is signed in again."""
    session.execute(update(SessionRow).values(ended_at=transaction_time(session)))
    session.execute(delete(InvitationRow))


def has_owner(session: Session) -> bool:
    return bool(session.exec(select(PersonGroupRow.person_id).where(PersonGroupRow.group == Group.OWNER.value)).first())


def _locked_owners(session: Session) -> set[UUID]:
    """The Owners who may sign in, locked until the commit, so that two requests cannot each remove one of the last two."""
    rows = session.exec(
        select(PersonGroupRow.person_id, PersonRow.enabled)
        .join(PersonRow, col(PersonRow.id) == col(PersonGroupRow.person_id))
        .where(PersonGroupRow.group == Group.OWNER.value)
        .with_for_update()
    )
    return {person_id for person_id, enabled in rows if enabled}


def _keep_an_owner(owners: set[UUID], person_id: UUID) -> None:
    if owners == {person_id}:
        raise Rejected("This is the last owner; make someone else an owner first.", code="last_owner")


def _only_owners_make_owners(actor: Actor, groups: Iterable[Group]) -> None:
    if isinstance(actor, Principal) and Group.OWNER in groups and not actor.is_in(Group.OWNER):
        raise Rejected("Only an owner may do this to an owner.", code="forbidden")


def _set_groups(session: Session, person_id: UUID, groups: Iterable[Group]) -> None:
    session.execute(delete(PersonGroupRow).where(col(PersonGroupRow.person_id) == person_id))
    session.add_all(PersonGroupRow(person_id=person_id, group=group.value) for group in set(groups))


def _described(person: PersonRow, groups: Iterable[Group]) -> Person:
    return Person(
        id=person.id,
        name=person.name,
        email=person.email,
        groups=sorted(groups, key=lambda group: group.value),
        enabled=person.enabled,
        invited=person.password_hash is None,
        member_id=person.member_id,
        created_at=person.created_at,
    )


def _record(
    session: Session,
    actor: Actor,
    action: str,
    person_id: UUID,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Who a person is stays out of the log: the account says it, for as long as there is one."""
    audit.record(
        session,
        service="identity",
        actor=actor,
        action=action,
        subject=person_id,
        before=before,
        after=after,
        unsaid={"name", "email"},
    )
