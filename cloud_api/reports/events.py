"""What ``reports`` hears."""

from collections.abc import Callable, Sequence

from sqlmodel import Session

from cloud_api.common.cloud import Cloud
from cloud_api.common.events import ATTENDANCE_TOPIC
from cloud_api.common.outbox import Consumer, Event
from cloud_api.reports import doors, machines, members, plans, refusals, takings, visits


def consumers(_cloud: Cloud) -> list[Consumer]:
    return [
        _of_many(visits.TOPIC, "reports.visits", visits.take_in_many),
        _of_many(ATTENDANCE_TOPIC, "reports.refusals", refusals.take_in_many),
        _of_many("member", "reports.members", members.hear_of_members),
        _of_many("membership", "reports.memberships", members.hear_of_memberships),
        _of_many("payment", "reports.takings", takings.take_in),
        Consumer("plan", "reports.plans", plans.hear_of_plan),
        Consumer("machine", "reports.machines", machines.take_in),
        Consumer("device", "reports.doors", doors.take_in),
    ]


def _of_many(topic: str, name: str, take_in: Callable[[Session, Sequence[Event]], None]) -> Consumer:
    return Consumer(topic, name, lambda session, event: take_in(session, [event]), many=take_in)
