"""From a bearer token to a principal, as things stand now."""

from collections.abc import Mapping
from uuid import UUID

from cloud_api.common.database import Database
from cloud_api.common.principal import Principal, PrincipalKind, Standing
from cloud_api.common.tokens import Tokens
from shared.domain.roles import Group
from shared.errors import Rejected


class Gate:
    """Verifies a token, then asks the service that knows the subject (``standings``) in one small read."""

    def __init__(self, *, tokens: Tokens, database: Database, standings: Mapping[PrincipalKind, Standing]) -> None:
        self._tokens = tokens
        self._database = database
        self._standings = standings

    def admit(self, token: str) -> Principal:
        """The principal behind a token.

        Raises:
            Rejected: ``not_signed_in`` for a bad token, or what the subject's standing says.
        """
        claims = self._tokens.verify(token)
        kind = PrincipalKind.DEVICE if "custom:device_id" in claims else PrincipalKind.PERSON
        standing = self._standings.get(kind)
        if standing is None:
            raise Rejected("This server does not know such accounts.", code="not_signed_in")
        with self._database.reading() as session:
            return standing(session, claims)

    def believe(self, token: str) -> Principal:
        """The person of a token as it was when the token was made, for when the database cannot be asked.

        Raises:
            Rejected: ``not_signed_in``: a bad token, or a device's.
        """
        claims = self._tokens.verify(token)
        if "custom:device_id" in claims:
            raise Rejected("Only people may ask for this.", code="not_signed_in")
        groups = frozenset(group for group in Group if group.value in claims.get("cognito:groups", ()))
        return Principal(UUID(claims["sub"]), PrincipalKind.PERSON, groups)
