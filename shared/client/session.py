"""Signing in as a person, and staying signed in."""

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import BaseModel

from shared.client.errors import NotRecognised
from shared.client.transport import Transport
from shared.contracts.base import Message, Nothing
from shared.contracts.identity import Redeem, Redeemed, Refresh, SignedIn, SignIn
from shared.errors import Rejected

_Answer = TypeVar("_Answer", bound=BaseModel)
_Result = TypeVar("_Result")
_RENEW_BEFORE_S = 60.0

Params = Mapping[str, str | int]


class PersonSession:
    """Calls with a person's access token, renewed before it ends and whenever one is refused. One thread."""

    def __init__(self, transport: Transport, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._transport = transport
        self._monotonic = monotonic
        self._signed_in: SignedIn | None = None
        self._ends_at = 0.0

    @property
    def is_signed_in(self) -> bool:
        return self._signed_in is not None

    def redeem(self, link_token: str, *, password: str, name: str | None = None, email: str | None = None) -> Redeemed:
        """Use a one-time link: the first Owner's (with name and e-mail address), or one to set a password.

        Raises:
            Rejected: the link was used or has ended.
        """
        body = Redeem(token=link_token, password=password, name=name, email=email)
        return self._transport.call("POST", "/v1/invitations/redeem", Redeemed, body=body)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in.

        Raises:
            NotRecognised: wrong address or password.
            Unavailable: no contact, or too many tries.
        """
        body = SignIn(email=email, password=password)
        self._keep(self._transport.call("POST", "/v1/sign-in", SignedIn, body=body))

    def sign_out(self) -> None:
        """End the sign-in, here and on the server. Without one it does nothing."""
        if self._signed_in is not None:
            body = Refresh(refresh_token=self._signed_in.refresh_token)
            self._signed_in = None
            self._transport.call("POST", "/v1/sign-out", Nothing, body=body)

    def call(
        self,
        method: str,
        path: str,
        answer: type[_Answer],
        *,
        body: Message | None = None,
        params: Params | None = None,
    ) -> _Answer:
        """Ask as this person.

        Raises:
            Rejected: ``not_signed_in``: sign in (again); or the cloud's no.
            Unavailable: no contact, or not now.
        """

        def attempt(token: str) -> _Answer:
            return self._transport.call(method, path, answer, body=body, params=params, token=token)

        return self._with_token(attempt)

    def read(self, path: str, *, params: Params | None = None) -> bytes:
        """Fetch what is no message, such as a picture, as this person. Raises as :meth:`call` does."""
        return self._with_token(lambda token: self._transport.read(path, params=params, token=token))

    def _with_token(self, attempt: Callable[[str], _Result]) -> _Result:
        """Try with the token; with a renewed one when it is refused, once."""
        try:
            return attempt(self._token())
        except NotRecognised as error:
            if error.code != "not_signed_in":
                raise
        self._renew()
        return attempt(self._token())

    def _token(self) -> str:
        if self._signed_in is not None and self._monotonic() >= self._ends_at:
            self._renew()
        if self._signed_in is None:
            raise Rejected("Please sign in.", code="not_signed_in")
        return self._signed_in.access_token

    def _renew(self) -> None:
        """A refresh token counts once; when the cloud refuses it, the person signs in again."""
        if self._signed_in is None:
            raise Rejected("Please sign in.", code="not_signed_in")
        body = Refresh(refresh_token=self._signed_in.refresh_token)
        try:
            self._keep(self._transport.call("POST", "/v1/token-refreshes", SignedIn, body=body))
        except NotRecognised:
            self._signed_in = None
            raise

    def _keep(self, signed_in: SignedIn) -> None:
        self._signed_in = signed_in
        self._ends_at = self._monotonic() + signed_in.expires_in_s - _RENEW_BEFORE_S
