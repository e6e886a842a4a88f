"""Bugs planted in the product, each a small patch. The campaign must find every one; the tests replay how it did."""

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from cloud_api.common import roster as cloud_roster
from cloud_api.devices import feed, health, ingest, storing, streams
from kiosk.entry import books
from kiosk.store import outbox, roster_file, schema
from kiosk.sync import pull, push, wipe
from kiosk.sync.rounds import Round
from shared.contracts.devices import EventResult, EventStatus, FeedAnswer, Snapshot
from shared.contracts.roster import CHECKSUM_MODULUS, row_hash
from shared.errors import Unavailable

Plant = Callable[[], AbstractContextManager[Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Planted:
    """``about`` says what the planted product does wrong."""

    about: str
    plant: Plant


PLANTED: dict[str, Planted] = {}


def _planted(about: str) -> Callable[[Plant], Plant]:
    def keep(plant: Plant) -> Plant:
        PLANTED[plant.__name__] = Planted(about, plant)
        return plant

    return keep


def _wrapping(owner: Any, name: str, around: Callable[..., Any]) -> AbstractContextManager[Any]:
    """Replace a function by ``around(real, *arguments)``."""
    real = getattr(owner, name)

    def wrapped(*arguments: Any, **named: Any) -> Any:
        return around(real, *arguments, **named)

    return mock.patch.object(owner, name, wrapped)


@_planted("events are marked as sent before the answer came")
def sent_marked_before_the_answer() -> AbstractContextManager[Any]:
    def around(real: Any, self: push.Pusher, batch: outbox.Batch) -> Round:
        results = [EventResult(id=event.id, number=1, status=EventStatus.STORED, flags=[]) for event in batch.events]
        self._outbox.acknowledge(batch, results, at=self._now())
        return real(self, batch)

    return _wrapping(push.Pusher, "_push", around)


@_planted("the cloud gives events a key of its own, so that the same event is stored again")
@contextmanager
def no_idempotency() -> Iterator[None]:
    def around(real: Any, *arguments: Any) -> Any:
        return (uuid.uuid4().bytes, *real(*arguments)[1:])

    with _wrapping(storing, "_row", around), mock.patch.object(ingest, "find_stored", lambda *_: {}):
        yield


@_planted("the kiosk writes the cursor down in a commit before that of the rows")
def cursor_before_rows() -> AbstractContextManager[Any]:
    def around(real: Any, database: Any, answer: FeedAnswer, *, since: int, confirmed: Any) -> Any:
        with database.write() as connection:
            head = roster_file.read_head(connection)
            if head is None or head.epoch != answer.epoch or head.version != since:
                raise roster_file.WrongRoster
            ahead = dataclasses.replace(head, version=answer.version)
            connection.execute(schema.SET_HEAD, roster_file._head_parameters(ahead))
        return real(database, answer, since=answer.version, confirmed=confirmed)

    return _wrapping(roster_file, "apply_delta", around)


@_planted("a restored cloud goes on under its old epoch")
def no_epoch() -> AbstractContextManager[Any]:
    return mock.patch.object(cloud_roster, "new_epoch", lambda _session: None)


@_planted("a number that comes back with another event is answered as a duplicate")
def reused_number_taken_as_duplicate() -> AbstractContextManager[Any]:
    def around(real: Any, session: Any, arrival: Any, written: Any, *, numbers: Any, always: Any) -> Any:
        fresh = [item for item in written if item[0].number not in numbers]
        new, known = real(session, arrival, fresh, numbers=numbers, always=always)
        taken = {event.id: storing.Stored(text, ()) for event, text in written if event.number in numbers}
        return new, known | taken

    return _wrapping(ingest, "_store", around)


@_planted("the kiosk takes the answers in the order in which it sent the events, not by their ids")
def answers_matched_by_position() -> AbstractContextManager[Any]:
    def settled(batch: outbox.Batch, results: Any) -> Any:
        pairs = zip(batch.events, results, strict=False)
        return {event.id: (event.seq, result) for event, result in pairs if result.status is not EventStatus.LATER}

    return mock.patch.object(outbox, "_settled", settled)


@_planted("the download waits until nothing is unsent")
def upload_blocks_download() -> AbstractContextManager[Any]:
    def around(real: Any, self: pull.Puller) -> Round:
        if self._store.outbox.state().unsent:
            return Round(error=Unavailable("the upload goes first"))
        return real(self)

    return _wrapping(pull.Puller, "step", around)


@_planted("a snapshot takes the old roster's place before all its rows are in it")
def half_snapshot_swapped() -> AbstractContextManager[Any]:
    def around(real: Any, path: Any, snapshot: Snapshot, confirmed: Any) -> None:
        half = snapshot.rows[: len(snapshot.rows) // 2]
        checksum = sum(row_hash(row.kind.value, row.key, row.version, row.body) for row in half) % CHECKSUM_MODULUS
        real(path.with_suffix(""), snapshot.model_copy(update={"rows": half, "checksum": checksum}), confirmed)
        real(path, snapshot, confirmed)

    return _wrapping(roster_file, "build_file", around)


@_planted("a wipe deletes the events before they were handed in")
def wipe_before_salvage() -> AbstractContextManager[Any]:
    def hand_in(self: wipe.Wipe) -> Round:
        self._enter(wipe.Stage.HANDED_IN)
        return Round(more=True)

    return mock.patch.object(wipe.Wipe, "_hand_in", hand_in)


@_planted("the kiosk ignores the checksum of the feed, which left out a row")
def checksum_ignored() -> AbstractContextManager[Any]:
    def around(real: Any, database: Any, answer: FeedAnswer, **more: Any) -> Any:
        with database.read() as connection:
            rows = {(kind, key): (version, body) for kind, key, version, body in connection.execute(schema.ALL_ROWS)}
        for row in answer.rows:
            rows[row.kind.value, row.key] = (row.version, row.body)
        living = [(*key, version, body) for key, (version, body) in rows.items() if body is not None]
        own = sum(row_hash(*row) for row in living) % CHECKSUM_MODULUS
        return real(database, answer.model_copy(update={"checksum": own}), **more)

    def skipping(real: Any, *arguments: Any) -> FeedAnswer:
        answer = real(*arguments)
        return answer.model_copy(update={"rows": answer.rows[1:]})

    patches = ExitStack()
    patches.enter_context(_wrapping(roster_file, "apply_delta", around))
    patches.enter_context(_wrapping(feed, "read_feed", skipping))
    return patches


@_planted("acknowledged events are deleted at once")
def acknowledged_events_pruned_too_early() -> AbstractContextManager[Any]:
    return mock.patch.object(outbox, "KEEP_ACKNOWLEDGED", timedelta(0))


@_planted("the feed does not tell of rows that were removed")
def tombstone_lost() -> AbstractContextManager[Any]:
    def around(real: Any, *arguments: Any) -> FeedAnswer:
        answer = real(*arguments)
        return answer.model_copy(update={"rows": [row for row in answer.rows if row.body is not None]})

    return _wrapping(feed, "read_feed", around)


@_planted("the light comes before the commit, which waits for the next scan")
def light_before_the_commit() -> AbstractContextManager[Any]:
    def around(real: Any, self: books.Books, record: Any, look: Any) -> Any:
        if self._owed:
            real(self, self._owed.popleft(), look)
        self._owed.append(record)
        return record

    return _wrapping(books.Books, "write", around)


@_planted("an answer that was under way while the cloud was restored still counts")
def answer_of_a_lost_server_believed() -> AbstractContextManager[Any]:
    def around(real: Any, self: outbox.Outbox, batch: outbox.Batch, results: Any, *, at: Any) -> Any:
        with self._database.read() as connection:
            batch = dataclasses.replace(batch, resends=outbox._resends(connection))
        return real(self, batch, results, at=at)

    return _wrapping(outbox.Outbox, "acknowledge", around)


@_planted("the roster is swapped before everything is marked to be sent again")
def roster_swapped_before_resend() -> AbstractContextManager[Any]:
    def around(real: Any, self: pull.Puller) -> Round:
        mark, kept = outbox.Outbox.send_everything_again, self._store.outbox
        with mock.patch.object(outbox.Outbox, "send_everything_again"):
            done = real(self)
        mark(kept)
        return done

    return _wrapping(pull.Puller, "_take_snapshot", around)


@_planted("a kiosk out of contact deletes acknowledged events by its own clock")
def pruned_without_contact() -> AbstractContextManager[Any]:
    def prune(self: push.Pusher, now: Any) -> None:
        self._outbox.prune(now)

    return mock.patch.object(push.Pusher, "_prune", prune)


@_planted("a wipe hands in only what was not acknowledged, though the cloud was restored since")
def wipe_forgets_acknowledged() -> AbstractContextManager[Any]:
    def around(real: Any, self: wipe.Wipe) -> None:
        with mock.patch.object(outbox.Outbox, "send_everything_again"):
            real(self)

    return _wrapping(wipe.Wipe, "_strip", around)


@_planted("after a new epoch the kiosk sends nothing again")
def nothing_sent_again() -> AbstractContextManager[Any]:
    return mock.patch.object(outbox.Outbox, "send_everything_again")


@_planted("a wipe order counts whoever signed it")
def forged_wipe_obeyed() -> AbstractContextManager[Any]:
    return mock.patch.object(wipe.Wipe, "_counts", lambda _self, _order: True)


@_planted("the cloud forgets which numbers of a stream are missing")
def gaps_forgotten() -> AbstractContextManager[Any]:
    def around(real: Any, session: Any, stream_id: Any, numbers: Any) -> None:
        real(session, stream_id, dataclasses.replace(numbers, gaps=()))

    return _wrapping(ingest, "keep_numbers", around)


@_planted("the cloud does not remember the last number that a kiosk gave")
def lost_numbers_not_named() -> AbstractContextManager[Any]:
    def hear_of(session: Any, stream_id: Any, last: int, *, device_id: Any, now: Any) -> Any:
        return streams.lock_stream(session, stream_id, device_id=device_id, now=now)[0]

    return mock.patch.object(health, "hear_of", hear_of)


@_planted("the cursor of a page is the head of the roster")
def page_cursor_skips() -> AbstractContextManager[Any]:
    def around(real: Any, *arguments: Any) -> FeedAnswer:
        answer = real(*arguments)
        return answer.model_copy(update={"version": answer.head_version, "more": False})

    return _wrapping(feed, "read_feed", around)
