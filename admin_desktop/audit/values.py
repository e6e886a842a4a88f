"""Before and after as people read them: which field, and what it was and is. No Qt."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from admin_desktop.audit.names import Names
from admin_desktop.shell.context import Context
from shared.contracts.audit import AuditEntry

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST, _SHORT_ID = 300, 6


@dataclass(frozen=True, slots=True)
class Change:
    """One field, in words."""

    field: str
    before: str
    after: str


def changes_of(entry: AuditEntry, names: Names, context: Context) -> list[Change]:
    """All that a row tells, field by field; a field of fields is told by those that differ."""
    told = _Telling(entry, names, context)
    if entry.before is None or entry.after is None:
        return []
    return [change for name in entry.fields for change in told.of(name)]


def field_words(name: str, context: Context) -> str:
    """What a field is called; its own name where nobody has found words yet."""
    for key in (f"audit.field.{name}", f"sites.field.{name}"):
        if context.words.knows(key):
            return context.words(key)
    return name.replace("_", " ").capitalize()


def short_id(key: UUID | str) -> str:
    """Enough of an id to tell it from others on a page: its end, which is random."""
    return f"…{str(key)[-_SHORT_ID:]}"


class _Telling:
    def __init__(self, entry: AuditEntry, names: Names, context: Context) -> None:
        self._entry, self._names, self._context = entry, names, context
        self._words = context.words

    def of(self, name: str) -> list[Change]:
        words, entry = self._words, self._entry
        before, after = entry.before or {}, entry.after or {}
        label = field_words(name, self._context)
        if name in entry.erased:
            return [Change(label, words("audit.erased"), words("audit.erased"))]
        if name not in before and name not in after:
            return [Change(label, words("audit.empty"), words("audit.unsaid"))]
        old, new = before.get(name), after.get(name)
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            return self._parts(old or {}, new or {})
        return [Change(label, self.value(name, old), self.value(name, new))]

    def _parts(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
        differing = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        return [
            Change(self._part_words(name), self._part(name, old), self._part(name, new)) for name in sorted(differing)
        ]

    def _part_words(self, name: str) -> str:
        """A rule's name, or the day of an exception."""
        return self._text(name) if _DAY.fullmatch(name) else field_words(name, self._context)

    def _part(self, name: str, side: Mapping[str, Any]) -> str:
        return self.value(name, side[name]) if name in side else self._words("audit.empty")

    def value(self, name: str, value: object) -> str:
        words = self._words
        match value:
            case None | "":
                return words("audit.empty")
            case bool():
                return words("audit.yes" if value else "audit.no")
            case int() if name.endswith("_minor"):
                return words.money(value, self._currency())
            case int() if name.endswith("_s"):
                return self._span(value)
            case int() | float():
                return words.number(value)
            case list():
                return self._list(name, value)
            case Mapping():
                return ", ".join(f"{field_words(key, self._context)}: {self.value(key, value[key])}" for key in value)
        return self._text(str(value))

    def _span(self, seconds: int) -> str:
        """In the largest unit that says it whole."""
        for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
            if seconds and seconds % size == 0:
                return self._words(f"span.{unit}", n=seconds // size)
        return self._words("span.seconds", n=seconds)

    def _list(self, name: str, items: list[Any]) -> str:
        if not items:
            return self._words("sites.closed") if name in ("windows", "hours") or _DAY.fullmatch(name) else "–"
        return ", ".join(self._item(item) for item in items)

    def _item(self, item: object) -> str:
        match item:
            case {"weekday": int() as day, "opens": int() as opens, "closes": int() as closes}:
                return f"{self._words(f'plans.day.{day}')} {_clock(opens)}–{_clock(closes)}"
            case {"plan_name": str() as plan, "price_minor": int() as price}:
                return f"{plan} {self._words.money(price, self._currency())}"
            case [first, last]:
                return f"{self.value('', first)} – {self.value('', last)}"
        return self.value("", item)

    def _text(self, text: str) -> str:
        context, words = self._context, self._words
        if _INSTANT.fullmatch(text):
            return words.moment(datetime.fromisoformat(text), zone=context.sites.zone, now=context.clock.now())
        if _DAY.fullmatch(text):
            return words.date(date.fromisoformat(text))
        for key in (f"audit.value.{text}", f"role.{text}"):
            if words.knows(key):
                return words(key)
        try:
            known = UUID(text) if len(text) in (32, 36) else None
        except ValueError:
            known = None
        if known is not None:
            return self._names.name_of(known) or short_id(known)
        return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"

    def _currency(self) -> str:
        """The row's own; else what the plan, or else the gym, is sold in."""
        sides = (self._entry.after or {}, self._entry.before or {})
        own = next((side["currency"] for side in sides if side.get("currency")), None)
        if own is None and self._entry.action.startswith("plan."):
            plan = self._names.plans.get(UUID(self._entry.subject))
            own = None if plan is None else plan.currency
        return str(own or self._names.currency)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
