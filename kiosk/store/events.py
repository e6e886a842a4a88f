"""The event log as the door writes it: one commit an event, gapless numbers within a stream, nothing ever changed."""

from uuid import UUID

from kiosk.store import schema
from kiosk.store.database import Database, Step, StoreFailed
from kiosk.store.instants import to_us
from kiosk.store.reserve import Reserve
from shared.contracts.devices import EventRecord
from shared.domain.ids import StreamId
from shared.domain.time import TimeQuality

_TRUSTED = (TimeQuality.SYNCED, TimeQuality.HELD)


class EventStore:
    """Appends events. Any thread, though in a kiosk one thread decides and records."""

    def __init__(self, database: Database, reserve: Reserve) -> None:
        self._database = database
        self._reserve = reserve

    def append(self, record: EventRecord) -> EventRecord:
        """Write an event down, durably, and return it with its number; the number given is a placeholder.

        When the disk is full the reserve is given back and the commit tried once more.

        Raises:
            StoreFailed: nothing was written, so nothing may turn green.
        """
        try:
            return self._commit(record)
        except StoreFailed as error:
            if not (error.for_space and self._reserve.free()):
                raise
            return self._commit(record)

    def open_stream(self, stream_id: StreamId) -> None:
        """Number what comes next from 1 in this stream, or go on in it where it was open before."""
        with self._database.write() as connection:
            connection.execute(schema.CLOSE_STREAM)
            connection.execute(schema.OPEN_STREAM, {"id": stream_id.bytes})

    def ensure_stream(self, stream_id: StreamId) -> None:
        """Open a stream unless it was ever open here: after it another may have been opened for good reason."""
        with self._database.write() as connection:
            if connection.execute(schema.KNOWN_STREAM, {"id": stream_id.bytes}).fetchone() is None:
                connection.execute(schema.CLOSE_STREAM)
                connection.execute(schema.OPEN_STREAM, {"id": stream_id.bytes})

    def current_stream(self) -> tuple[StreamId, int]:
        """The open stream and the last number given in it, 0 when none was.

        Raises:
            StoreFailed: no stream is open; the kiosk is not enrolled.
        """
        with self._database.read() as connection:
            row = connection.execute(schema.NEXT_NUMBER).fetchone()
        stream_id, next_number = _opened(row)
        return StreamId(UUID(bytes=stream_id)), next_number - 1

    def _commit(self, record: EventRecord) -> EventRecord:
        with self._database.write() as connection:
            stream_id, number = _opened(connection.execute(schema.NEXT_NUMBER).fetchone())
            numbered = record.model_copy(update={"number": number})
            for statement, parameters in append_steps(numbered, stream_id):
                connection.execute(statement, parameters)
        return numbered


def append_steps(record: EventRecord, stream_id: bytes) -> tuple[Step, ...]:
    """What one commit of the door consists of: event and replay mark, its delivery, the next number, the newest time."""
    row = _row(record, stream_id)
    trusted = record.time_quality in _TRUSTED
    return (
        (schema.INSERT_EVENT, row),
        (schema.INSERT_DELIVERY, {"id": row["id"]}),
        (schema.ADVANCE_STREAM, {"number": record.number, "stream_id": stream_id}),
        (schema.KEEP_NEWEST, {"door_at": row["door_at"], "trusted": trusted}),
    )


def _row(record: EventRecord, stream_id: bytes) -> dict[str, object]:
    return {
        "id": record.id.bytes,
        "stream_id": stream_id,
        "number": record.number,
        "kind": record.kind.value,
        "direction": record.direction.value,
        "outcome": None if record.outcome is None else record.outcome.value,
        "reopened": record.reopened,
        "lookup": record.lookup,
        "code_at": None if record.code_at is None else to_us(record.code_at),
        "member_id": None if record.member_id is None else record.member_id.bytes,
        "membership_id": None if record.membership_id is None else record.membership_id.bytes,
        "refers_to": None if record.refers_to is None else record.refers_to.bytes,
        "door_at": to_us(record.door_at),
        "body": record.model_dump_json(),
    }


def _opened(row: tuple[bytes, int] | None) -> tuple[bytes, int]:
    if row is None:
        raise StoreFailed("No stream of events is open: this kiosk is not enrolled.")
    return row
