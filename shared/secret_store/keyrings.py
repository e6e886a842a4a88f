"""Secrets in the operating system's keyring, where a real one answers."""

import base64
import threading
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from shared.errors import Unavailable
from shared.secret_store.port import checked_name

TIMEOUT_S = 10.0
"""A locked keyring blocks for ever; it may be waiting for a person who is not there."""
_PROBE = "probe"
_REAL = {
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
    ("keyring.backends.kwallet", "DBusKeyringKWallet4"),
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
}
"""The backends that protect something and never prompt on a terminal. Chainers and plain text files are not among them."""

_Value = TypeVar("_Value")


class Backend(Protocol):
    """The part of a keyring backend that is used."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


class KeyringSecrets:
    """A :class:`SecretStore` on a keyring backend. Each call runs in a thread of its own and may be given up."""

    kind = "keyring"

    def __init__(self, backend: Backend, *, service: str, timeout_s: float = TIMEOUT_S) -> None:
        """``service`` is the program, as the keyring shows it to people."""
        self._backend = backend
        self._service = service
        self._timeout_s = timeout_s

    def find(self, name: str) -> bytes | None:
        checked_name(name)
        text = self._ask(lambda: self._backend.get_password(self._service, name))
        return None if text is None else base64.b64decode(text)

    def put(self, name: str, secret: bytes) -> None:
        checked_name(name)
        text = base64.b64encode(secret).decode("ascii")
        self._ask(lambda: self._backend.set_password(self._service, name, text))

    def delete(self, name: str) -> None:
        if self.find(name) is not None:
            self._ask(lambda: self._backend.delete_password(self._service, name))

    def answers(self) -> bool:
        """Whether a secret can be kept and taken out again."""
        try:
            self.put(_PROBE, b"probe")
            kept = self.find(_PROBE) == b"probe"
            self.delete(_PROBE)
        except Unavailable:
            return False
        return kept

    def _ask(self, call: Callable[[], _Value]) -> _Value:
        """Run a call with a deadline.

        Raises:
            Unavailable: it failed, or did not come back in time.
        """
        outcome: list[_Value] = []
        failure: list[Exception] = []

        def work() -> None:
            try:
                outcome.append(call())
            except Exception as error:  # noqa: BLE001  # whatever a backend throws: it does not answer
                failure.append(error)

        worker = threading.Thread(target=work, name="keyring", daemon=True)
        worker.start()
        worker.join(self._timeout_s)
        if outcome:
            return outcome[0]
        if failure:
            raise Unavailable(f"The keyring failed: {type(failure[0]).__name__}") from failure[0]
        raise Unavailable("The keyring does not answer; it may be locked.")


def is_real(backend: object) -> bool:
    """Whether a backend is one of those that protect something."""
    return (type(backend).__module__, type(backend).__name__) in _REAL


def find_keyring(backends: Iterable[Backend], *, service: str, timeout_s: float = TIMEOUT_S) -> KeyringSecrets | None:
    """The first real keyring that answers."""
    stores = (KeyringSecrets(backend, service=service, timeout_s=timeout_s) for backend in backends if is_real(backend))
    return next((store for store in stores if store.answers()), None)


def installed_backends() -> list[Backend]:
    """What the keyring library found on this machine."""
    from keyring.backend import get_all_keyring  # noqa: PLC0415  # slow to load, and not always needed

    return list(get_all_keyring())
