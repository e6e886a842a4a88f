"""What a restored backup must not undo: erasures, pass revocations, device locks (hard case: erased members).

An append-only file beside the database, in the object folder. It is written and flushed to disk before the commit of
the change: a crash between the two leaves a line for a change that did not happen, which a replay then makes; the
other order could lose one that did.
"""

import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

Replay = Callable[[Session, UUID, datetime], None]
"""Do again what the journal says of one id. Doing it twice changes nothing; an id that is not there is passed over."""


@dataclass(frozen=True, slots=True)
class Line:
    """``kind`` is like ``pass_revoked``, ``device_locked``, ``member_erased``; ``id`` of the thing; ``at`` aware UTC."""

    kind: str
    id: UUID
    at: datetime


class Journal:
    """The file. Thread-safe; processes on one machine append without mixing lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def append(self, kind: str, id: UUID, at: datetime) -> None:  # noqa: A002  # the word of the wire
        """Write one line and wait until it is on the disk. Call it inside the transaction of the change."""
        self.append_many(kind, [id], at)

    def append_many(self, kind: str, ids: Iterable[UUID], at: datetime) -> None:
        """The same of several, with one wait."""
        lines = [json.dumps({"kind": kind, "id": str(each), "at": at.isoformat()}) for each in ids]
        if not lines:
            return
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(file, "".join(f"\n{line}\n" for line in lines).encode())  # a line cut short ends here
                os.fsync(file)
            finally:
                os.close(file)

    def read(self) -> Iterator[Line]:
        """The lines in their order. A last line cut short by a power failure is passed over: its change never was."""
        if not self.path.exists():
            return
        for text in filter(None, self.path.read_text(encoding="utf-8").splitlines()):
            try:
                item = json.loads(text)
                yield Line(item["kind"], UUID(item["id"]), datetime.fromisoformat(item["at"]))
            except (ValueError, KeyError, TypeError):
                continue
