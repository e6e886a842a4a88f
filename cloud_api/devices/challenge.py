"""A device buys access tokens by signing a challenge with its key; it never holds anything else to sign in with.

A challenge is not stored: it carries its end and our seal. Each counts once: in all processes that count together, else
in each.
"""

import hashlib
import hmac
import secrets
import threading
from datetime import datetime, timedelta
from uuid import UUID

from cloud_api.common.keys import Keys
from cloud_api.common.tokens import TOKEN_LIFE, Tokens
from cloud_api.common.tries import SharedTries
from cloud_api.devices.device import Device
from cloud_api.devices.standing import DEVICE_CLAIM, STREAM_CLAIM
from shared.contracts.devices import Challenge, DeviceToken, TokenRequest
from shared.domain.device import DeviceStatus
from shared.domain.roles import Group
from shared.errors import Rejected
from shared.passtoken.signing import challenge_message, is_signed

CHALLENGE_LIFE = timedelta(seconds=60)
_TIME, _RANDOM, _SEAL = 8, 16, 16
_MAX_USED = 100_000


class Challenges:
    """Makes and checks challenges. Thread-safe."""

    def __init__(self, keys: Keys, shared: SharedTries) -> None:
        self._secret = keys.derive(b"fit-challenge-1")
        self._shared = shared
        self._used: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def make(self, device_id: UUID, *, now: datetime) -> Challenge:
        expires_at = (now + CHALLENGE_LIFE).replace(microsecond=0)
        head = int(expires_at.timestamp()).to_bytes(_TIME, "big") + secrets.token_bytes(_RANDOM)
        return Challenge(nonce=head + self._seal(device_id, head), expires_at=expires_at)

    def check(self, device_id: UUID, nonce: bytes, *, now: datetime) -> None:
        """Take in a challenge that comes back.

        Raises:
            Rejected: ``challenge_spent``: not ours, for another device, ended, or used.
        """
        head = nonce[: _TIME + _RANDOM]
        expires = int.from_bytes(head[:_TIME], "big")
        ours = len(nonce) == _TIME + _RANDOM + _SEAL and hmac.compare_digest(
            nonce[_TIME + _RANDOM :], self._seal(device_id, head)
        )
        if (
            not ours
            or now.timestamp() >= expires
            or not self._take(nonce, expires, now.timestamp())
            or self._is_used_elsewhere(nonce)
        ):
            raise Rejected("Ask for a new challenge.", code="challenge_spent")

    def _seal(self, device_id: UUID, head: bytes) -> bytes:
        return hmac.digest(self._secret, device_id.bytes + head, hashlib.sha256)[:_SEAL]

    def _take(self, nonce: bytes, expires: float, now: float) -> bool:
        with self._lock:
            if nonce in self._used:
                return False
            if len(self._used) >= _MAX_USED:
                self._used = {known: end for known, end in self._used.items() if end > now}
            self._used[nonce] = expires
            return True

    def _is_used_elsewhere(self, nonce: bytes) -> bool:
        """Remembered for twice its life: the clocks of two machines may differ a little."""
        key = f"challenge {nonce.hex()}"
        return bool(self._shared.take(key, "used", tries=1, window=2 * CHALLENGE_LIFE))


def issue_token(request: TokenRequest, device: Device, *, tokens: Tokens) -> DeviceToken:
    """A token for whoever signed the challenge with the device's key. The challenge itself was checked before.

    Raises:
        Rejected: ``bad_signature``; ``device_not_enrolled``.
    """
    if device.public_key is None or device.status is not DeviceStatus.ACTIVE:
        raise Rejected("This device has not been enrolled yet.", code="device_not_enrolled")
    if not is_signed(device.public_key, challenge_message(device.id, request.nonce), request.signature):
        raise Rejected("The signature is not this device's.", code="bad_signature")
    access_token = tokens.issue(
        subject=str(device.id),
        groups=[Group.KIOSK.value],
        extra={DEVICE_CLAIM: str(device.id), STREAM_CLAIM: str(device.stream_id)},
    )
    return DeviceToken(access_token=access_token, expires_in_s=int(TOKEN_LIFE.total_seconds()))
