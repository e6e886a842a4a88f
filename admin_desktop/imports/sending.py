"""Lines on their way to the cloud, a portion at a time: how far they are stays known, so that trying again goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID, uuid4

from admin_desktop.desk import Desk
from admin_desktop.imports.checking import Entry, in_order, judged
from admin_desktop.imports.mapping import Ready
from shared.contracts.imports import ImportPortion, LineOutcome, LineResult
from shared.contracts.qr import BarcodeImport, ImportStatus, Symbology

PORTION = 250
_CODES = 1000
_THERE = (LineOutcome.MADE, LineOutcome.THERE)

Tell = Callable[[int, int], None]
"""Told how many lines of how many are done; what it raises ends the sending between two portions."""


@dataclass(slots=True)
class Run:
    """One import, or its dry run, under an id of its own. ``go`` blocks and may be called again after a failure."""

    import_id: UUID
    file_name: str
    entries: Sequence[Entry]
    symbology: Symbology
    dry_run: bool
    results: dict[int, LineResult] = field(default_factory=dict)
    codes: dict[int, list[ImportStatus]] = field(default_factory=dict)

    def go(self, desk: Desk, tell: Tell = lambda _done, _all: None) -> list[Entry]:
        """Send what was not sent yet; returns all entries as the cloud judged them.

        Raises:
            Stopped: ``tell`` said so. Unavailable, Rejected: what the cloud answers. What was sent stays.
        """
        waiting = in_order(self.entries)
        left = iter(
            [entry.ready for entry in waiting if entry.ready is not None and entry.line.number not in self.codes]
        )
        while portion := list(islice(left, PORTION)):
            self._send(desk, portion)
            tell(len(self.codes), len(waiting))
        return self.judged()

    def judged(self) -> list[Entry]:
        """The entries by what is known so far."""
        return [
            judged(entry, self.results[entry.line.number], self.codes.get(entry.line.number, []))
            if entry.line.number in self.results
            else entry
            for entry in self.entries
        ]

    @property
    def made(self) -> int:
        return sum(each.outcome is LineOutcome.MADE for each in self.results.values())

    def _send(self, desk: Desk, portion: Sequence[Ready]) -> None:
        rows = [ready.member for ready in portion]
        sent = ImportPortion(file_name=self.file_name, dry_run=self.dry_run, rows=rows)
        results = {each.line: each for each in desk.moving.take_in(self.import_id, sent)}
        self.results |= results
        codes = self._codes(desk, [ready for ready in portion if results[ready.member.line].outcome in _THERE])
        self.codes |= {row.line: codes.get(row.line, []) for row in rows}

    def _codes(self, desk: Desk, portion: Sequence[Ready]) -> dict[int, list[ImportStatus]]:
        """Old codes of who is there now. In a dry run some are yet to be made, and have no id."""
        wanted = [(ready.member.line, item) for ready in portion for item in self._items(ready)]
        found: dict[int, list[ImportStatus]] = {}
        for start in range(0, len(wanted), _CODES):
            some = wanted[start : start + _CODES]
            answers = desk.staff.import_barcodes([item for _, item in some], dry_run=self.dry_run)
            for (line, _), answer in zip(some, answers, strict=True):
                found.setdefault(line, []).append(answer.status)
        return found

    def _items(self, ready: Ready) -> list[BarcodeImport]:
        member_id = self.results[ready.member.line].member_id or uuid4()
        return [BarcodeImport(member_id=member_id, symbology=self.symbology, text=code) for code in ready.codes]
