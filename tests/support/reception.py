"""Staff at the desk of a gym in process: members, memberships and passes in one line each, and events of its doors."""

import itertools
import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import Session, col, select

from cloud_api.common.audit_chain import find_break
from cloud_api.common.events import AttendanceRecorded
from cloud_api.common.tables import AuditRow, OutboxMessage
from cloud_api.devices.feed import read_snapshot
from cloud_api.gym import recording
from cloud_api.gym.tables import VisitRow
from shared.contracts.devices import EventRecord
from shared.domain.passes import PassKind
from shared.domain.roles import Group
from shared.passtoken import tokens
from shared.passtoken.lookup import lookup_hash
from tests.support.builders import NOON, an_event_record, an_id
from tests.support.cloud import Gym

DEVICE_ID = an_id(801)
STREAM_ID = an_id(802)
_numbers = itertools.count(1)


def ok(answer: httpx.Response) -> Any:
    """The body of a good answer."""
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    return answer.json()


class Desk:
    """What a test says to the API, as an Owner, so that roles are not in the way."""

    def __init__(self, gym: Gym) -> None:
        self.gym = gym
        self.site_id = gym.site_id
        self._client: httpx.Client | None = None
        self._signed_in_at = gym.clock.at

    @property
    def client(self) -> httpx.Client:
        """Signed in; again, when the gym's clock has moved on."""
        if self._client is None or abs(self.gym.clock.at - self._signed_in_at) > timedelta(minutes=10):
            self._client, self._signed_in_at = self.gym.client_of(Group.OWNER), self.gym.clock.at
        return self._client

    def site(self, name: str = "Second", **changes: Any) -> UUID:
        draft = {"name": name, "zone": "Europe/Copenhagen", **changes}
        return UUID(ok(self.client.post("/v1/sites", json=draft))["id"])

    def policy(self, **changes: Any) -> None:
        """Change policies of the first site, keeping the others."""
        site = ok(self.client.get(f"/v1/sites/{self.site_id}"))
        draft = {**site, "policy": {**site["policy"], **changes}}
        ok(self.client.put(f"/v1/sites/{self.site_id}", json=draft))

    def plan(self, **changes: Any) -> UUID:
        """A monthly plan that renews, good everywhere."""
        draft = {"name": "Monthly", "months": 1, "price_minor": 34_900, "currency": "DKK", "renews": True, **changes}
        return UUID(ok(self.client.post("/v1/plans", json=draft))["id"])

    def pack(self, visits: int = 10, **changes: Any) -> UUID:
        return self.plan(name=f"{visits} visits", visits=visits, months=6, renews=False, **changes)

    def member(self, *, plan: UUID | None = None, starts_on: date | None = None, **changes: Any) -> UUID:
        """A member of the first site; on a plan from today on, when one is given."""
        draft = {"given_name": "Nora", "family_name": "Berg", "home_site_id": str(self.site_id), **changes}
        member_id = UUID(ok(self.client.post("/v1/members", json=draft))["id"])
        if plan is not None:
            self.sell(member_id, plan, starts_on=starts_on)
        return member_id

    def sell(self, member_id: UUID, plan: UUID, *, starts_on: date | None = None) -> dict[str, Any]:
        sale = {"plan_id": str(plan), "starts_on": None if starts_on is None else str(starts_on)}
        return ok(self.client.post(f"/v1/members/{member_id}/memberships", json=sale))

    def read(self, member_id: UUID) -> dict[str, Any]:
        return ok(self.client.get(f"/v1/members/{member_id}"))

    def card(self, member_id: UUID) -> dict[str, Any]:
        """``id`` of the pass, ``text`` of the card, its ``lookup``."""
        issued = ok(self.client.post(f"/v1/members/{member_id}/cards", json={}))
        token = tokens.parse(issued["code"]["text"])
        lookup = lookup_hash(self.gym.cloud.keys.pepper, PassKind.CARD, token.card_id)
        return {"id": UUID(issued["member_pass"]["id"]), "text": issued["code"]["text"], "lookup": lookup}

    def roster(self, site_id: UUID | None = None) -> dict[tuple[str, str], dict[str, Any]]:
        """What a site's doors know: bodies by kind and key."""
        with self.gym.cloud.database.reading() as session:
            snapshot = read_snapshot(session, site_id or self.site_id)
        return {(row.kind.value, row.key): json.loads(row.body) for row in snapshot.rows}

    def member_row(self, member_id: UUID, site_id: UUID | None = None) -> dict[str, Any] | None:
        return self.roster(site_id).get(("member", str(member_id)))

    def credential_row(self, lookup: bytes, site_id: UUID | None = None) -> dict[str, Any] | None:
        return self.roster(site_id).get(("credential", lookup.hex()))

    def actions(self, service: str) -> list[str]:
        """What stands in the audit log of a service, whose chain must hold."""
        return [row.action for row in self.audit(service)]

    def audit(self, service: str) -> list[AuditRow]:
        """The rows of a service's audit log, whose chain must hold."""
        with self.gym.cloud.database.reading() as session:
            assert find_break(session, service) is None
            query = select(AuditRow).where(AuditRow.service == service).order_by(col(AuditRow.number))
            return list(session.exec(query))

    def published(self) -> list[str]:
        """The types of all events so far."""
        with self.gym.cloud.database.reading() as session:
            return [row.type for row in session.exec(select(OutboxMessage).order_by(col(OutboxMessage.number)))]

    def record(self, *arrivals: AttendanceRecorded) -> None:
        """Take in events of the doors in one batch, as the consumer does."""
        with self.gym.cloud.database.transaction() as session:
            recording.record(session, self.gym.cloud.keys, arrivals)

    def visits(self, member_id: UUID | None = None) -> list[dict[str, Any]]:
        """The visits that count, oldest first, by the API."""
        params = {} if member_id is None else {"member_id": str(member_id)}
        return ok(self.client.get("/v1/visits", params={**params, "limit": 500}))["items"]

    def attendance(self, **params: Any) -> list[dict[str, Any]]:
        return ok(self.client.get("/v1/attendance", params={"limit": 500, **params}))["items"]


def arrival(site_id: UUID, *, at: datetime = NOON, flags: Iterable[str] = (), **changes: Any) -> AttendanceRecorded:
    """An event as ``devices`` passes it on: an admitted card at noon, but for what the test changes."""
    device_id = changes.pop("device_id", DEVICE_ID)
    facts = {"number": next(_numbers), "door_at": at, "wall_at": at, **changes}
    event: EventRecord = an_event_record(**facts)
    return AttendanceRecorded(
        device_id=device_id,
        site_id=site_id,
        stream_id=STREAM_ID,
        received_at=at + timedelta(seconds=2),
        effective_at=at,
        flags=list(flags),
        event=event,
    )


def void_of(entry: AttendanceRecorded, *, at: datetime | None = None, **changes: Any) -> AttendanceRecorded:
    """The door reported that nobody passed."""
    facts = {
        "kind": "void",
        "outcome": None,
        "pass_kind": None,
        "lookup": None,
        "member_id": None,
        "membership_id": None,
        "refers_to": entry.event.id,
        "device_id": entry.device_id,
        **changes,
    }
    return arrival(entry.site_id, at=at or entry.effective_at + timedelta(seconds=8), **facts)


def living_visits(session: Session) -> list[VisitRow]:
    return list(session.exec(select(VisitRow).where(col(VisitRow.is_void).is_(False))))
