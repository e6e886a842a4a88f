"""Where in the roster a member stands: in full at the own sites, elsewhere as "other site" and nothing else.

``gym`` says which sites know a member, ``qr`` which passes there are; whichever comes second finds what the first one
left here, in the same transaction. A member's content key is kept here too, sealed, because ``qr`` wraps it for every
pass; it is lost for good when the member is erased (hard cases: the roster, sealing, erased members).

Whoever changes a member's sites or passes holds the member's place until the transaction ends: of a sale and a revocation
at once, the second sees the first. The sites are held before a place is (``roster.hold_sites``).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Table, delete, insert
from sqlmodel import Session, SQLModel, col, func, select

from cloud_api.common import roster
from cloud_api.common.keys import Keys
from cloud_api.common.tables import CredentialPlace, MemberPlace
from shared.contracts.roster import CredentialBody, RowKind
from shared.domain.passes import PassKind, PassStatus
from shared.errors import Rejected
from shared.passtoken.sealing import new_content_key, seal, unseal

_CHUNK = 500
_PLACES: Table = SQLModel.metadata.tables[str(MemberPlace.__tablename__)]
_CREDENTIALS: Table = SQLModel.metadata.tables[str(CredentialPlace.__tablename__)]


def admit_member(session: Session, keys: Keys, member_id: UUID) -> bytes:
    """Mint the content key of a new member (16 bytes). No site knows the member yet."""
    roster.hold_sites(session)
    content_key = new_content_key()
    session.add(MemberPlace(member_id=member_id, sealed_key=seal(keys.master_key, content_key, about=member_id.bytes)))
    session.flush()
    return content_key


def get_content_key(session: Session, keys: Keys, member_id: UUID) -> bytes:
    """The content key of a living member.

    Raises:
        Rejected: ``member_unknown``, also for an erased one.
    """
    return get_content_keys(session, keys, [member_id])[member_id]


def get_content_keys(session: Session, keys: Keys, member_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The content keys of living members.

    Raises:
        Rejected: ``member_unknown``, also for an erased one.
    """
    places = session.exec(select(MemberPlace).where(col(MemberPlace.member_id).in_(member_ids))).all()
    if len(places) < len(member_ids):
        raise Rejected("There is no such member.", code="member_unknown")
    return {place.member_id: _open(keys, place) for place in places}


def living_members(session: Session, member_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the ids that are members and not erased."""
    wanted = col(MemberPlace.member_id).in_(list(member_ids))
    return set(session.exec(select(MemberPlace.member_id).where(wanted)))


def holders(session: Session, member_ids: Collection[UUID], *, but: Collection[PassKind]) -> set[UUID]:
    """Those of the members who have a pass, ``but`` for passes of these kinds."""
    wanted = select(CredentialPlace.member_id).where(
        col(CredentialPlace.member_id).in_(member_ids),
        col(CredentialPlace.kind).not_in([kind.value for kind in but]),
    )
    return {member_id for member_id in session.exec(wanted) if member_id is not None}


def count_living(session: Session) -> int:
    """How many members there are that are not erased."""
    return session.exec(select(func.count()).select_from(MemberPlace)).one()


def place_member(session: Session, member_id: UUID, bodies: Mapping[UUID, str]) -> None:
    """Let exactly the sites in ``bodies`` (JSON text of a MemberBody each) know the member, and all others not.

    Where a site begins or ceases to know the member, the member's passes change with it.
    """
    roster.hold_sites(session)
    place = session.get_one(MemberPlace, member_id, with_for_update=True)
    before, now = _sites_of(place), set(bodies)
    for site_id, body in bodies.items():
        roster.put(session, site_id=site_id, kind=RowKind.MEMBER, key=str(member_id), body=body)
    for site_id in before - now:
        roster.remove(session, site_id=site_id, kind=RowKind.MEMBER, key=str(member_id))
    if now != before:
        place.site_ids = _site_list(now)
        session.add(place)
        session.flush()
        for credential in _credentials_of(session, member_id):
            _put_credential(session, credential, known_at=now, sites=before ^ now)


def erase_member(session: Session, member_id: UUID) -> None:
    """Take the member and all passes out of every roster, and lose the content key."""
    session.get_one(MemberPlace, member_id)
    erase_members(session, [member_id])


def erase_members(session: Session, member_ids: Sequence[UUID]) -> None:
    """The same of many."""
    sites = roster.list_sites(session)
    held = select(MemberPlace).where(col(MemberPlace.member_id).in_(member_ids)).order_by(col(MemberPlace.member_id))
    for place in session.exec(held.with_for_update().execution_options(populate_existing=True)).all():
        for site_id in _sites_of(place):
            roster.remove(session, site_id=site_id, kind=RowKind.MEMBER, key=str(place.member_id))
        session.delete(place)
    lookups = session.exec(select(CredentialPlace.lookup).where(col(CredentialPlace.member_id).in_(member_ids))).all()
    for site_id in sites:
        for lookup in lookups:
            roster.remove(session, site_id=site_id, kind=RowKind.CREDENTIAL, key=lookup.hex())
    session.exec(delete(CredentialPlace).where(col(CredentialPlace.lookup).in_(lookups)))
    session.flush()


def merge_members(session: Session, *, kept: UUID, other: UUID) -> None:
    """Let the kept member have the other one's passes; the other is known nowhere any more, and its key is lost.

    The passes were wrapped around that key: from now on they open the door, and no name.
    """
    roster.hold_sites(session)
    places = {each: session.get_one(MemberPlace, each, with_for_update=True) for each in sorted((kept, other))}
    sites, known_at = roster.list_sites(session), _sites_of(places[kept])
    for credential in _credentials_of(session, other):
        body = CredentialBody.model_validate_json(credential.body)
        credential.body = body.model_copy(update={"member_id": kept, "wrapped_key": None}).model_dump_json()
        credential.member_id = kept
        session.add(credential)
        _put_credential(session, credential, known_at=known_at, sites=sites)
    for site_id in _sites_of(places[other]):
        roster.remove(session, site_id=site_id, kind=RowKind.MEMBER, key=str(other))
    session.delete(places[other])
    session.flush()


def place_credential(session: Session, lookup: bytes, body: CredentialBody) -> None:
    """Put a pass into the rosters: ``body`` where its member is known, "other site" elsewhere.

    A body without a member (a revoked voucher) goes to every site as it is.

    Raises:
        Rejected: ``member_unknown``: the member was erased.
    """
    sites = roster.list_sites(session)
    place = None if body.member_id is None else session.get(MemberPlace, body.member_id, with_for_update=True)
    if body.member_id is not None and place is None:
        raise Rejected("There is no such member.", code="member_unknown")
    credential = session.get(CredentialPlace, lookup) or CredentialPlace(lookup=lookup, kind="", body="")
    credential.member_id, credential.kind = body.member_id, body.kind.value
    credential.body = body.model_dump_json()
    session.add(credential)
    session.flush()
    known_at = set() if place is None else _sites_of(place)
    _put_credential(session, credential, known_at=known_at, sites=sites)


def remove_credential(session: Session, lookup: bytes) -> None:
    """Take a pass out of every roster."""
    sites = roster.list_sites(session)
    session.exec(delete(CredentialPlace).where(col(CredentialPlace.lookup) == lookup))
    for site_id in sites:
        roster.remove(session, site_id=site_id, kind=RowKind.CREDENTIAL, key=lookup.hex())


def admit_many(session: Session, keys: Keys, sites: Mapping[UUID, Collection[UUID]]) -> dict[UUID, bytes]:
    """Mint the content keys of many new members at once. Their rows at these sites follow by :func:`tell_of_many`."""
    roster.hold_sites(session)
    content_keys = {member_id: new_content_key() for member_id in sites}
    rows = [
        {
            "member_id": member_id,
            "sealed_key": seal(keys.master_key, content_keys[member_id], about=member_id.bytes),
            "site_ids": _site_list(sites[member_id]),
        }
        for member_id in sites
    ]
    session.execute(insert(_PLACES), rows)
    return content_keys


def tell_of_many(session: Session, bodies: Mapping[UUID, Mapping[UUID, str]]) -> None:
    """Write the first roster rows of many new members: by member, the body at each of the own sites."""
    for member_id, at_sites in bodies.items():
        for site_id, body in at_sites.items():
            roster.put(session, site_id=site_id, kind=RowKind.MEMBER, key=str(member_id), body=body)


def place_many(session: Session, credentials: Mapping[bytes, CredentialBody]) -> None:
    """Put many new passes of members into the rosters, as :func:`place_credential` does one."""
    sites = roster.list_sites(session)
    wanted = {body.member_id for body in credentials.values()}
    held = select(MemberPlace).where(col(MemberPlace.member_id).in_(wanted)).order_by(col(MemberPlace.member_id))
    places = session.exec(held.with_for_update())
    known_at = {place.member_id: _sites_of(place) for place in places}
    rows = [
        CredentialPlace(lookup=lookup, member_id=body.member_id, kind=body.kind.value, body=body.model_dump_json())
        for lookup, body in credentials.items()
    ]
    session.execute(insert(_CREDENTIALS), [row.model_dump() for row in rows])
    for row in rows:
        _put_credential(session, row, known_at=known_at[row.member_id] if row.member_id else set(), sites=sites)


def place_at_new_site(
    session: Session, keys: Keys, site_id: UUID, members: Sequence[UUID], body_of: Callable[[UUID, bytes], str]
) -> None:
    """Let a site that is being opened know these members too. Their passes follow by :func:`fill_site`.

    ``body_of`` makes the JSON text of a MemberBody from the member's id and content key. Nobody else changes a place
    meanwhile: opening a site excludes that (``roster.open_site``).
    """
    for start in range(0, len(members), _CHUNK):
        wanted = col(MemberPlace.member_id).in_(members[start : start + _CHUNK])
        for place in session.exec(select(MemberPlace).where(wanted)).all():
            body, key = body_of(place.member_id, _open(keys, place)), str(place.member_id)
            roster.put(session, site_id=site_id, kind=RowKind.MEMBER, key=key, body=body)
            place.site_ids = _site_list({*_sites_of(place), site_id})
            session.add(place)


def fill_site(session: Session, site_id: UUID) -> None:
    """Tell a new site of every pass there is. Its members come from ``gym``. No pass changes meanwhile."""
    held = select(MemberPlace).order_by(col(MemberPlace.member_id)).with_for_update()
    at_home = {place.member_id for place in session.exec(held) if site_id in _sites_of(place)}
    for credential in session.exec(select(CredentialPlace)):
        known_at = {site_id} if credential.member_id in at_home else set()
        _put_credential(session, credential, known_at=known_at, sites=[site_id])


def other_site_body(kind: str) -> str:
    """All that a site is told of a pass whose member it does not know."""
    body = CredentialBody(
        kind=PassKind(kind),
        status=PassStatus.ACTIVE,
        member_id=None,
        other_site=True,
        algorithm=None,
        public_key=None,
        wrapped_key=None,
    )
    return body.model_dump_json()


def _open(keys: Keys, place: MemberPlace) -> bytes:
    content_key = unseal(keys.master_key, place.sealed_key, about=place.member_id.bytes)
    if content_key is None:
        message = "the master key does not open a member's key: secrets and database are not of one gym"
        raise RuntimeError(message)
    return content_key


def _site_list(site_ids: Iterable[UUID]) -> str:
    return json.dumps(sorted(str(site_id) for site_id in site_ids))


def _sites_of(place: MemberPlace) -> set[UUID]:
    return {UUID(text) for text in json.loads(place.site_ids)}


def _credentials_of(session: Session, member_id: UUID) -> list[CredentialPlace]:
    return list(session.exec(select(CredentialPlace).where(CredentialPlace.member_id == member_id)))


def _put_credential(
    session: Session, credential: CredentialPlace, *, known_at: set[UUID], sites: Iterable[UUID]
) -> None:
    for site_id in sites:
        known = credential.member_id is None or site_id in known_at
        body = credential.body if known else other_site_body(credential.kind)
        roster.put(session, site_id=site_id, kind=RowKind.CREDENTIAL, key=credential.lookup.hex(), body=body)
