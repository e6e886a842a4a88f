"""Every type of event there is, with its topic and what it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cloud_api.common import event_payloads as says
from cloud_api.common.events import ATTENDANCE_RECORDED, ATTENDANCE_TOPIC, AttendanceRecorded
from cloud_api.common.kept import PARKING_TOPIC
from shared.contracts.base import Message


@dataclass(frozen=True, slots=True)
class EventType:
    """``topic`` without the prefix of a deployment."""

    topic: str
    payload: type[Message]


def _types() -> Iterator[tuple[str, EventType]]:
    for thing, payload, happened in (
        ("site", says.SiteState, "opened changed"),
        ("plan", says.PlanState, "created changed told"),
        ("member", says.MemberState, "created changed blocked unblocked erased merged"),
        (
            "membership",
            says.MembershipState,
            "sold renewed paused thawed resumed cancelled counted taken_back taken_over told",
        ),
        ("pass", says.PassState, "issued revoked"),
        ("visit", says.VisitState, "opened closed corrected told"),
        (
            "machine",
            says.MachineState,
            "created changed removed status_changed fault_reported fault_resolved maintenance told",
        ),
        ("till", says.TillState, "opened closed"),
        ("device", says.DeviceState, "created enrolled revoked"),
    ):
        yield from ((f"{thing}.{what}", EventType(thing, payload)) for what in happened.split())
    yield from ((f"fault.{what}", EventType("machine", says.FaultState)) for what in ("reported", "resolved", "told"))
    yield from ((f"receipt.{what}", EventType("payment", says.ReceiptState)) for what in ("issued", "told"))
    yield "device.heard", EventType("device", says.DeviceHeard)
    yield ATTENDANCE_RECORDED, EventType(ATTENDANCE_TOPIC, AttendanceRecorded)
    yield "attendance.voided", EventType(ATTENDANCE_TOPIC, says.AttendanceVoided)
    yield "attendance.accepted", EventType(ATTENDANCE_TOPIC, says.AttendanceAccepted)
    yield "order.paid", EventType("payment", says.OrderPaid)
    yield "payment.succeeded", EventType("payment", says.PaymentSucceeded)
    yield "payment.refunded", EventType("payment", says.PaymentRefunded)
    yield "payment.corrected", EventType("payment", says.PaymentCorrected)
    yield "message.parked", EventType(PARKING_TOPIC, says.MessageParked)


EVENT_TYPES: Mapping[str, EventType] = dict(_types())

TOPICS = frozenset(item.topic for item in EVENT_TYPES.values())
