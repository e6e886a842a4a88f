"""What ids are called: asked for by the worker that fetches rows, and kept. No Qt."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from admin_desktop.desk import Desk
from shared.contracts.audit import AuditEntry
from shared.contracts.gym import MemberRef, PlanView, SiteView
from shared.contracts.identity import Person
from shared.contracts.kiosks import DeviceInfo

_MEMBER_FIELDS = ("host_id", "guardian_id", "member_id", "merged", "merged_into")
_FOUND, _MEMBERS, _MACHINES = 20, 200, 500
"""So many members whose name has a text in it; ids in one question; machines in one page."""


@dataclass(slots=True)
class Names:
    """Blocks while it learns. A book is replaced, never changed: the GUI thread may read meanwhile."""

    desk: Desk
    sites: Callable[[], list[SiteView]]
    people: dict[UUID, Person] = field(default_factory=dict)
    plans: dict[UUID, PlanView] = field(default_factory=dict)
    devices: dict[UUID, DeviceInfo] = field(default_factory=dict)
    machines: dict[UUID, str] = field(default_factory=dict)
    members: dict[UUID, MemberRef | None] = field(default_factory=dict)
    _removed: set[UUID] = field(default_factory=set)

    def learn(self, entries: Iterable[AuditEntry]) -> None:
        """Make sure of the names of whom and what these rows are about."""
        rows = list(entries)
        by_noun: dict[str, set[UUID]] = {}
        for row in rows:
            by_noun.setdefault(row.action.partition(".")[0], set()).update(_ids([row.subject]))
        actors = {"person": set[UUID](), "device": set[UUID]()}
        for row in rows:
            kind, _, text = row.actor.partition(":")
            actors.setdefault(kind, set()).update(_ids([text]))
        self._learn_some("people", actors["person"] | by_noun.get("person", set()), self._read_people)
        self._learn_some("devices", actors["device"] | by_noun.get("device", set()), self._read_devices)
        self._learn_some("plans", _within(rows, "plan_id") | by_noun.get("plan", set()), self._read_plans)
        self._learn_some("machines", by_noun.get("machine", set()), self._read_machines)
        self._learn_members({row.member_id for row in rows if row.member_id} | _within(rows, *_MEMBER_FIELDS))

    def called(self, text: str) -> list[str]:
        """The ids of all whose name has this in it, or whose number it is."""
        self._read_people()
        self._read_devices()
        self._read_plans()
        self._read_machines()
        wanted = text.casefold()
        named: list[tuple[UUID, str]] = [(each.id, each.name) for each in self.sites()]
        for book in (self.people, self.plans, self.devices):
            named += [(key, each.name) for key, each in book.items()]
        named += list(self.machines.items())
        members = self.desk.staff.members(search=text, limit=_FOUND).items
        return [str(key) for key, name in named if wanted in name.casefold()] + [str(each.id) for each in members]

    def site(self, site_id: UUID) -> SiteView | None:
        return next((each for each in self.sites() if each.id == site_id), None)

    def name_of(self, key: UUID) -> str | None:
        """What an id is called, whatever it is of; None when nobody knows."""
        site, member = self.site(key), self.members.get(key)
        if site is not None or member is not None:
            return site.name if site is not None else None if member is None else member.name or None
        for book in (self.people, self.plans, self.devices):
            if key in book:
                return str(book[key].name)
        return self.machines.get(key)

    def name_of_text(self, text: str) -> str | None:
        """The same of an id as it was written down."""
        return next((self.name_of(key) for key in _ids([text])), None)

    def forget_members(self) -> None:
        """Have them asked for again: some may have been erased."""
        self.members = {}

    @property
    def currency(self) -> str:
        """What amounts are in where a row does not tell: what the gym sells in."""
        return next((plan.currency for plan in self.plans.values()), "")

    def _learn_some(self, book: str, wanted: set[UUID], read: Callable[[], None]) -> None:
        """Read a list (again) when it lacks one that is not known to be gone."""
        if wanted - getattr(self, book).keys() - self._removed:
            read()
            self._removed |= wanted - getattr(self, book).keys()

    def _learn_members(self, wanted: set[UUID]) -> None:
        unknown = sorted(wanted - self.members.keys())
        for start in range(0, len(unknown), _MEMBERS):
            some = unknown[start : start + _MEMBERS]
            found = self.desk.staff.member_refs(some)
            self.members = self.members | {key: found.get(key) for key in some}

    def _read_people(self) -> None:
        self.people = self.people | {each.id: each for each in self.desk.staff.people()}

    def _read_devices(self) -> None:
        self.devices = self.devices | {each.id: each for each in self.desk.staff.devices()}

    def _read_plans(self) -> None:
        self.plans = self.plans | {each.id: each for each in self.desk.staff.plans()}

    def _read_machines(self) -> None:
        after: str | None = None
        while True:
            page = self.desk.machines.machines(after=after, limit=_MACHINES)
            self.machines = self.machines | {each.id: each.name for each in page.items}
            after = page.next
            if after is None:
                return


def _within(rows: Iterable[AuditEntry], *names: str) -> set[UUID]:
    """The ids that stand in fields of these names, before or after."""
    sides = [side for row in rows for side in (row.before, row.after) if side is not None]
    texts = [str(side[name]) for side in sides for name in names if side.get(name) is not None]
    lines = [str(line["plan_id"]) for side in sides for line in side.get("lines") or () if "plan_id" in line]
    return _ids([*texts, *lines] if "plan_id" in names else texts)


def _ids(texts: Iterable[str]) -> set[UUID]:
    found = set()
    for text in texts:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found
