"""What is to become of each line: read here, against one another, and judged by the cloud."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from admin_desktop.imports.mapping import Reading, Ready, Wrong, read_line
from admin_desktop.imports.table import Line, Table
from shared.contracts.imports import LineOutcome, LineResult
from shared.contracts.qr import ImportStatus


class Fate(Enum):
    """The value is its name in the texts. ``WAITS`` for what the cloud will say."""

    WAITS = "waits"
    NEW = "new"
    THERE = "there"
    WRONG = "wrong"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and what becomes of it. ``reason`` is of ``imports.wrong.<reason>``, also of a code that is not taken over."""

    line: Line
    fate: Fate
    reason: str = ""
    ready: Ready | None = None

    @property
    def is_sent(self) -> bool:
        return self.fate not in (Fate.WRONG, Fate.LEFT_OUT)


def check_lines(table: Table, reading: Reading) -> list[Entry]:
    """Read every line, and find those that come twice. Lines with numbers are looked at first, as the cloud does."""
    entries = [_entry(line, read_line(line, reading)) for line in table.lines]
    seen = _Seen()
    order = sorted(range(len(entries)), key=lambda at: not _has_number(entries[at]))
    for at in order:
        entries[at] = seen.look_at(entries[at])
    return entries


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Those that are sent, lines with numbers first: a number that the gym gives is then none of theirs."""
    return sorted((entry for entry in entries if entry.is_sent), key=lambda entry: not _has_number(entry))


def judged(entry: Entry, result: LineResult, codes: Sequence[ImportStatus]) -> Entry:
    """An entry with what the cloud said of it."""
    if result.outcome is LineOutcome.REFUSED:
        return replace(entry, fate=Fate.WRONG, reason=result.reason or "line")
    fate = Fate.NEW if result.outcome is LineOutcome.MADE else Fate.THERE
    trouble = {ImportStatus.TAKEN: "code_taken", ImportStatus.REVOKED: "code_revoked"}
    reason = next((trouble[status] for status in codes if status in trouble), "")
    return replace(entry, fate=fate, reason=reason)


def count(entries: Sequence[Entry]) -> Counter[Fate]:
    return Counter(entry.fate for entry in entries)


class _Seen:
    """The lines that were looked at before."""

    def __init__(self) -> None:
        self._numbers: dict[str, str] = {}
        self._mailboxes: set[tuple[str, str]] = set()

    def look_at(self, entry: Entry) -> Entry:
        if entry.ready is None or entry.ready.left_out:
            return entry
        member = entry.ready.member
        name = " ".join(f"{member.given_name} {member.family_name}".casefold().split())
        mailbox = ((member.email or "").lower(), member.given_name.casefold())
        known = self._numbers.get(member.number or "")
        if known not in (None, name):
            return replace(entry, fate=Fate.WRONG, reason="number_twice")
        is_twin = known is not None or (member.number is None and mailbox in self._mailboxes)
        if member.number is not None:
            self._numbers[member.number] = name
        if member.email is not None:
            self._mailboxes.add(mailbox)
        return replace(entry, fate=Fate.LEFT_OUT, reason="twice") if is_twin else entry


def _entry(line: Line, read: Ready | Wrong) -> Entry:
    if isinstance(read, Wrong):
        return Entry(line, Fate.WRONG, read.reason)
    return Entry(line, Fate.LEFT_OUT if read.left_out else Fate.WAITS, "left_out" if read.left_out else "", read)


def _has_number(entry: Entry) -> bool:
    return entry.ready is not None and entry.ready.member.number is not None
