"""The network between a kiosk and the cloud: loses, doubles, delays, reorders, answers nonsense, and lets time pass.

Every message goes through its JSON. A fate is given to one call of an operation, counted from 0; the others go well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from cloud_api.common import problems
from shared import faults
from shared.client.errors import DeviceRevoked, NotRecognised, ServerFailed, SnapshotRequired
from shared.contracts.base import Message
from shared.contracts.devices import (
    EventResult,
    EventStatus,
    EventUpload,
    FeedAnswer,
    Heartbeat,
    HeartbeatAnswer,
    Hint,
    SalvageUpload,
    Snapshot,
    UploadAnswer,
    WipeOrder,
)
from shared.errors import FitError, InvalidInput, Rejected, Unavailable
from tests.campaign.exactly_once.cloud import Caller

if TYPE_CHECKING:
    from tests.campaign.exactly_once.kiosk import Kiosk
    from tests.campaign.exactly_once.world import World

_Answer = TypeVar("_Answer", bound=Message)

FINE = "fine"
COMMON_FATES = ("lost", "reply_lost", "failed", "failed_after", "refused", "forged", "meanwhile", "restored_meanwhile")
UPLOAD_FATES = ("late", "twice", "some_later", "cloud_dies_before", "cloud_dies_after", *COMMON_FATES)
PULL_FATES = ("skips", *COMMON_FATES)
_CLOUD_DIES = {"cloud_dies_before": "ingest.before_commit", "cloud_dies_after": "ingest.after_commit"}
_ROUND_TRIP = timedelta(milliseconds=100)


class CloudDied(BaseException):
    """The cloud's process ended in the middle of a request."""


@dataclass(slots=True)
class Line:
    """One kiosk's line to the cloud; a ``DeviceCloud``. ``fate`` strikes the call number ``strikes_at`` of an operation.

    ``struck`` says whether it did. ``not_recognised``: the last answer was that nobody knows this device.
    ``answered_by`` counts the restores of the cloud before the last answer was given.
    """

    world: "World"
    kiosk: "Kiosk"
    caller: Caller
    fate: str = FINE
    strikes_at: int = 0
    calls: int = 0
    struck: bool = False
    not_recognised: bool = False
    answered_by: int = 0

    def begin(self, fate: str, strikes_at: int) -> None:
        self.fate, self.strikes_at, self.calls, self.struck = fate, strikes_at, 0, False

    def snapshot(self) -> Snapshot:
        self.kiosk.note_snapshot_asked()
        snapshot = self._call(Snapshot, lambda: self._cloud.snapshot(self.caller))
        if self._tampers and snapshot.rows:
            snapshot = snapshot.model_copy(update={"rows": snapshot.rows[1:]})
        self.kiosk.note_snapshot(snapshot)
        return snapshot

    def feed(self, epoch: UUID, version: int, limit: int) -> FeedAnswer:
        try:
            answer = self._call(FeedAnswer, lambda: self._cloud.feed(self.caller, epoch, version, limit))
        except SnapshotRequired:
            self.kiosk.note_snapshot_required()
            raise
        if self._tampers and answer.rows:
            answer = answer.model_copy(update={"rows": answer.rows[1:]})
            self.kiosk.note_tampered()
        self.kiosk.note_feed(answer, since=version)
        return answer

    def hint(self, epoch: UUID, version: int, wait_s: int) -> Hint:
        return self._call(Hint, lambda: self._cloud.hint(self.caller), tells_time=False)

    def upload(self, upload: EventUpload) -> UploadAnswer:
        def deliver(part: EventUpload) -> UploadAnswer:
            return self._cloud.upload(self.caller, part.model_dump_json().encode())

        return self._hand_in(upload, deliver)

    def salvage(self, upload: SalvageUpload) -> UploadAnswer:
        def deliver(whole: SalvageUpload) -> UploadAnswer:
            return self._cloud.salvage(_through_json(whole))

        return self._hand_in(upload, deliver)

    def heartbeat(self, heartbeat: Heartbeat) -> HeartbeatAnswer:
        return self._call(HeartbeatAnswer, lambda: self._cloud.heartbeat(self.caller, _through_json(heartbeat)))

    @property
    def _cloud(self):
        return self.world.cloud

    @property
    def _tampers(self) -> bool:
        """Whether the call that just went through is to have a row cut out of its answer."""
        return self.fate == "skips" and self.calls == self.strikes_at + 1

    def _hand_in(self, upload: Message, deliver: Callable[[Message], UploadAnswer]) -> UploadAnswer:
        strikes = self.calls == self.strikes_at
        if strikes and self.fate == "late":
            self.world.late.append(lambda: self._forget_answer(lambda: deliver(upload)))
        if strikes and self.fate == "twice":
            self._forget_answer(lambda: deliver(upload))
        if strikes and self.fate == "some_later" and isinstance(upload, EventUpload):
            answer = self._call(UploadAnswer, lambda: _put_off_some(upload, deliver))
        else:
            answer = self._call(UploadAnswer, lambda: deliver(upload))
        self.kiosk.note_results(answer.results, by=self.answered_by)
        return answer

    def _call(self, model: type[_Answer], ask: Callable[[], _Answer], *, tells_time: bool = True) -> _Answer:
        """Send a question on its way, under the fate of this operation if its turn has come."""
        strikes = self.calls == self.strikes_at and self.fate != FINE
        self.calls += 1
        fate = self.fate if strikes else FINE
        self.struck |= strikes
        match fate:
            case "lost" | "late":
                raise Unavailable("lost on the way")
            case "failed":
                raise ServerFailed("the cloud failed")
            case "refused":
                raise NotRecognised("something in between says no", code="forbidden")
            case "forged":
                raise DeviceRevoked("a lie", wipe_order=self.world.forged_order(self.kiosk))
        answer = self._answered(model, ask, tells_time=tells_time, dies_at=_CLOUD_DIES.get(fate))
        answered_by = self.world.restores
        match fate:
            case "reply_lost":
                raise Unavailable("the answer was lost")
            case "failed_after":
                raise ServerFailed("the cloud failed after all")
            case "meanwhile" | "restored_meanwhile":
                self.world.let_pass(self.kiosk, restored=fate == "restored_meanwhile")
        self.answered_by = answered_by
        return answer

    def _answered(
        self, model: type[_Answer], ask: Callable[[], _Answer], *, tells_time: bool, dies_at: str | None
    ) -> _Answer:
        try:
            answer = _served(ask, dies_at)
        except NotRecognised:
            self.not_recognised = True
            self._tell_time()
            raise
        except Rejected:
            self._tell_time()
            raise
        self.not_recognised = False
        if tells_time:
            self._tell_time()
        return model.model_validate_json(answer.model_dump_json())

    def _tell_time(self) -> None:
        self.kiosk.learn_time(self.world.time.now(), _ROUND_TRIP)

    @staticmethod
    def _forget_answer(ask: Callable[[], UploadAnswer]) -> None:
        """A request that arrives although nobody waits for its answer."""
        try:
            _served(ask, None)
        except FitError:
            return


def _served(ask: Callable[[], _Answer], dies_at: str | None) -> _Answer:
    """Let the cloud answer; its errors come out as the client would understand them."""
    remove = faults.install(lambda point: _die() if point == dies_at else None)
    try:
        return ask()
    except CloudDied as death:
        raise Unavailable("the cloud died") from death
    except problems.DeviceRevoked as error:
        raise DeviceRevoked(str(error), wipe_order=_through_json(error.wipe_order)) from error
    except Rejected as error:
        raise _as_client_says(error) from error
    except InvalidInput as error:
        raise Rejected(str(error), code="invalid_input") from error
    finally:
        remove()


def _die() -> None:
    raise CloudDied


def _as_client_says(error: Rejected) -> Rejected:
    if error.code == "snapshot_required":
        return SnapshotRequired(str(error), code=error.code)
    if problems.status_of(error) in (401, 403, 404):
        return NotRecognised(str(error), code=error.code)
    return error


def _put_off_some(upload: EventUpload, deliver: Callable[[EventUpload], UploadAnswer]) -> UploadAnswer:
    """A server that puts off every other event, and answers in an order of its own."""
    put_off, taken = upload.events[0::2], upload.events[1::2]
    later = [EventResult(id=event.id, number=event.number, status=EventStatus.LATER, flags=[]) for event in put_off]
    if not taken:
        return UploadAnswer(results=later, have_up_to=0, missing=[], open_new_stream=False)
    answer = deliver(upload.model_copy(update={"events": taken}))
    return answer.model_copy(update={"results": [*reversed(answer.results), *later]})


def _through_json(message: _Answer) -> _Answer:
    return type(message).model_validate_json(message.model_dump_json())


__all__ = ["FINE", "PULL_FATES", "UPLOAD_FATES", "CloudDied", "Line", "WipeOrder"]
