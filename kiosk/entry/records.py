"""Events as the door writes them: what was shown, what was said, and what every clock and the roster said meanwhile."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kiosk.entry.reading import Shown
from kiosk.entry.roster_view import Joined
from kiosk.store.roster_file import Head
from kiosk.store.timekeeper import Look
from shared.contracts.devices import EventRecord
from shared.domain.attendance import EventKind, Outcome
from shared.domain.decision import Denied, Granted
from shared.domain.device import Direction
from shared.domain.ids import EventId, uuid7
from shared.domain.passes import Credential, LiveCode, Signature, kind_of

_MILLISECOND = timedelta(milliseconds=1)
_PLACEHOLDER = 1


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What goes into every event. ``roster_age`` is None without a roster."""

    direction: Direction
    look: Look
    head: Head | None
    roster_age: timedelta | None


@dataclass(frozen=True, slots=True)
class Facts:
    """One scan with all that was found out about it. The event's id is made before the decision."""

    event_id: EventId
    shown: Shown
    joined: Joined
    credential: Credential


def new_event_id(look: Look) -> EventId:
    """Made before the decision; sorts by the door's time."""
    return EventId(uuid7(int(look.door.at.timestamp() * 1000)))


def scan_record(facts: Facts, decision: Granted | Denied, around: Circumstances) -> EventRecord:
    """An entry or a refusal. It is the holder's only when the code proves that it is theirs."""
    granted = decision if isinstance(decision, Granted) else None
    holding = None if granted is None else granted.holding
    holder = None if _is_forged(facts.credential) else facts.joined.holder
    return _record(
        around,
        id=facts.event_id,
        kind=EventKind.SCAN,
        outcome=Outcome.DENIED if granted is None else Outcome.GRANTED,
        reason=decision.reason.value if isinstance(decision, Denied) else None,
        notices=[] if granted is None else [notice.kind.value for notice in granted.notices],
        reopened=granted is not None and granted.reopened,
        pass_kind=kind_of(facts.credential),
        lookup=facts.shown.lookup,
        member_id=None if holder is None else holder.member_id,
        membership_id=None if holding is None else holding.membership.id,
        voucher_id=facts.shown.voucher_id,
        code_at=facts.shown.code_at,
    )


def void_record(refers_to: EventId, around: Circumstances) -> EventRecord:
    """Someone was let in and did not pass."""
    return _record(around, id=new_event_id(around.look), kind=EventKind.VOID, refers_to=refers_to)


def jump_record(by: timedelta, around: Circumstances) -> EventRecord:
    """The wall clock was turned while the kiosk ran."""
    note = f"wall clock moved by {by.total_seconds():+.1f} s"
    return _record(around, id=new_event_id(around.look), kind=EventKind.CLOCK_JUMP, note=note)


def _is_forged(credential: Credential) -> bool:
    return isinstance(credential, LiveCode) and credential.signature is not Signature.VALID


def _record(around: Circumstances, **facts: Any) -> EventRecord:
    look, head = around.look, around.head
    common: dict[str, Any] = {
        "number": _PLACEHOLDER,
        "direction": around.direction,
        "wall_at": look.wall_at,
        "door_at": look.door.at,
        "time_quality": look.door.quality,
        "boot_ms": look.boot_ns // 1_000_000,
        "boot_id": look.boot_id[:64],
        "offset_ms": None if look.offset is None else look.offset // _MILLISECOND,
        "roster_epoch": None if head is None else head.epoch,
        "roster_version": None if head is None else head.version,
        "roster_age_s": None if around.roster_age is None else int(around.roster_age.total_seconds()),
    }
    absent = dict.fromkeys(EventRecord.model_fields, None)
    return EventRecord(**{**absent, "notices": [], "reopened": False, **common, **facts})
