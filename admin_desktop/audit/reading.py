"""What the room says of a row: who, what, of whom, from where; and where the thing is to be seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from admin_desktop.audit.names import Names
from admin_desktop.audit.values import field_words, short_id
from admin_desktop.exporting.table import Export
from admin_desktop.exporting.table import Field as ExportField
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Cell, Column, Fetch
from shared.contracts.audit import AuditEntry

NOUNS = {
    "member": ("member", "import", "contact"),
    "membership": ("membership",),
    "pass": ("pass", "voucher", "issuer_key"),
    "money": ("order", "payment", "till"),
    "plan": ("plan",),
    "site": ("site",),
    "device": ("device",),
    "machine": ("machine",),
    "person": ("person",),
    "attendance": ("attendance",),
    "mail": ("mail",),
}
"""Kinds of things as the filter offers them, each with the first words of its actions."""

_IMPORTS = ("member.imported", "import.undone")
_OWN_ROOMS = {"device": "kiosks", "machine": "machines", "site": "sites"}


@dataclass(frozen=True, slots=True)
class Place:
    """A room, and what finds the thing there (blocks)."""

    room: str
    find: Callable[[], object]


def action_words(action: str, context: Context) -> str:
    """What was done; the bare action where nobody has found words yet."""
    key = f"audit.did.{action}"
    return context.words(key) if context.words.knows(key) else action


def who_did(entry: AuditEntry, names: Names, context: Context) -> str:
    words, (kind, _, text) = context.words, entry.actor.partition(":")
    if kind == "person" and text:
        person = names.people.get(UUID(text))
        return words("audit.by.gone", id=short_id(text)) if person is None else person.name
    if kind == "device" and text:
        return words("audit.by.kiosk", name=names.name_of(UUID(text)) or short_id(text))
    key = f"audit.by.{entry.actor}"
    return words(key) if words.knows(key) else entry.actor


def of_whom(entry: AuditEntry, names: Names, context: Context) -> str:
    """The member, where it is about one; else the thing by its name."""
    words = context.words
    if entry.member_id is not None:
        return names.name_of(entry.member_id) or words("audit.name.erased")
    noun = entry.action.partition(".")[0]
    if noun == "till":
        return _till(entry, names, context)
    if noun == "issuer_key":
        return words("audit.name.key", n=entry.subject)
    known = _uuid(entry.subject)
    if known is None:
        return entry.subject
    if entry.action in _IMPORTS:
        return words("audit.name.import", id=short_id(known))
    return names.name_of(known) or _name_within(entry) or words("audit.name.removed", id=short_id(known))


def from_where(entry: AuditEntry, names: Names, context: Context) -> str:
    """A kiosk that was just paired has no token yet, and whoever uses a link no sign-in."""
    words, (kind, _, text) = context.words, (entry.device or entry.actor).partition(":")
    if kind == "session":
        return entry.desk or words("audit.nameless_desk")
    if kind == "device":
        return words("audit.by.kiosk", name=names.name_of(UUID(text)) or short_id(text))
    return words("audit.no_sign_in" if kind == "person" else "audit.no_desk")


def place_of(entry: AuditEntry, names: Names, context: Context) -> Place | None:
    """Where the thing is to be seen; None when it is gone or has no room."""
    staff, noun = context.desk.staff, entry.action.partition(".")[0]
    member_id, known = entry.member_id, _uuid(entry.subject)
    if member_id is not None:
        living = names.name_of(member_id) is not None
        return Place("members", lambda: staff.member(member_id)) if living else None
    if known is None or names.name_of(known) is None:
        return None
    if noun == "person":
        return Place("staff", lambda: names.people[known])
    if noun == "plan":
        return Place("plans", lambda: names.plans[known])
    return Place(_OWN_ROOMS[noun], lambda: known) if noun in _OWN_ROOMS else None


def audit_columns(context: Context, names: Names) -> list[Column[AuditEntry]]:
    words = context.words

    def when(entry: AuditEntry) -> Cell:
        return Cell(words.moment(entry.at, zone=context.sites.zone, now=context.clock.now()), figures=True)

    def what(entry: AuditEntry) -> Cell:
        return Cell(action_words(entry.action, context), _fields(entry, context), strong=True)

    return [
        Column(words("audit.when"), 1, when, floor=132),
        Column(words("audit.who"), 2, lambda entry: Cell(who_did(entry, names, context)), floor=110),
        Column(words("audit.what"), 3, what, floor=160),
        Column(words("audit.whom"), 2, lambda entry: Cell(of_whom(entry, names, context)), floor=130),
        Column(words("audit.where"), 2, lambda entry: Cell(from_where(entry, names, context)), floor=110),
    ]


def audit_export(context: Context, names: Names, fetch: Fetch[AuditEntry], told: "Told") -> Export[AuditEntry]:
    """The list as a file. ``told`` gives all of a row's befores, or afters, in one text."""
    words = context.words

    def at(entry: AuditEntry) -> datetime:
        return entry.at

    fields: list[ExportField[AuditEntry]] = [
        ExportField(words("audit.when"), at),
        ExportField(words("audit.who"), lambda entry: who_did(entry, names, context)),
        ExportField(words("audit.what"), lambda entry: action_words(entry.action, context)),
        ExportField(words("audit.whom"), lambda entry: of_whom(entry, names, context)),
        ExportField(words("audit.where"), lambda entry: from_where(entry, names, context)),
        ExportField(words("audit.fields"), lambda entry: _fields(entry, context)),
        ExportField(words("audit.before"), lambda entry: told(entry, False)),
        ExportField(words("audit.after"), lambda entry: told(entry, True)),
        ExportField(words("audit.number"), lambda entry: f"{entry.service} {entry.number}"),
    ]
    return Export(words("audit.export"), fields, fetch, context.sites.zone)


Told = Callable[[AuditEntry, bool], str]


def _fields(entry: AuditEntry, context: Context) -> str:
    return ", ".join(field_words(name, context) for name in entry.fields)


def _till(entry: AuditEntry, names: Names, context: Context) -> str:
    for side in (entry.after or {}, entry.before or {}):
        site = names.site(UUID(text)) if (text := side.get("site_id") or side.get("open_site_id")) else None
        if site is not None:
            return context.words("audit.name.till", site=site.name)
    return context.words("audit.name.till", site=short_id(entry.subject))


def _name_within(entry: AuditEntry) -> str | None:
    """What a thing was called that is gone, as far as its row tells."""
    for side in (entry.before or {}, entry.after or {}):
        if isinstance(side.get("name"), str):
            return str(side["name"])
    return None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
