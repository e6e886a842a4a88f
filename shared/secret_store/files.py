"""Secrets as files (0600) in a folder of their own (0700), outside the data folder.

Protects against copies and backups of the data folder, not against someone with root on this machine.
"""

import os
import stat
import tempfile
from pathlib import Path

from shared.disk import sync_folder
from shared.errors import InvalidInput, Unavailable
from shared.secret_store.port import checked_name

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_POSIX = os.name == "posix"


class FileSecrets:
    """A :class:`SecretStore` in a folder. Refuses a folder or a file that others could open."""

    kind = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str) -> bytes | None:
        path = self._path(name)
        try:
            self._check_folder()
            with path.open("rb") as file:
                _refuse_wider(path, os.fstat(file.fileno()))
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"The secret store {self._folder} cannot be read: {error}") from error

    def put(self, name: str, secret: bytes) -> None:
        path = self._path(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._check_folder()
            self._replace(path, secret)
        except OSError as error:
            raise Unavailable(f"The secret store {self._folder} cannot be written: {error}") from error

    def delete(self, name: str) -> None:
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(f"The secret store {self._folder} cannot be written: {error}") from error

    def _path(self, name: str) -> Path:
        return self._folder / checked_name(name)

    def _check_folder(self) -> None:
        _refuse_wider(self._folder, self._folder.stat())

    def _replace(self, path: Path, secret: bytes) -> None:
        """Write aside, put it on the disk, rename. ``mkstemp`` makes the file 0600 from the start."""
        descriptor, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secret)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(self._folder)


def _refuse_wider(path: Path, facts: os.stat_result) -> None:
    """Only the user who runs the program may open it. Windows keeps no such modes."""
    if not _POSIX:
        return
    if facts.st_mode & _OTHERS or facts.st_uid != os.geteuid():
        mode = stat.S_IMODE(facts.st_mode)
        raise InvalidInput(f"{path} holds secrets and can be opened by others (mode {mode:04o}, user {facts.st_uid}).")
