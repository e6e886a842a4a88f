"""The port to the object store: pictures, documents and whatever else is no row, under keys that we make ourselves.

A key is ``folder/name`` (``images/<sha256>.jpg``), never text of a user's. What is ``pending/`` was uploaded and not
taken in yet. The adapters are a folder of the server (:mod:`folder_objects`) and S3 (:mod:`s3_objects`).
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from shared.errors import InvalidInput, Rejected

PENDING = "pending"
UPLOAD_LIFE = timedelta(minutes=15)
DOWNLOAD_LIFE = timedelta(minutes=15)
"""How long a signed URL is good."""

_KEY = re.compile(r"[a-z][a-z0-9]{0,31}/[a-z0-9][a-z0-9-]{0,79}(\.[a-z0-9]{1,8})?")
_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}
_ENDINGS = {content_type: ending for ending, content_type in _TYPES.items()}


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """What a client needs to send one object by itself: exactly these bytes' size and type, until ``expires_at``.

    ``url`` is absolute, or a path on the server that gave it; ``headers`` must be sent as they are.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(hash=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """``size`` in bytes; ``modified_at`` when it was written last, aware UTC."""

    key: str
    size: int
    modified_at: datetime


class Objects(Protocol):
    """Where objects lie. Thread-safe. A put is whole or not at all, and replaces what was under the key.

    Every method may raise ``Unavailable`` (the disk is full, the store cannot be reached: try again) and
    ``InvalidInput`` for a key that is none of ours.
    """

    def sign_upload(self, key: str, *, content_type: str, size: int) -> SignedUpload:
        """Let a client put exactly ``size`` bytes of ``content_type`` under a key, within :data:`UPLOAD_LIFE`."""

    def sign_download(self, key: str) -> str:
        """A URL (absolute, or a path on this server) that gives the object to whoever has it, for a while."""

    def put(self, key: str, content: bytes) -> None:
        """Write an object."""

    def get(self, key: str, *, max_size: int) -> bytes:
        """Read an object of at most ``max_size`` bytes.

        Raises:
            Rejected: ``object_unknown``; ``object_too_large``.
        """

    def find(self, key: str) -> ObjectInfo | None:
        """What is known of an object; None when it is not there."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""

    def list_objects(self, folder: str, *, older_than: datetime) -> Iterator[ObjectInfo]:
        """The objects of a folder that were written before an instant, in no order."""


def checked(key: str) -> str:
    """The key, if it is one of ours.

    Raises:
        InvalidInput: it could lead out of the store, or is none that we would make.
    """
    if not is_key(key):
        raise InvalidInput("This is not the key of an object.", field="key")
    return key


def is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


def content_key(folder: str, content: bytes, content_type: str = "") -> str:
    """The key that names this content: the same bytes are kept once."""
    return f"{folder}/{hashlib.sha256(content).hexdigest()}{_dotted(content_type)}"


def new_upload(content_type: str, size: int) -> str:
    """The name of an upload to come: random, and it tells what was asked for. Its key is :func:`pending_key`."""
    return f"{secrets.token_hex(16)}-{size}{_dotted(content_type)}"


def pending_key(upload: str) -> str:
    return f"{PENDING}/{upload}"


def content_type_of(key: str) -> str:
    """By the ending of the key; what has none we know is just bytes."""
    return _TYPES.get(key.rpartition(".")[2], "application/octet-stream")


def unknown(key: str) -> Rejected:
    """What adapters raise for an object that is not there."""
    return Rejected(f"There is no object {key}.", code="object_unknown")


def too_large(key: str) -> Rejected:
    return Rejected(f"The object {key} is larger than it may be.", code="object_too_large")


def _dotted(content_type: str) -> str:
    return f".{_ENDINGS[content_type]}" if content_type else ""
