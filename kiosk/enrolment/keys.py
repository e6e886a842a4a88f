"""The kiosk's keys: one small document in the ``SecretStore``.

A new enrolment writes its keys beside the old ones (``kiosk-next``) and they take over only once the identity names
them, so that a failed enrolment leaves the kiosk as it was.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts.base import Bytes, Message
from shared.secret_store.port import SecretStore

KIOSK = "kiosk"
NEXT = "kiosk-next"


class Keys(Message):
    """``device_key`` is a raw Ed25519 private key; ``pepper`` and ``site_key`` are the gym's, None after a wipe."""

    device_key: Bytes
    pepper: Bytes | None = None
    site_key: Bytes | None = None

    @property
    def public_key(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.device_key)

    def sign(self, message: bytes) -> bytes:
        """Ed25519, 64 bytes."""
        return self._private.sign(message)


def new_keys() -> Keys:
    return Keys(device_key=Ed25519PrivateKey.generate().private_bytes_raw())


def put_keys(store: SecretStore, name: str, keys: Keys) -> None:
    store.put(name, keys.model_dump_json().encode())


def find_keys(store: SecretStore, public_key: bytes) -> Keys | None:
    """The keys of an enrolment, known by its public key; None when the store has lost them.

    Those still waiting beside older ones (the power went at the end of an enrolment) take over now.
    """
    current = _find(store, KIOSK)
    if current is not None and current.public_key == public_key:
        return current
    waiting = _find(store, NEXT)
    if waiting is None or waiting.public_key != public_key:
        return None
    promote_keys(store, waiting)
    return waiting


def promote_keys(store: SecretStore, keys: Keys) -> None:
    """Make new keys the only ones."""
    put_keys(store, KIOSK, keys)
    store.delete(NEXT)


def _find(store: SecretStore, name: str) -> Keys | None:
    text = store.find(name)
    return None if text is None else Keys.model_validate_json(text)
