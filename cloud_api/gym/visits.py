"""Keeping the visits as the check-ins say they are, whatever came first (hard case: packs are computed)."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from cloud_api.common.outbox import publish_many
from cloud_api.common.session import new_id, touch
from cloud_api.gym.deriving import Span, Window, find_window
from cloud_api.gym.last_visits import keep_last_visits
from cloud_api.gym.loading import Found, load_check_ins, load_visits
from cloud_api.gym.outgoing import CROWD, VISIT_TOPIC, visit_payload
from cloud_api.gym.tables import VisitRow
from shared.domain.ids import SiteId
from shared.domain.site import Site
from shared.domain.visits import Visit, derive_visits

_REACH = timedelta(days=2)

Touched = Mapping[UUID, Collection[datetime]]
"""Members, each with the effective times of the check-ins that came or were taken back."""


def derive_again(session: Session, site: Site, touched: Touched) -> set[UUID]:
    """Derive the visits around the touched check-ins anew and publish what changed.

    Returns the memberships for which visits came, went or changed.
    """
    keeper, waiting, reach = _Keeper(session, site), dict(touched), max(_REACH, 2 * site.policy.dwell)
    while waiting:
        loaded = _span_of(waiting.values()).widened(reach)
        found = load_check_ins(session, site.id, waiting, loaded)
        windows = {
            member_id: find_window(
                [item.check_in for item in found[member_id]], touched=times, loaded=loaded, dwell=site.policy.dwell
            )
            for member_id, times in waiting.items()
        }
        keeper.keep({member_id: window for member_id, window in windows.items() if window is not None}, found)
        waiting = {member_id: times for member_id, times in waiting.items() if windows[member_id] is None}
        reach *= 2
    keeper.publish()
    return keeper.memberships


def _span_of(times: Iterable[Collection[datetime]]) -> Span:
    flat = [at for group in times for at in group]
    return Span(min(flat), max(flat))


@dataclass(frozen=True, slots=True)
class _Derived:
    """A visit with the membership it counts for: the first that one of its check-ins was let in on."""

    visit: Visit
    membership_id: UUID | None

    @property
    def check_ins(self) -> str:
        return json.dumps([str(item) for item in self.visit.check_ins])


def _derive(found: Sequence[Found], *, dwell: timedelta) -> list[_Derived]:
    on = {item.check_in.event_id: item.membership_id for item in found}
    visits = derive_visits([item.check_in for item in found], dwell=dwell)
    return [_Derived(visit, next((on[item] for item in visit.check_ins if on[item]), None)) for visit in visits]


class _Keeper:
    """Brings the rows of one site up to what is derived, and remembers what to tell."""

    def __init__(self, session: Session, site: Site) -> None:
        self._session = session
        self._site = site
        self._payloads: dict[str, list[tuple[UUID, UUID, str]]] = defaultdict(list)
        self._seen: dict[UUID, datetime] = {}
        self._gone: set[UUID] = set()
        self.memberships: set[UUID] = set()

    def keep(self, windows: Mapping[UUID, Window], found: Mapping[UUID, Sequence[Found]]) -> None:
        if not windows:
            return
        span = Span(min(item.start for item in windows.values()), max(item.end for item in windows.values()))
        known = load_visits(self._session, SiteId(self._site.id), windows, span)
        for member_id, window in windows.items():
            inside = [item for item in found[member_id] if item.check_in.at in window]
            rows = {row.id: row for row in known[member_id] if row.opened_at in window}
            for derived in _derive(inside, dwell=self._site.policy.dwell):
                self._keep_visit(derived, rows.pop(derived.visit.opened_by, None))
            for row in rows.values():
                self._take_back(row)
        self._session.flush()
        keep_last_visits(self._session, self._site.id, self._seen, gone=self._gone)

    def publish(self) -> None:
        if self._payloads:
            touch(self._session, CROWD, self._site.id)
        for event_type, items in self._payloads.items():
            publish_many(self._session, topic=VISIT_TOPIC, type=event_type, items=items)

    def _keep_visit(self, derived: _Derived, row: VisitRow | None) -> None:
        if row is None:
            self._open(derived)
            return
        visit, before = derived.visit, row.membership_id
        same = (before, row.closed_at, row.is_void) == (derived.membership_id, visit.closed_at, False)
        if same and row.check_ins == derived.check_ins:
            return
        closed = not row.is_void and before == derived.membership_id and row.closed_at is None
        row.membership_id, row.closed_at, row.is_void = derived.membership_id, visit.closed_at, False
        row.check_ins = derived.check_ins
        self._changed(row, "closed" if closed and visit.closed_at else "corrected", before)

    def _open(self, derived: _Derived) -> None:
        visit = derived.visit
        local = visit.opened_at.astimezone(self._site.zone)
        row = VisitRow(
            id=visit.opened_by,
            site_id=self._site.id,
            member_id=visit.member_id,
            membership_id=derived.membership_id,
            opened_at=visit.opened_at,
            closed_at=visit.closed_at,
            local_on=local.date(),
            local_hour=local.hour,
            check_ins=derived.check_ins,
            version=0,
        )
        self._changed(row, "opened", None)

    def _take_back(self, row: VisitRow) -> None:
        if not row.is_void:
            row.is_void = True
            self._changed(row, "corrected", row.membership_id)

    def _changed(self, row: VisitRow, what: str, before: UUID | None) -> None:
        row.version += 1
        self._session.add(row)
        if row.is_void:
            self._gone.add(row.member_id)
        else:
            self._seen[row.member_id] = max(row.opened_at, self._seen.get(row.member_id, row.opened_at))
        self.memberships |= {item for item in (before, row.membership_id) if item is not None}
        item = (new_id(self._session), row.member_id, json.dumps(visit_payload(row)))
        self._payloads[f"visit.{what}"].append(item)
