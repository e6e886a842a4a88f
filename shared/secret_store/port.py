"""The port for secrets: a few small values that must not lie in the data folder."""

import re
from typing import Protocol

from shared.errors import InvalidInput, Rejected

_NAME = re.compile(r"[a-z][a-z-]{0,30}")


class SecretStore(Protocol):
    """Keeps small secrets by name, durably. Never asks a person for anything.

    Every method may raise ``Unavailable`` when the store does not answer, and ``InvalidInput`` when it is not safe to use
    or a name is not one (lower-case letters and hyphens).
    """

    @property
    def kind(self) -> str:
        """What programs call it: ``systemd``, ``keyring`` or ``file``."""

    def find(self, name: str) -> bytes | None:
        """A secret, or None."""

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret, replacing the old one whole.

        Raises:
            Rejected: the store is read-only; code ``read_only``.
        """

    def delete(self, name: str) -> None:
        """Forget a secret; absent is fine.

        Raises:
            Rejected: the store is read-only; code ``read_only``.
        """


def checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{name!r} is not a name for a secret.")
    return name


def read_only(what: str) -> Rejected:
    return Rejected(f"{what} can only be read by this program.", code="read_only")
