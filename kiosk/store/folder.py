"""The kiosk's data folder, opened: everything that lives in it, made once at the start."""

from dataclasses import dataclass
from pathlib import Path

from kiosk.store import schema
from kiosk.store.database import Database, StoreFailed, delete_file
from kiosk.store.events import EventStore
from kiosk.store.history import History
from kiosk.store.meta import Meta
from kiosk.store.outbox import Outbox
from kiosk.store.reserve import DEFAULT_SIZE, Reserve
from kiosk.store.roster import RosterStore
from kiosk.store.timekeeper import Timekeeper
from shared.domain.time import Clock

EVENTS = "events.db"
RESERVE = "reserve.bin"


@dataclass(frozen=True, slots=True)
class Store:
    """What a kiosk keeps. All of it may be used from any thread."""

    folder: Path
    database: Database
    events: EventStore
    history: History
    outbox: Outbox
    meta: Meta
    roster: RosterStore
    reserve: Reserve
    timekeeper: Timekeeper

    def close(self) -> None:
        """No thread may be using it any more."""
        self.roster.close()
        self.database.close()

    def delete_events(self) -> None:
        """The last step of a wipe. The store is closed and not to be used again."""
        self.close()
        delete_file(self.folder / EVENTS)
        self.reserve.free()


def open_store(folder: Path, clock: Clock, *, reserve_size: int = DEFAULT_SIZE) -> Store:
    """Open the data folder, making it (0700) and its databases where they are not there yet.

    On a disk so full that not even this works the reserve is given back. It is not written here, because 64 MiB take
    their time: ``keep_reserve`` of ``kiosk.sync.loops`` does it in a thread.

    Raises:
        StoreFailed: the folder or ``events.db`` cannot be used.
        InvalidInput: written by a newer program.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreFailed(f"The data folder {folder} cannot be made: {error}") from error
    reserve = Reserve(folder / RESERVE, reserve_size)
    database = _open_events(folder / EVENTS, reserve)
    meta = Meta(database)
    return Store(
        folder=folder,
        database=database,
        events=EventStore(database, reserve),
        history=History(database),
        outbox=Outbox(database),
        meta=meta,
        roster=RosterStore(folder),
        reserve=reserve,
        timekeeper=Timekeeper(clock, meta),
    )


def _open_events(path: Path, reserve: Reserve) -> Database:
    try:
        return Database(path, schema.EVENTS_MIGRATIONS)
    except StoreFailed as error:
        if not (error.for_space and reserve.free()):
            raise
        return Database(path, schema.EVENTS_MIGRATIONS)
