"""Small facts about the kiosk itself, in ``events.db``."""

from collections.abc import Mapping
from typing import Any

from kiosk.store import schema
from kiosk.store.database import Database

NEWEST_AT = "newest_at"  # microseconds; written by the door's commit
SAMPLE = "server_sample"  # JSON; the last server answer the clock rests on
NOT_RECORDED = "not_recorded"  # scans whose commit failed, ever
UNHEARD = "unheard"  # refusals of unknown codes that were not written down, ever
RESENDS = "resends"  # how often everything was marked to be sent again
WIPE = "wipe"  # JSON; the wipe order being carried out


class Meta:
    """Keys and values. Any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: str) -> Any:
        """The value, or None."""
        with self._database.read() as connection:
            row = connection.execute(schema.GET_META, {"key": key}).fetchone()
        return None if row is None else row[0]

    def set(self, values: Mapping[str, str | int]) -> None:
        """Set some keys in one commit."""
        with self._database.write() as connection:
            connection.executemany(schema.SET_META, [{"key": key, "value": value} for key, value in values.items()])

    def add(self, key: str, by: int) -> None:
        """Count up."""
        with self._database.write() as connection:
            connection.execute(schema.ADD_META, {"key": key, "by": by})
