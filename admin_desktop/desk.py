"""What a signed-in person reaches of the cloud. No Qt; every call blocks and belongs off the GUI thread."""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from admin_desktop.connection import Connection
from shared.client.files import Files
from shared.client.session import PersonSession
from shared.client.staff import StaffCloud
from shared.client.transport import Timeouts, Transport, open_client
from shared.contracts.identity import Person, Redeem
from shared.domain.roles import Group, may
from shared.errors import InvalidInput, Unavailable
from shared.secret_store.port import SecretStore

if TYPE_CHECKING:
    from shared.client.audit import AuditCloud
    from shared.client.machines import MachineCloud
    from shared.client.moving import MovingCloud
    from shared.client.payments import PaymentsCloud
    from shared.client.reports import ReportsCloud

_log = logging.getLogger(__name__)


_SIGN_IN = "sign-in"
"""What the refresh token is called in this PC's secret store."""


class Authenticator(Protocol):
    """Signs people in: the built-in identity here; Cognito, with its challenges, is another."""

    def sign_in(self, email: str, password: str) -> None:
        """Raises ``NotRecognised`` for a wrong address or password, ``Unavailable``."""

    def resume(self) -> bool:
        """Go on with the sign-in that this PC keeps; False when it keeps none. Asks nobody."""

    def redeem(self, asked: Redeem) -> None:
        """Set the password that a one-time link is for. Raises ``Rejected`` (``code_spent``), ``InvalidInput``."""

    def sign_out(self) -> None: ...


class BuiltInAuthenticator:
    """The cloud's own identity service."""

    def __init__(self, session: PersonSession, secrets: SecretStore) -> None:
        self._session = session
        self._secrets = secrets

    def sign_in(self, email: str, password: str) -> None:
        self._session.sign_in(email, password)

    def resume(self) -> bool:
        token = self._secrets.find(_SIGN_IN)
        if token is None:
            return False
        self._session.resume(token.decode("ascii"))
        return True

    def redeem(self, asked: Redeem) -> None:
        self._session.redeem(asked.token, password=asked.password, name=asked.name, email=asked.email)

    def sign_out(self) -> None:
        self._session.sign_out()


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in, and what they may do."""

    person: Person

    @property
    def groups(self) -> frozenset[Group]:
        return frozenset(self.person.groups)

    @property
    def role(self) -> Group:
        """The strongest group, as the desk shows it."""
        return next((group for group in (Group.OWNER, Group.ADMIN, Group.STAFF) if group in self.groups), Group.USER)

    def may(self, operation: str) -> bool:
        return may(self.groups, operation)


class Desk:
    """The cloud, by what is asked of it. Thread-safe. ``folder`` is this PC's for what a room keeps until it is sent."""

    def __init__(
        self,
        connection: Connection,
        secrets: SecretStore,
        folder: Path,
        *,
        name: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        """``name`` is what this PC calls itself when somebody signs in here."""
        self.connection = connection
        self.folder = folder
        client = open_client(connection.base_url, connection.certificate, timeouts or Timeouts(answer_s=30.0))
        self._transport = Transport(client)
        session = PersonSession(self._transport, desk=name, on_change=lambda token: _keep(secrets, token))
        self.authenticator: Authenticator = BuiltInAuthenticator(session, secrets)
        self.staff = StaffCloud(session)
        self._session = session

    # The messages of these come in with the first room that asks: the first room on the screen needs none of them.

    @cached_property
    def payments(self) -> "PaymentsCloud":
        from shared.client.payments import PaymentsCloud  # noqa: PLC0415  # see above

        return PaymentsCloud(self._session)

    @cached_property
    def moving(self) -> "MovingCloud":
        from shared.client.moving import MovingCloud  # noqa: PLC0415  # see above

        return MovingCloud(self._session)

    @cached_property
    def reports(self) -> "ReportsCloud":
        from shared.client.reports import ReportsCloud  # noqa: PLC0415  # see above

        return ReportsCloud(self._session)

    @cached_property
    def machines(self) -> "MachineCloud":
        from shared.client.machines import MachineCloud  # noqa: PLC0415  # see above

        return MachineCloud(self._session, Files(self._transport))

    @cached_property
    def audit(self) -> "AuditCloud":
        from shared.client.audit import AuditCloud  # noqa: PLC0415  # see above

        return AuditCloud(self._session)

    def take_over(self, person_id: UUID, pin: str) -> None:
        """A colleague goes on here by PIN. Raises ``NotRecognised`` (``wrong_pin``), ``Rejected``, ``Unavailable``."""
        self.staff.session.take_over(person_id, pin)

    def take_over_by_card(self, card: str) -> None:
        """Whose card it is goes on here. Raises ``NotRecognised`` (``wrong_card``), ``Rejected``, ``Unavailable``."""
        self.staff.session.take_over_by_card(card)

    def me(self) -> Me:
        """Raises ``Rejected`` (``not_signed_in``), ``Unavailable``."""
        return Me(self.staff.account())

    def close(self) -> None:
        self._transport.close()


def _keep(secrets: SecretStore, token: str | None) -> None:
    """A store that fails costs a sign-in tomorrow, not the work of today."""
    try:
        if token is None:
            secrets.delete(_SIGN_IN)
        else:
            secrets.put(_SIGN_IN, token.encode("ascii"))
    except (Unavailable, InvalidInput) as error:
        _log.warning("the sign-in could not be kept on this PC: %s", error)
