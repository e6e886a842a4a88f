"""The gym's secrets: files only the server's own account can read (0600), in ``secrets/`` of the data folder.

``gym.json``     gym id, number and name, the pepper of the lookup hashes, the Ed25519 key that signs wipe orders, and
                 the master key, which seals what lies in the database: members' content keys, voucher keys
``tokens.json``  the RSA keys that sign access tokens, newest first
``sites/<id>``   each site's key, which wraps the members' content keys

Whoever can read them can make passes and read names; they are part of every backup.
"""

import json
import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.contracts.base import from_base64, to_base64
from shared.errors import InvalidInput
from shared.passtoken.sealing import new_content_key, new_site_key

_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class TokenKey:
    """An RS256 key. ``kid`` names it in a token's header and in the JWKS."""

    kid: str
    private: rsa.RSAPrivateKey


class Keys:
    """The secrets of one gym, read once. ``site_key`` makes a site's key at first use. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        """Read them.

        Raises:
            InvalidInput: there are none; ``fit-cloud init`` makes them.
        """
        self.folder = folder
        gym = _read(folder / "gym.json")
        self.gym_id = UUID(gym["gym_id"])
        self.gym_number: int = gym["gym_number"]
        self.gym_name: str = gym["gym_name"]
        self.pepper = from_base64(gym["pepper"])
        self.gym_key = _ed25519(gym["gym_key"])
        self.master_key = from_base64(gym["master_key"])
        self.token_keys = tuple(_token_key(item) for item in _read(folder / "tokens.json")["keys"])
        self._site_keys: dict[UUID, bytes] = {}
        self._lock = threading.Lock()

    @property
    def gym_public_key(self) -> bytes:
        return self.gym_key.public_key().public_bytes_raw()

    def derive(self, purpose: bytes) -> bytes:
        """32 secret bytes of this server for one purpose (HKDF of the gym's key). The pepper is no secret to kiosks."""
        return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(self.gym_key.private_bytes_raw())

    def site_key(self, site_id: UUID) -> bytes:
        """16 bytes that wrap the content keys of a site's members."""
        with self._lock:
            if site_id not in self._site_keys:
                path = self.folder / "sites" / str(site_id)
                if not path.exists():
                    _write_first(path, to_base64(new_site_key()))
                self._site_keys[site_id] = from_base64(path.read_text(encoding="ascii"))
            return self._site_keys[site_id]


def create_keys(folder: Path, *, gym_name: str, gym_number: int | None = None) -> Keys:
    """Mint a gym: id, number, pepper and keys. ``gym_number`` (1 to 65535) is drawn when not given.

    Raises:
        InvalidInput: the folder has secrets already.
    """
    if (folder / "gym.json").exists():
        raise InvalidInput(f"{folder} holds a gym's secrets already; nothing was changed.")
    write_secret(folder / "tokens.json", json.dumps({"keys": [_new_token_key()]}))
    gym = {
        "gym_id": str(uuid4()),
        "gym_number": gym_number or 1 + secrets.randbelow(65535),
        "gym_name": gym_name,
        "pepper": to_base64(secrets.token_bytes(32)),
        "gym_key": _new_ed25519(),
        "master_key": to_base64(new_content_key()),
    }
    write_secret(folder / "gym.json", json.dumps(gym))  # last: its being there means that all are
    return Keys(folder)


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner can read; it appears whole or not at all."""
    _write_draft(path, text).replace(path)


def _write_first(path: Path, text: str) -> None:
    """As :func:`write_secret`, unless another process on this folder was first: then its file stays."""
    draft = _write_draft(path, text)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _write_draft(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, text.encode())
        os.fsync(file)
    finally:
        os.close(file)
    return draft


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidInput(f"{path} is missing. Run 'fit-cloud init', or restore a backup.") from error
    return content


def _new_ed25519() -> str:
    return to_base64(Ed25519PrivateKey.generate().private_bytes_raw())


def _ed25519(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(from_base64(text))


def _new_token_key() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {"kid": secrets.token_hex(8), "pem": pem.decode("ascii")}


def _token_key(item: dict[str, str]) -> TokenKey:
    private = serialization.load_pem_private_key(item["pem"].encode(), password=None)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise InvalidInput("tokens.json holds a key that is not RSA.")
    return TokenKey(item["kid"], private)
