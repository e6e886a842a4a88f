"""Secrets that systemd decrypted for the service (``LoadCredentialEncrypted=``): read only."""

from pathlib import Path

from shared.errors import Unavailable
from shared.secret_store.port import checked_name, read_only

PREFIX = "fit-kiosk-"
"""Of the credentials' names in the unit."""


class SystemdSecrets:
    """A :class:`SecretStore` on ``$CREDENTIALS_DIRECTORY``. To change one, run the enrolment as root and edit the unit."""

    kind = "systemd"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str) -> bytes | None:
        path = self._folder / (PREFIX + checked_name(name))
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"The credential {path.name} cannot be read: {error}") from error

    def put(self, name: str, secret: bytes) -> None:  # noqa: ARG002  # the port's signature
        raise read_only(f"The credential {PREFIX + checked_name(name)}")

    def delete(self, name: str) -> None:
        if self.find(name) is not None:
            raise read_only(f"The credential {PREFIX + checked_name(name)}")
