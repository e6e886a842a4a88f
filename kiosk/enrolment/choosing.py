"""Which secret store a kiosk uses: chosen once, at the enrolment, and named in its identity from then on."""

from collections.abc import Callable, Iterable
from pathlib import Path

from kiosk.enrolment.keys import KIOSK
from kiosk.enrolment.systemd_secrets import SystemdSecrets
from shared.errors import InvalidInput, Unavailable
from shared.secret_store.files import FileSecrets
from shared.secret_store.keyrings import Backend, KeyringSecrets, find_keyring, installed_backends
from shared.secret_store.port import SecretStore

_SERVICE = "fit-kiosk"
Backends = Callable[[], Iterable[Backend]]


def choose_secret_store(folder: Path, *, backends: Backends = installed_backends) -> SecretStore:
    """For a first enrolment: a real keyring that answers, else files."""
    return find_keyring(backends(), service=_SERVICE) or FileSecrets(folder)


def open_secret_store(
    kind: str, folder: Path, *, credentials: Path | None, backends: Backends = installed_backends
) -> SecretStore:
    """Systemd's credentials when they hold this kiosk's keys, else the store chosen at the enrolment.

    Never another one: an empty store would look like a kiosk without keys.

    Raises:
        Unavailable: it does not answer now.
        InvalidInput: no such kind.
    """
    systemd = None if credentials is None else SystemdSecrets(credentials)
    if systemd is not None and systemd.find(KIOSK) is not None:
        return systemd
    if kind == FileSecrets.kind:
        return FileSecrets(folder)
    if kind != KeyringSecrets.kind:
        raise InvalidInput(f"There is no secret store of the kind {kind!r}.")
    keyring = find_keyring(backends(), service=_SERVICE)
    if keyring is None:
        raise Unavailable("The system's keyring, which holds this kiosk's keys, does not answer.")
    return keyring
