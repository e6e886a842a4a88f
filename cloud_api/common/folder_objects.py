"""The object store of the embedded server: a folder, and URLs that this server signs and serves itself."""

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

from cloud_api.common.objects import (
    DOWNLOAD_LIFE,
    PENDING,
    UPLOAD_LIFE,
    ObjectInfo,
    SignedUpload,
    checked,
    is_key,
    too_large,
    unknown,
)
from shared.domain.time import Clock
from shared.errors import Rejected, Unavailable

PATH = "/v1/objects"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the bearer of a signed URL may do until ``expires`` (seconds since 1970). A download has no type and size."""

    method: str
    key: str
    expires: int
    content_type: str = ""
    size: int = 0

    def message(self) -> bytes:
        """What is signed. No part can hold a line break: keys and types are ours."""
        return "\n".join((self.method, self.key, str(self.expires), self.content_type, str(self.size))).encode()


class FolderObjects:
    """Files below ``root``, readable by the server's account only. Each carries the time of the injected clock."""

    def __init__(self, root: Path, *, secret: bytes, clock: Clock) -> None:
        self.root = root
        self._secret = secret
        self._clock = clock

    def sign_upload(self, key: str, *, content_type: str, size: int) -> SignedUpload:
        expires_at = self._clock.now() + UPLOAD_LIFE
        claim = Claim("PUT", checked(key), int(expires_at.timestamp()), content_type, size)
        url = self._url(claim, content_type=content_type, size=size)
        return SignedUpload("PUT", url, {"Content-Type": content_type}, expires_at)

    def sign_download(self, key: str) -> str:
        expires_at = self._clock.now() + DOWNLOAD_LIFE
        return self._url(Claim("GET", checked(key), int(expires_at.timestamp())))

    def verify(self, claim: Claim, signature: str) -> None:
        """Whether this server signed the claim and it has not ended.

        Raises:
            Rejected: ``bad_signature``, for either.
        """
        is_signed = hmac.compare_digest(self._sign(claim).encode(), signature.encode())
        if not is_signed or self._clock.now().timestamp() >= claim.expires:
            raise Rejected("This link is not good, or no longer: ask for another.", code="bad_signature")

    def put(self, key: str, content: bytes) -> None:
        draft = self.open_draft(key)
        try:
            draft.write(content)
            draft.keep()
        finally:
            draft.drop()

    def open_draft(self, key: str) -> "Draft":
        """A file that becomes the object when it is whole."""
        target = self.path_of(key)
        path = self.path_of(f"{PENDING}/{secrets.token_hex(16)}.part")
        with _translated():
            for folder in (path.parent, target.parent):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        return Draft(file, path, target, clock=self._clock)

    def get(self, key: str, *, max_size: int) -> bytes:
        path = self.path_of(key)
        with _translated():
            try:
                with path.open("rb") as file:
                    content = file.read(max_size + 1)
            except FileNotFoundError as error:
                raise unknown(key) from error
        if len(content) > max_size:
            raise too_large(key)
        return content

    def find(self, key: str) -> ObjectInfo | None:
        path = self.path_of(key)
        with _translated():
            try:
                return _info(key, path.stat())
            except FileNotFoundError:
                return None

    def delete(self, key: str) -> None:
        with _translated():
            self.path_of(key).unlink(missing_ok=True)

    def list_objects(self, folder: str, *, older_than: datetime) -> Iterator[ObjectInfo]:
        with _translated():
            entries = list(os.scandir(self.root / folder)) if (self.root / folder).is_dir() else []
        for entry in entries:
            key = f"{folder}/{entry.name}"
            found = self.find(key) if is_key(key) else None
            if found is not None and found.modified_at < older_than:
                yield found

    def path_of(self, key: str) -> Path:
        return self.root / checked(key)

    def _url(self, claim: Claim, **more: str | int) -> str:
        query = urlencode({**more, "expires": claim.expires, "signature": self._sign(claim)})
        return f"{PATH}/{claim.key}?{query}"

    def _sign(self, claim: Claim) -> str:
        digest = hmac.new(self._secret, claim.message(), sha256).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


class Draft:
    """An object that is being written. Call ``drop`` in any case: it removes what was not kept."""

    def __init__(self, file: BinaryIO, path: Path, target: Path, *, clock: Clock) -> None:
        self._file = file
        self._path = path
        self._target = target
        self._clock = clock

    def write(self, chunk: bytes) -> None:
        with _translated():
            self._file.write(chunk)

    def keep(self) -> None:
        """Let it be the object, durably."""
        now_ns = int(self._clock.now().timestamp() * 1e9)
        with _translated():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.utime(self._path, ns=(now_ns, now_ns))
            self._path.replace(self._target)
            _flush_folder(self._target.parent)

    def drop(self) -> None:
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _info(key: str, found: os.stat_result) -> ObjectInfo:
    modified_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=found.st_mtime_ns // 1000)
    return ObjectInfo(key, found.st_size, modified_at)


def _flush_folder(folder: Path) -> None:
    """Make the new name durable, where the system can (Windows does it by itself)."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable("The server's disk is full or cannot be written right now.", retry_after_s=60) from error
