"""From a ticket to stored pictures: what a client sent by itself is looked at and put under the keys of its content.

No row remembers a ticket. Its name says what was asked for, and only what this server signed can lie under it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from cloud_api.common import images, keeping
from cloud_api.common.database import Database
from cloud_api.common.objects import Objects, content_type_of, new_upload, pending_key
from shared.contracts.uploads import ImageUploadRequest, UploadTicket
from shared.errors import InvalidInput, Rejected, Unavailable


def offer(objects: Objects, request: ImageUploadRequest) -> UploadTicket:
    """A ticket for one picture."""
    content_type = request.content_type.value
    upload = new_upload(content_type, request.size)
    signed = objects.sign_upload(pending_key(upload), content_type=content_type, size=request.size)
    return UploadTicket(
        upload=upload,
        method=signed.method,
        url=signed.url,
        headers=dict(signed.headers),
        expires_at=signed.expires_at,
    )


def id_of(upload: str) -> UUID:
    """What becomes of an upload has this id, so that taking it in twice makes one thing."""
    return UUID(upload.partition("-")[0])


def read_pictures(objects: Objects, upload: str, *, edges: Sequence[int]) -> list[images.Picture]:
    """The picture that was uploaded, at each of ``edges``. One that is not fit is thrown away.

    Raises:
        Rejected: ``upload_unknown``: nothing was sent, or it was taken in already.
        InvalidInput: other bytes than announced, or no picture.
    """
    key = pending_key(upload)
    size = int(upload.partition("-")[2].partition(".")[0])
    try:
        content = _fetch(objects, key, size)
        return images.take_in(content, announced=content_type_of(key), edges=edges)
    except InvalidInput:
        discard(objects, upload)
        raise


def store(database: Database, objects: Objects, contents: Mapping[str, bytes]) -> None:
    """Put objects, by key, for a transaction that follows and confirms the hold on them."""
    with database.transaction() as session:
        keeping.hold(session, contents)
    for key, content in contents.items():
        objects.put(key, content)


def discard(objects: Objects, *uploads: str) -> None:
    """Remove what was uploaded. When the store is away, the sweep does it later."""
    remove(objects, *map(pending_key, uploads))


def remove(objects: Objects, *keys: str) -> None:
    """Remove objects that nothing refers to any more; the sweep does it later when the store is away."""
    with suppress(Unavailable):
        for key in keys:
            objects.delete(key)


def _fetch(objects: Objects, key: str, size: int) -> bytes:
    if size > images.MAX_BYTES:
        raise InvalidInput("A picture may have 10 MiB at the most.", field="upload")
    try:
        content = objects.get(key, max_size=size)
    except Rejected as error:
        if error.code == "object_too_large":
            raise _wrong_size(size) from error
        raise Rejected(
            "Nothing was uploaded with this ticket, or it was taken in already.", code="upload_unknown"
        ) from error
    if len(content) != size:
        raise _wrong_size(size)
    return content


def _wrong_size(size: int) -> InvalidInput:
    return InvalidInput(f"The upload was announced with {size} bytes; others came.", field="upload")
