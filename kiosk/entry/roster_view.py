"""The roster as the door asks it: rows joined to an entry, and what holds for all passes kept parsed."""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from uuid import UUID

from pydantic import ValidationError

from kiosk.store import schema
from kiosk.store.database import StoreFailed
from kiosk.store.roster import RosterStore
from kiosk.store.roster_file import Head, read_head
from shared.contracts.base import Message
from shared.contracts.roster import CredentialBody, IssuerKeyBody, MemberBody, PlanBody, RowKind, SiteBody
from shared.domain.passes import PassStatus
from shared.domain.plan import Plan
from shared.domain.roster import Holder, RosterEntry
from shared.domain.site import Site

_log = logging.getLogger(__name__)
_Body = TypeVar("_Body", bound=Message)
_Fact = TypeVar("_Fact")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all passes of one roster state. ``site`` is None when there is no usable roster."""

    site: Site | None = None
    plans: dict[UUID, Plan] = field(default_factory=dict)
    issuer_keys: dict[int, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Joined:
    """One pass with all the roster says of it. ``head`` names the state that was read."""

    head: Head | None
    rules: Rules
    credential: CredentialBody | None = None
    member: MemberBody | None = None
    holder: Holder | None = None

    def to_entry(self) -> RosterEntry | None:
        """What the rule book is given. A pass whose member has not arrived has no holder."""
        if self.credential is None:
            return None
        return RosterEntry(self.credential.status, self.holder, self.credential.other_site)

    @property
    def is_revoked(self) -> bool:
        return self.credential is not None and self.credential.status is PassStatus.REVOKED


class RosterView:
    """Reads the roster for the door. Not thread-safe: the door has one."""

    def __init__(self, roster: RosterStore) -> None:
        self._roster = roster
        self._known: tuple[int, int] | None = None
        self._rules = Rules()

    def look_up(self, lookup: bytes) -> Joined:
        """What the roster says of a pass. A roster that cannot be read is none."""
        return self._read(lambda connection, head: self._join(connection, head, lookup.hex())) or Joined(None, Rules())

    def rules(self) -> Rules:
        """What holds for all passes now."""
        return self._read(self._current_rules) or Rules()

    def _read(self, ask: Callable[[sqlite3.Connection, Head], _Fact]) -> _Fact | None:
        try:
            with self._roster.read() as connection:
                head = None if connection is None else read_head(connection)
                return None if connection is None or head is None else ask(connection, head)
        except StoreFailed as error:
            _log.error("the roster cannot be read: %s", error)  # one line a scan is enough
            return None

    def _join(self, connection: sqlite3.Connection, head: Head, key: str) -> Joined:
        rules = self._current_rules(connection, head)
        credential = _find(connection, RowKind.CREDENTIAL, key, CredentialBody)
        if credential is None or credential.member_id is None:
            return Joined(head, rules, credential)
        member = _find(connection, RowKind.MEMBER, str(credential.member_id), MemberBody)
        holder = None if member is None else _usable(lambda: member.to_domain(rules.plans), str(credential.member_id))
        return Joined(head, rules, credential, member, holder)

    def _current_rules(self, connection: sqlite3.Connection, head: Head) -> Rules:
        """Site, plans and issuer keys, read again when the roster changed."""
        state = (self._roster.generation(), head.version)
        if state != self._known:
            self._rules = _read_rules(connection)
            self._known = state
        return self._rules


def _read_rules(connection: sqlite3.Connection) -> Rules:
    sites = _all(connection, RowKind.SITE, SiteBody, lambda body: body.to_domain())
    plans = _all(connection, RowKind.PLAN, PlanBody, lambda body: body.to_domain())
    keys = _all(connection, RowKind.ISSUER_KEY, IssuerKeyBody, lambda body: body.public_key)
    return Rules(
        site=next(iter(sites.values()), None),
        plans={plan.id: plan for plan in plans.values()},
        issuer_keys={int(number): key for number, key in keys.items() if number.isdecimal()},
    )


def _find(connection: sqlite3.Connection, kind: RowKind, key: str, model: type[_Body]) -> _Body | None:
    row = connection.execute(schema.FIND_ROW, {"kind": kind.value, "key": key}).fetchone()
    return None if row is None else _usable(lambda: model.model_validate_json(row[1]), key)


def _all(
    connection: sqlite3.Connection, kind: RowKind, model: type[_Body], convert: Callable[[_Body], _Fact]
) -> dict[str, _Fact]:
    found = {}
    for key, body in connection.execute(schema.ROWS_OF_KIND, {"kind": kind.value}).fetchall():
        fact = _usable(partial(_read, model, convert, body), key)
        if fact is not None:
            found[key] = fact
    return found


def _read(model: type[_Body], convert: Callable[[_Body], _Fact], body: str) -> _Fact:
    return convert(model.model_validate_json(body))


def _usable(make: Callable[[], _Fact], key: str) -> _Fact | None:
    """A row that cannot be understood counts as not there: it can let nobody in. Its content is not logged."""
    try:
        return make()
    except (ValidationError, ValueError, KeyError) as error:
        _log.warning("roster row %s cannot be understood: %s", key, type(error).__name__)
        return None
