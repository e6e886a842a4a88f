"""What each role may do, read from the one table that the API obeys as well. Qt-free."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.roles import OPERATIONS, Group, may

DESK_ROLES = (Group.STAFF, Group.ADMIN, Group.OWNER)
"""Roles with a desk, the weakest first."""
_AREA_OF = {
    "account": "people",
    "person": "people",
    "desk": "people",
    "device": "kiosks",
    "site": "gym",
    "plan": "gym",
    "machine": "gym",
    "image": "gym",
    "report": "gym",
    "member": "members",
    "membership": "members",
    "photo": "members",
    "mail": "members",
    "remark": "members",
    "attendance": "door",
    "visit": "door",
    "occupancy": "door",
    "pass": "passes",
    "voucher": "passes",
    "issuer_key": "passes",
    "payment": "money",
    "till": "money",
    "ledger": "money",
    "import": "gym",
    "audit": "gym",
}
AREAS = ("members", "door", "passes", "money", "gym", "kiosks", "people", "other")


@dataclass(frozen=True, slots=True)
class Ability:
    """One operation, and whether each of the asked roles may do it."""

    operation: str
    allowed: tuple[bool, ...]


def abilities(roles: Sequence[frozenset[Group]]) -> dict[str, list[Ability]]:
    """The operations of people by area, in the order of the table; what only kiosks and members' phones do is left out."""
    found: dict[str, list[Ability]] = {area: [] for area in AREAS}
    for operation in OPERATIONS:
        if any(may(frozenset({role}), operation) for role in DESK_ROLES):
            area = _AREA_OF.get(operation.partition(".")[0], "other")
            found[area].append(Ability(operation, tuple(may(role, operation) for role in roles)))
    return {area: some for area, some in found.items() if some}


def role_of(groups: Sequence[Group]) -> Group | None:
    """The strongest role of somebody; None without one at the desk."""
    return next((role for role in reversed(DESK_ROLES) if role in groups), None)


def with_role(groups: Sequence[Group], role: Group | None) -> list[Group]:
    """The groups of somebody who gets another role; what they are as a member stays."""
    kept = [group for group in groups if group not in DESK_ROLES]
    return kept if role is None else [*kept, role]
