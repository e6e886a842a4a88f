"""Who is asking, and the one gate that every route but a few public ones has."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from cloud_api.common.conflict import Conflict
from shared.domain.roles import OPERATIONS, WITHOUT_DATABASE, Group, may
from shared.errors import Rejected, Unavailable


class PrincipalKind(Enum):
    PERSON = "person"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a device, with the groups it is in now (not when its token was made).

    ``site_id`` is a device's own site, None for people; ``member_id`` the member whom a person's account belongs to.
    ``session_id`` is the person's sign-in, and ``desk`` what the desk called itself then: the one is proved, the other
    said.
    """

    subject: UUID
    kind: PrincipalKind
    groups: frozenset[Group]
    site_id: UUID | None = None
    member_id: UUID | None = None
    session_id: UUID | None = None
    desk: str | None = None

    def is_in(self, group: Group) -> bool:
        return group in self.groups


Claims = dict[str, Any]
"""The verified claims of an access token, shaped like Cognito's."""

Standing = Callable[[Session, Claims], Principal]
"""Says who a verified token stands for as of now. Raises ``Rejected`` (``signed_out``, ``device_revoked`` ...)."""

PRINCIPAL = "fit.principal"
"""Where the gate leaves the principal in a request's scope, for its line in the log."""

_bearer = HTTPBearer(auto_error=False, description="An access token (15 minutes).")


class Allow:
    """A route's gate: lets through who may do the operation, denies everybody else.

    Use it as ``principal: Annotated[Principal, Depends(allow("member.read"))]``.

    Raises:
        Rejected: ``not_signed_in`` (401), ``forbidden`` (403), or what the subject's standing says.
    """

    def __init__(self, operation: str) -> None:
        if operation not in OPERATIONS:
            message = f"{operation} is not in the table of roles"
            raise ValueError(message)
        self.operation = operation

    def __call__(
        self, request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Principal:
        if credentials is None:
            raise Rejected("Please sign in.", code="not_signed_in")
        principal = self._admit(request.app.state.cloud.gate, credentials.credentials)
        request.scope[PRINCIPAL] = principal
        if not may(principal.groups, self.operation):
            raise Rejected("You may not do this.", code="forbidden")
        return principal

    def _admit(self, gate: Any, token: str) -> Principal:
        try:
            principal: Principal = gate.admit(token)
        except Conflict:
            raise  # done again, the database answers
        except Unavailable:
            if self.operation not in WITHOUT_DATABASE:
                raise
            principal = gate.believe(token)
        return principal


def allow(operation: str) -> Allow:
    """The gate for one operation of :data:`shared.domain.roles.OPERATIONS`."""
    return Allow(operation)
