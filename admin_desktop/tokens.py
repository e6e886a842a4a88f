"""Where this PC keeps a sign-in: the system's keyring, or a file that only its user can read."""

import os
from pathlib import Path

import keyring
from keyring.errors import KeyringError

from admin_desktop.desk import TokenStore
from shared.errors import Unavailable

_SERVICE = "fit-monitor-desk"
_REAL = ("SecretService", "kwallet", "macOS", "Windows")
"""Keyrings of systems; the others are plain files or nothing."""


class KeyringTokens:
    """In the keyring, under the address of the gym."""

    kind = "keyring"

    def __init__(self, name: str) -> None:
        self._name = name

    def find(self) -> str | None:
        try:
            return keyring.get_password(_SERVICE, self._name)
        except (KeyringError, OSError):
            return None

    def keep(self, token: str | None) -> None:
        try:
            if token is not None:
                keyring.set_password(_SERVICE, self._name, token)
            elif self.find() is not None:
                keyring.delete_password(_SERVICE, self._name)
        except (KeyringError, OSError) as error:
            raise Unavailable("The keyring does not answer.") from error


class FileTokens:
    """In a file of mode 0600: protects from other users of the PC, not from whoever takes the disk."""

    kind = "file"

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self) -> str | None:
        try:
            return self._path.read_text(encoding="ascii").strip() or None
        except (OSError, ValueError):
            return None

    def keep(self, token: str | None) -> None:
        try:
            if token is None:
                self._path.unlink(missing_ok=True)
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".new")
            file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "w", encoding="ascii") as writing:
                writing.write(token)
            draft.replace(self._path)
        except OSError as error:
            raise Unavailable(f"The sign-in cannot be kept: {error.strerror}.") from error


def choose_tokens(base_url: str, folder: Path) -> TokenStore:
    """The system's keyring where there is one that protects something, else a file in ``folder``."""
    backend = type(keyring.get_keyring()).__module__
    if any(name in backend for name in _REAL):
        return KeyringTokens(base_url)
    return FileTokens(folder / "sign-in")
