"""Signing in as a person, and staying signed in."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from shared.client.errors import NotRecognised
from shared.client.transport import Transport
from shared.contracts.base import Message, Nothing
from shared.contracts.identity import Redeem, Redeemed, Refresh, SignedIn, SignIn, TakeOver, TakeOverByCard
from shared.errors import Rejected

_Answer = TypeVar("_Answer", bound=BaseModel)
_Result = TypeVar("_Result")
_RENEW_BEFORE_S = 60.0

Params = Mapping[str, str | int | list[str]]


class PersonSession:
    """Calls with a person's access token, renewed before it ends and whenever one is refused. Thread-safe.

    ``on_change`` is told each refresh token that counts from now on, before it is used, and None at the end of the
    sign-in: whoever keeps it can :meth:`resume`. ``desk`` is what this PC calls itself, as it stands in the audit log.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        desk: str | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        on_change: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        self._transport = transport
        self._desk = desk
        self._monotonic = monotonic
        self._on_change = on_change
        self._lock = threading.RLock()
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
        body = SignIn(email=email, password=password, desk=self._desk)
        self._keep(self._transport.call("POST", "/v1/sign-in", SignedIn, body=body))

    def take_over(self, person_id: UUID, pin: str) -> None:
        """Sign a colleague in by PIN in place of whoever is signed in here, who is signed out.

        Raises:
            NotRecognised: ``wrong_pin``.
        """
        self._take_over("/v1/desk-sign-ins", TakeOver(person_id=person_id, pin=pin))

    def take_over_by_card(self, card: str) -> None:
        """Sign in whose card it is, by its text, in place of whoever is signed in here, who is signed out.

        Raises:
            NotRecognised: ``wrong_card``.
        """
        self._take_over("/v1/desk-card-sign-ins", TakeOverByCard(card=card))

    def _take_over(self, path: str, body: Message) -> None:
        with self._lock:
            signed_in = self.call("POST", path, SignedIn, body=body)
            before = self._signed_in
            self._keep(signed_in)
        if before is not None:
            self._transport.call("POST", "/v1/sign-out", Nothing, body=Refresh(refresh_token=before.refresh_token))

    def resume(self, refresh_token: str) -> None:
        """Go on with a sign-in that was kept. Asks nobody: whether it still counts shows at the first call."""
        with self._lock:
            self._signed_in = SignedIn(access_token="", refresh_token=refresh_token, expires_in_s=0)
            self._ends_at = self._monotonic()

    def sign_out(self) -> None:
        """End the sign-in, here and on the server. Without one it does nothing."""
        with self._lock:
            ended, self._signed_in = self._signed_in, None
        if ended is not None:
            self._on_change(None)
            self._transport.call("POST", "/v1/sign-out", Nothing, body=Refresh(refresh_token=ended.refresh_token))

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
        token = self._token()
        try:
            return attempt(token)
        except NotRecognised as error:
            if error.code != "not_signed_in":
                raise
        return attempt(self._token(refused=token))

    def _token(self, *, refused: str | None = None) -> str:
        """The access token; another one where it ends soon, or was ``refused`` and nobody has renewed it since."""
        with self._lock:
            if self._signed_in is None:
                raise Rejected("Please sign in.", code="not_signed_in")
            if self._monotonic() >= self._ends_at or self._signed_in.access_token == refused:
                self._renew(self._signed_in.refresh_token)
            return self._signed_in.access_token

    def _renew(self, refresh_token: str) -> None:
        """A refresh token counts once; when the cloud refuses it, the person signs in again."""
        try:
            body = Refresh(refresh_token=refresh_token)
            self._keep(self._transport.call("POST", "/v1/token-refreshes", SignedIn, body=body))
        except NotRecognised:
            self._signed_in = None
            self._on_change(None)
            raise

    def _keep(self, signed_in: SignedIn) -> None:
        with self._lock:
            self._on_change(signed_in.refresh_token)
            self._signed_in = signed_in
            self._ends_at = self._monotonic() + signed_in.expires_in_s - _RENEW_BEFORE_S
