"""Passwords (argon2id) and one-time secrets (random, stored as SHA-256)."""

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether a password is right. Without a hash it takes as long and says no, so that time tells nothing."""
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except VerificationError:
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def new_secret() -> str:
    """256 random bits for a link or a refresh token."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """A long random secret needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
