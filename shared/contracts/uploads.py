"""Sending a file by itself: ask for a ticket, send the bytes where it says, then say that they are there."""

from enum import Enum
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.contracts.base import Instant, Message

MAX_IMAGE_BYTES = 10 * 1024 * 1024


class ImageType(Enum):
    """What a picture may be sent as. What is kept of it is written anew, as JPEG or WebP."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


class ImageUploadRequest(Message):
    """A picture to come: its type and its size in bytes, at most 10 MiB."""

    content_type: ImageType
    size: Annotated[int, Field(ge=1, le=MAX_IMAGE_BYTES)]


class UploadTicket(Message):
    """Where to send the bytes: one request with this ``method`` and these ``headers``, before ``expires_at``.

    ``url`` is absolute, or a path on the server that answered. ``upload`` names it when the bytes are there.
    """

    upload: str
    method: str
    url: str
    headers: dict[str, str]
    expires_at: Instant


UploadName = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}-[1-9][0-9]{0,8}\.(jpg|png|webp)$")]


class UploadedImage(Message):
    """The bytes of a ticket have been sent: take the picture in. Asked again, it is not taken in twice."""

    upload: UploadName
