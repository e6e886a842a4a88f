"""Sealed names and photos, and the keys that open them (hard case: sealing).

Each member has a random content key. What may be shown is sealed under it once. The key itself is wrapped per
credential under bits that only the credential carries, and once under the site key, which lives in a ``SecretStore``.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

KEY_SIZE = 16
MIN_SECRET_BYTES = 8
"""A credential with less than 64 random bits unseals nothing."""


def new_content_key() -> bytes:
    return secrets.token_bytes(KEY_SIZE)


def new_site_key() -> bytes:
    return secrets.token_bytes(KEY_SIZE)


def seal(content_key: bytes, plain: bytes, *, about: bytes) -> bytes:
    """Encrypt with AES-SIV (RFC 5297): synthetic IV (16), ciphertext. ``about`` (the member id) binds it to its place.

    Deterministic: the same text under the same key gives the same bytes, and no nonce can ever be used twice.

    Raises:
        ValueError: there is nothing to seal.
    """
    return _cipher(content_key).encrypt(plain, [about])


def unseal(content_key: bytes, sealed: bytes, *, about: bytes) -> bytes | None:
    """Decrypt; None when the key is wrong or the bytes were changed or moved."""
    try:
        return _cipher(content_key).decrypt(sealed, [about])
    except (InvalidTag, ValueError):
        return None


def _cipher(content_key: bytes) -> AESSIV:
    return AESSIV(_derived(content_key, info=b"gym-seal-1", size=2 * KEY_SIZE))


def wrap_for_credential(content_key: bytes, secret: bytes) -> bytes:
    """The content key under HKDF of the credential's own secret (24 bytes, RFC 3394).

    Raises:
        ValueError: the secret is too short to protect anything.
    """
    if len(secret) < MIN_SECRET_BYTES:
        message = "a credential of less than 64 random bits cannot protect a key"
        raise ValueError(message)
    return aes_key_wrap(_credential_key(secret), content_key)


def unwrap_with_credential(wrapped: bytes, secret: bytes) -> bytes | None:
    return _unwrap(_credential_key(secret), wrapped)


def wrap_for_site(content_key: bytes, site_key: bytes) -> bytes:
    """The content key under the site key (24 bytes, RFC 3394)."""
    return aes_key_wrap(site_key, content_key)


def unwrap_with_site(wrapped: bytes, site_key: bytes) -> bytes | None:
    return _unwrap(site_key, wrapped)


def _unwrap(key: bytes, wrapped: bytes) -> bytes | None:
    try:
        return aes_key_unwrap(key, wrapped)
    except (InvalidUnwrap, ValueError):
        return None


def _credential_key(secret: bytes) -> bytes:
    return _derived(secret, info=b"gym-wrap-1", size=KEY_SIZE)


def _derived(secret: bytes, *, info: bytes, size: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=size, salt=None, info=info).derive(secret)
