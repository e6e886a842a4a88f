"""Members' photos: sealed under the member's content key, so that losing the key loses every copy (hard case: sealing).

The object store holds nothing but sealed bytes, under random keys that are used once: no two photos share an object, so
the old one's can be removed at once. Whoever may look is served the opened picture by this API.
"""

import secrets
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from cloud_api.common import audit, images, keeping, placement, uploads
from cloud_api.common.cloud import Cloud
from cloud_api.common.principal import Principal
from cloud_api.gym.lookups import get_living_member
from cloud_api.gym.tables import MemberRow, PhotoRow
from shared.contracts.photos import PhotoSize, PhotoView
from shared.errors import Rejected
from shared.passtoken.sealing import seal, unseal

FOLDER = "photos"
_SIZES = tuple(PhotoSize)
_MAX_SEALED = 4 * 1024 * 1024


def set_photo(cloud: Cloud, member_id: UUID, upload: str, *, by: Principal | str) -> PhotoView:
    """Take an uploaded picture in as the member's photo, in place of the one before. Asked again, it changes nothing.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``, ``upload_unknown``.
        InvalidInput: it is no picture that can be taken.
        Unavailable: the store is full or away; nothing was changed, and the upload is still there.
    """
    with cloud.database.reading() as session:
        get_living_member(session, member_id)
        known = session.get(PhotoRow, member_id)
        if known is not None and known.id == uploads.id_of(upload):
            return photo_view(known)
        key = placement.get_content_key(session, cloud.keys, member_id)
    pictures = uploads.read_pictures(cloud.objects, upload, edges=images.PHOTO_EDGES)
    sealed = [
        seal(key, picture.content, about=_about(member_id, size))
        for size, picture in zip(_SIZES, pictures, strict=True)
    ]
    name = secrets.token_hex(16)
    keys = [f"{FOLDER}/{name}-{size.value}" for size in _SIZES]
    uploads.store(cloud.database, cloud.objects, dict(zip(keys, sealed, strict=True)))
    row = PhotoRow(
        member_id=member_id,
        id=uploads.id_of(upload),
        content_type=pictures[0].content_type,
        large_key=keys[0],
        medium_key=keys[1],
        small_key=keys[2],
        taken_at=cloud.clock.now(),
    )
    with cloud.database.transaction() as session:
        keeping.confirm(session, keys)
        old = _replace(session, row, by=by)
    uploads.discard(cloud.objects, upload)
    uploads.remove(cloud.objects, *old)
    return photo_view(row)


def remove_photo(cloud: Cloud, member_id: UUID, *, by: Principal | str) -> None:
    """Remove a member's photo. Where there is none, nothing happens.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``.
    """
    with cloud.database.transaction() as session:
        _lock_living(session, member_id)
        row = session.get(PhotoRow, member_id)
        if row is None:
            return
        session.delete(row)
        _record(session, member_id, "photo_removed", by=by, before=row)
    uploads.remove(cloud.objects, *keys_of(row))


def read_photo(cloud: Cloud, member_id: UUID, size: PhotoSize) -> tuple[bytes, str]:
    """The opened picture and its content type.

    Raises:
        Rejected: ``member_unknown``, ``member_erased``; ``photo_unknown``; ``photo_damaged``: it cannot be opened.
    """
    with cloud.database.reading() as session:
        get_living_member(session, member_id)
        row = session.get(PhotoRow, member_id)
        if row is None:
            raise Rejected("This member has no photo.", code="photo_unknown")
        key = placement.get_content_key(session, cloud.keys, member_id)
    sealed = cloud.objects.get(keys_of(row)[_SIZES.index(size)], max_size=_MAX_SEALED)
    content = unseal(key, sealed, about=_about(member_id, size))
    if content is None:
        raise Rejected("This photo is damaged. Take another one.", code="photo_damaged")
    return content, row.content_type


def carry_over(cloud: Cloud, kept: UUID, other: UUID) -> list[str]:
    """Store the other member's photo once more, sealed for the kept one, where that one has none; under which keys."""
    with cloud.database.reading() as session:
        get_living_member(session, kept)
        row = session.get(PhotoRow, other)
        if row is None or session.get(PhotoRow, kept) is not None:
            return []
        key, old_key = (placement.get_content_key(session, cloud.keys, each) for each in (kept, other))
    sealed = []
    for size, name in zip(_SIZES, keys_of(row), strict=True):
        content = unseal(old_key, cloud.objects.get(name, max_size=_MAX_SEALED), about=_about(other, size))
        if content is None:
            return []
        sealed.append(seal(key, content, about=_about(kept, size)))
    name = secrets.token_hex(16)
    keys = [f"{FOLDER}/{name}-{size.value}" for size in _SIZES]
    uploads.store(cloud.database, cloud.objects, dict(zip(keys, sealed, strict=True)))
    return keys


def take_over(session: Session, kept: UUID, other: UUID, keys: list[str]) -> list[str]:
    """Let the kept member have the photo that was carried over, if there is one; returns the keys that nobody needs."""
    row = session.get(PhotoRow, other)
    if row is None:
        return []
    old = keys_of(row)
    if keys and session.get(PhotoRow, kept) is None:
        keeping.confirm(session, keys)
        names = {"large_key": keys[0], "medium_key": keys[1], "small_key": keys[2]}
        session.add(PhotoRow(**{**row.model_dump(), **names, "member_id": kept}))
    session.delete(row)
    return old


def find_keys(session: Session, member_id: UUID) -> list[str]:
    """Where the member's photo lies, in three sizes; empty without one."""
    row = session.get(PhotoRow, member_id)
    return [] if row is None else keys_of(row)


def forget_photo(session: Session, member_id: UUID) -> None:
    """Forget which photo a member had. Its objects are removed after the commit, or by the sweep."""
    session.exec(delete(PhotoRow).where(col(PhotoRow.member_id) == member_id))


def keys_of(row: PhotoRow) -> list[str]:
    """Large, medium, small."""
    return [row.large_key, row.medium_key, row.small_key]


def photo_view(row: PhotoRow) -> PhotoView:
    return PhotoView(id=row.id, member_id=row.member_id, taken_at=row.taken_at)


def _replace(session: Session, row: PhotoRow, *, by: Principal | str) -> list[str]:
    """Put the row in place of the member's old one; returns the old keys."""
    _lock_living(session, row.member_id)
    old, known = find_keys(session, row.member_id), session.get(PhotoRow, row.member_id)
    _record(session, row.member_id, "photo_set", by=by, before=known, after=row)
    session.merge(row)
    return old


def _record(
    session: Session,
    member_id: UUID,
    what: str,
    *,
    by: Principal | str,
    before: PhotoRow | None,
    after: PhotoRow | None = None,
) -> None:
    """Which picture it was, and is: nobody can open the one before."""
    audit.record(
        session, service="gym", actor=by, action=f"member.{what}", subject=member_id, member_id=member_id,
        before={} if before is None else before.model_dump(include={"id", "taken_at"}),
        after={} if after is None else after.model_dump(include={"id", "taken_at"}),
    )  # fmt: skip


def _lock_living(session: Session, member_id: UUID) -> None:
    """Whoever erases the member meanwhile waits, and then finds what is set here; or was first, and nothing is set."""
    session.get(MemberRow, member_id, with_for_update=True)
    get_living_member(session, member_id)


def _about(member_id: UUID, size: PhotoSize) -> bytes:
    """Binds sealed bytes to their place: nobody's photo opens as another's, nor as a name."""
    return member_id.bytes + b"photo:" + size.value.encode()
