"""Writing down, and what happens when that fails (promise 2's exception)."""

import logging
from collections import deque
from contextlib import suppress

from kiosk.store.database import StoreFailed
from kiosk.store.folder import Store
from kiosk.store.meta import NOT_RECORDED
from kiosk.store.timekeeper import Look
from shared.contracts.devices import EventRecord
from shared.domain.attendance import EventKind, Outcome

_log = logging.getLogger(__name__)
_REMEMBERED = 1000


class Books:
    """Writes events; counts and remembers those that could not be written, to write them as such later.

    Used under the door's lock.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owed: deque[EventRecord] = deque(maxlen=_REMEMBERED)
        self._uncounted = 0
        self._counted = int(store.meta.find(NOT_RECORDED) or 0)

    @property
    def not_recorded(self) -> int:
        """Scans whose commit failed, ever: those on the disk and those it does not know of yet."""
        return self._counted + self._uncounted

    def write(self, record: EventRecord, look: Look) -> EventRecord | None:
        """The event with its number, durable; None when it could not be written."""
        try:
            written = self._store.events.append(record)
        except StoreFailed as error:  # without a traceback: a log that grows with every scan would not help a full disk
            _log.error("an event could not be written down: %s", error)
            self._owe(record)
            return None
        self._store.timekeeper.keep(look.door)
        return written

    def miss(self) -> None:
        """Count a scan that was answered without even an event to write."""
        self._uncounted += 1

    def catch_up(self) -> None:
        """Write what is owed, if the disk allows it now."""
        with suppress(StoreFailed):
            while self._owed:
                self._store.events.append(self._owed[0])
                self._owed.popleft()
            if self._uncounted:
                self._store.meta.add(NOT_RECORDED, self._uncounted)
                self._counted, self._uncounted = self._counted + self._uncounted, 0

    def _owe(self, record: EventRecord) -> None:
        """A scan is remembered as not recorded, whatever was decided: its light was amber."""
        if record.kind is EventKind.SCAN:
            self._uncounted += 1
            record = record.model_copy(update={"outcome": Outcome.NOT_RECORDED})
        self._owed.append(record)
