"""A kiosk's calls to the cloud: the port ``DeviceCloud`` and its HTTP adapter."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar
from uuid import UUID

from shared.client.errors import NotRecognised
from shared.client.transport import Transport
from shared.contracts.base import Message, Nothing
from shared.contracts.devices import (
    Challenge,
    ChallengeRequest,
    DeviceToken,
    Enrolment,
    EnrolRequest,
    EventUpload,
    FeedAnswer,
    Heartbeat,
    HeartbeatAnswer,
    Hint,
    OpenReport,
    SalvageUpload,
    Snapshot,
    TokenRequest,
    UploadAnswer,
)
from shared.passtoken.signing import challenge_message

_Answer = TypeVar("_Answer", bound=Message)
_SELF = "/v1/devices/self"
_RENEW_BEFORE_S = 60.0

Signer = Callable[[bytes], bytes]
"""Signs with the device's Ed25519 key."""


class DeviceCloud(Protocol):
    """The cloud as an enrolled device sees it.

    Every method may raise ``Unavailable`` (try again), ``ServerFailed`` (the same, but what was sent may be the cause),
    ``NotRecognised`` (keep everything, ask to be enrolled again), ``DeviceRevoked`` (with a wipe order to be checked) and
    ``Rejected`` (a final no to this request).
    """

    def snapshot(self) -> Snapshot:
        """The whole roster of the device's site."""

    def feed(self, epoch: UUID, version: int, limit: int) -> FeedAnswer:
        """Changes after a cursor, at most ``limit`` rows.

        Raises:
            SnapshotRequired: the cursor cannot be continued.
        """

    def hint(self, epoch: UUID, version: int, wait_s: int) -> Hint:
        """Where the roster stands, as soon as it is elsewhere than said, or after ``wait_s`` (at most 25) seconds."""

    def report_opening(self, order_id: UUID, *, opened: bool) -> None:
        """Say what became of an order to open."""

    def upload(self, upload: EventUpload) -> UploadAnswer:
        """Hand in events of one stream; one result for each, by its id."""

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        """Say how the device is."""

    def salvage(self, upload: SalvageUpload) -> UploadAnswer:
        """Hand in the last events of a revoked device, signed, without a token."""


class HttpDeviceCloud:
    """The cloud over HTTP. Buys its tokens with signed challenges, again whenever one is refused. One thread."""

    def __init__(
        self,
        transport: Transport,
        *,
        device_id: UUID,
        sign: Signer,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._device_id = device_id
        self._sign = sign
        self._monotonic = monotonic
        self._token: str | None = None
        self._token_ends = 0.0

    def snapshot(self) -> Snapshot:
        return self._call("GET", f"{_SELF}/snapshot", Snapshot)

    def feed(self, epoch: UUID, version: int, limit: int) -> FeedAnswer:
        params: dict[str, str | int] = {"epoch": str(epoch), "version": version, "limit": limit}
        return self._call("GET", f"{_SELF}/feed", FeedAnswer, params=params)

    def hint(self, epoch: UUID, version: int, wait_s: int) -> Hint:
        params: dict[str, str | int] = {"epoch": str(epoch), "version": version, "wait": wait_s}
        return self._call("GET", f"{_SELF}/hint", Hint, params=params, wait_s=wait_s)

    def report_opening(self, order_id: UUID, *, opened: bool) -> None:
        self._call("POST", f"{_SELF}/openings/{order_id}", Nothing, body=OpenReport(opened=opened))

    def upload(self, upload: EventUpload) -> UploadAnswer:
        return self._call("POST", f"{_SELF}/events", UploadAnswer, body=upload, packed=True)

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        return self._call("POST", f"{_SELF}/heartbeat", HeartbeatAnswer, body=heartbeat)

    def salvage(self, upload: SalvageUpload) -> UploadAnswer:
        return self._transport.call("POST", "/v1/salvage", UploadAnswer, body=upload)

    def close(self) -> None:
        self._transport.close()

    def _call(
        self,
        method: str,
        path: str,
        answer: type[_Answer],
        *,
        body: Message | None = None,
        packed: bool = False,
        params: dict[str, str | int] | None = None,
        wait_s: float | None = None,
    ) -> _Answer:
        """Call with a token; with a fresh one when it is refused, once."""

        def attempt(token: str) -> _Answer:
            return self._transport.call(
                method, path, answer, body=body, packed=packed, params=params, token=token, wait_s=wait_s
            )

        kept = self._kept_token()
        if kept is not None:
            try:
                return attempt(kept)
            except NotRecognised:
                self._token = None
        return attempt(self._buy_token())

    def _kept_token(self) -> str | None:
        return self._token if self._monotonic() < self._token_ends - _RENEW_BEFORE_S else None

    def _buy_token(self) -> str:
        device_id, call = self._device_id, self._transport.call
        asked = ChallengeRequest(device_id=device_id)
        challenge = call("POST", "/v1/device-tokens/challenge", Challenge, body=asked)
        signature = self._sign(challenge_message(device_id, challenge.nonce))
        claim = TokenRequest(device_id=device_id, nonce=challenge.nonce, signature=signature)
        started = self._monotonic()
        bought = call("POST", "/v1/device-tokens", DeviceToken, body=claim)
        self._token, self._token_ends = bought.access_token, started + bought.expires_in_s
        return bought.access_token


def enrol(transport: Transport, request: EnrolRequest) -> Enrolment:
    """Redeem a one-time code.

    Raises:
        Unavailable: no contact; the code may have been redeemed if the answer was lost.
        Rejected: the code is wrong, used or too old.
    """
    return transport.call("POST", "/v1/enrolments", Enrolment, body=request)
