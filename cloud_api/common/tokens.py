"""Access tokens: made and checked by one rule, with the claims that Amazon Cognito uses.

Only access tokens of this issuer for the one client, RS256 with a key found by ``kid``. Nothing a token says decides
how it is checked.
"""

import hashlib
import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from jwt.algorithms import RSAAlgorithm

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Claims
from shared.domain.time import Clock
from shared.errors import Rejected

TOKEN_LIFE = timedelta(minutes=15)
LEEWAY = timedelta(seconds=60)
CLIENT_ID = "fit-monitor"
_CACHE_SIZE = 4096
_MAX_TOKEN = 4096


class Tokens:
    """The built-in issuer. Thread-safe.

    Checking a signature takes a tenth of a millisecond, so verified claims are kept by the token's hash; expiry is
    looked at each time.
    """

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self.issuer = f"fit:{keys.gym_id}"
        self._public = {key.kid: key.private.public_key() for key in keys.token_keys}
        self._cache: dict[bytes, Claims] = {}
        self._lock = threading.Lock()

    def issue(self, *, subject: str, groups: list[str], extra: dict[str, Any] | None = None) -> str:
        """An access token of 15 minutes. ``extra`` are further claims (``custom:device_id`` ...)."""
        now = self._clock.now()
        key = self._keys.token_keys[0]
        claims = {
            **(extra or {}),
            "iss": self.issuer,
            "sub": subject,
            "client_id": CLIENT_ID,
            "token_use": "access",
            "cognito:groups": groups,
            "jti": str(uuid4()),
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
        }
        return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JSON Web Key Set (RFC 7517)."""
        keys = []
        for kid, public in self._public.items():
            jwk = RSAAlgorithm.to_jwk(public, as_dict=True)
            keys.append({**jwk, "kid": kid, "use": "sig", "alg": "RS256"})
        return {"keys": keys}

    def verify(self, token: str) -> Claims:
        """The claims of a good access token.

        Raises:
            Rejected: ``not_signed_in``, whatever is wrong with it; the sentence tells which.
        """
        if len(token) > _MAX_TOKEN or not token.isascii():
            raise _refuse("it is no token")
        digest = hashlib.sha256(token.encode("ascii")).digest()
        claims = self._cache.get(digest)
        if claims is None:
            claims = self._check(token)
            self._remember(digest, claims)
        self._check_time(claims, self._clock.now())
        return claims

    def _check(self, token: str) -> Claims:
        try:
            public = self._public.get(jwt.get_unverified_header(token).get("kid", ""))
            if public is None:
                raise _refuse("its key is unknown")
            claims: Claims = jwt.decode(
                token,
                public,
                algorithms=["RS256"],
                issuer=self.issuer,
                options={
                    "require": ["exp", "iat", "iss", "sub"],
                    "verify_exp": False,  # by the injected clock, below
                    "verify_iat": False,
                    "verify_nbf": False,
                    "verify_aud": False,  # access tokens have no audience
                },
            )
        except jwt.PyJWTError as error:
            raise _refuse(str(error)) from error
        if claims.get("token_use") != "access":
            raise _refuse("it is not an access token")
        if claims.get("client_id") != CLIENT_ID:
            raise _refuse("it is for another client")
        return claims

    def _check_time(self, claims: Claims, now: datetime) -> None:
        leeway = LEEWAY.total_seconds()
        times = [claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])]
        if not all(isinstance(time, int | float) for time in times):
            raise _refuse("its times cannot be read")
        if now.timestamp() > claims["exp"] + leeway:
            raise _refuse("it has expired")
        if now.timestamp() < max(times[1:]) - leeway:
            raise _refuse("it is not valid yet")

    def _remember(self, digest: bytes, claims: Claims) -> None:
        with self._lock:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.pop(next(iter(self._cache)))
            self._cache[digest] = claims


def _refuse(why: str) -> Rejected:
    return Rejected(f"Please sign in again: the access token was not accepted, {why}.", code="not_signed_in")
