"""HTTP on one side, messages and errors on the other. What is not an answer of the cloud is :class:`Unavailable`."""

import gzip
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from shared.client.errors import DeviceRevoked, NotRecognised, ServerFailed, SnapshotRequired
from shared.client.pinning import pinned_context
from shared.contracts.base import Message
from shared.contracts.devices import SERVER_TIME_HEADER
from shared.contracts.problem import Problem
from shared.errors import FitError, Rejected, Unavailable

_Answer = TypeVar("_Answer", bound=BaseModel)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRY_LATER = frozenset({408, 425, 429, 502, 503, 504})
_NOT_RECOGNISED = frozenset({401, 403, 404})
_INTERNAL_ERROR = 500
_WORTH_PACKING = 1024
_PLAUSIBLE_YEARS = range(2024, 2200)

ServerTimeListener = Callable[[datetime, timedelta], None]
"""Told of each answer: the server's time in it, and how long the round trip took."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to reach the server, and for each read or write after that."""

    connect_s: float = 5.0
    answer_s: float = 20.0


def open_client(base_url: str, certificate: bytes | None, timeouts: Timeouts) -> httpx.Client:
    """An HTTP client for one thread. ``certificate`` (DER) is pinned; None trusts the usual authorities."""
    context = ssl.create_default_context() if certificate is None else pinned_context(certificate)
    limits = httpx.Timeout(timeouts.answer_s, connect=timeouts.connect_s)
    return httpx.Client(base_url=base_url, verify=context, timeout=limits, follow_redirects=False, trust_env=False)


class Transport:
    """Calls one cloud over one HTTP client."""

    def __init__(self, client: httpx.Client, *, on_server_time: ServerTimeListener | None = None) -> None:
        self._client = client
        self._on_server_time = on_server_time

    def call(
        self,
        method: str,
        path: str,
        answer: type[_Answer],
        *,
        body: Message | None = None,
        packed: bool = False,
        params: Mapping[str, str | int | list[str]] | None = None,
        token: str | None = None,
        wait_s: float | None = None,
    ) -> _Answer:
        """Ask and read the answer. ``wait_s`` is how long the server may think: no time is learnt from such an answer.

        Raises:
            Unavailable: no contact, an overloaded server, or something in between that is not the cloud.
            Rejected: the cloud's no; see :mod:`shared.client.errors`.
        """
        headers = _bearer(token)
        content = _content(body, headers, packed=packed)
        started = time.perf_counter()
        with _translated():
            response = self._client.request(
                method, path, content=content, params=params, headers=headers, timeout=self._patience(wait_s)
            )
        if wait_s is None:
            self._learn_time(response, timedelta(seconds=time.perf_counter() - started))
        return _read(response, answer)

    def read(
        self, path: str, *, params: Mapping[str, str | int | list[str]] | None = None, token: str | None = None
    ) -> bytes:
        """Fetch what is no message, such as a picture. Raises as :meth:`call` does."""
        with _translated():
            response = self._client.get(path, params=params, headers=_bearer(token))
        return _whole(response)

    def send(self, method: str, path: str, content: bytes | Iterator[bytes], headers: Mapping[str, str]) -> None:
        """Send what is no message, by a signed URL, without a token. Raises as :meth:`call` does."""
        with _translated():
            response = self._client.request(method, path, content=content, headers=dict(headers))
        _whole(response)

    def close(self) -> None:
        self._client.close()

    def _patience(self, wait_s: float | None) -> httpx.Timeout:
        usual = self._client.timeout
        return usual if wait_s is None else httpx.Timeout((usual.read or 0) + wait_s, connect=usual.connect)

    def _learn_time(self, response: httpx.Response, round_trip: timedelta) -> None:
        text = response.headers.get(SERVER_TIME_HEADER, "")
        if self._on_server_time is None or not (text.isascii() and text.isdigit()):
            return
        try:
            server_at = _EPOCH + timedelta(microseconds=int(text))
        except OverflowError:
            return
        if server_at.year in _PLAUSIBLE_YEARS:
            self._on_server_time(server_at, round_trip)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(f"No contact with the cloud: {error or type(error).__name__}") from error


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def _whole(response: httpx.Response) -> bytes:
    if not response.is_success:
        raise _error_of(response)
    return response.content


def _content(body: Message | None, headers: dict[str, str], *, packed: bool) -> bytes | None:
    if body is None:
        return None
    content = body.model_dump_json().encode()
    headers["Content-Type"] = "application/json"
    if packed and len(content) > _WORTH_PACKING:
        headers["Content-Encoding"] = "gzip"
        return gzip.compress(content, compresslevel=5)
    return content


def _read(response: httpx.Response, answer: type[_Answer]) -> _Answer:
    try:
        return answer.model_validate_json(_whole(response) or b"{}")
    except ValidationError as error:
        raise Unavailable("What answered is not the cloud, or not one this program understands.") from error


def _error_of(response: httpx.Response) -> FitError:
    """The error that an answer stands for. Only problem details are the cloud's word; a portal's page is nobody's."""
    status = response.status_code
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        if status == _INTERNAL_ERROR and SERVER_TIME_HEADER in response.headers:
            return ServerFailed("The cloud failed.")
        return Unavailable(f"Something in between answered with HTTP {status}.", retry_after_s=_retry_after(response))
    if problem.code == "device_revoked" and problem.wipe_order is not None:
        return DeviceRevoked(problem.detail, wipe_order=problem.wipe_order)
    if problem.code == "snapshot_required":
        return SnapshotRequired(problem.detail, code=problem.code)
    if status in _TRY_LATER:
        return Unavailable(problem.detail, retry_after_s=problem.retry_after_s or _retry_after(response))
    if status >= _INTERNAL_ERROR:
        return ServerFailed(problem.detail, retry_after_s=problem.retry_after_s)
    if status in _NOT_RECOGNISED:
        return NotRecognised(problem.detail, code=problem.code)
    return Rejected(problem.detail, code=problem.code)


def _retry_after(response: httpx.Response) -> float | None:
    """Retry-After in seconds; its form as a date is not used by anything of ours."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None
