"""What ``payments`` hears: what plans cost, and how far memberships are paid."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from cloud_api.common.cloud import Cloud
from cloud_api.common.outbox import Consumer, Event
from cloud_api.payments import merging
from cloud_api.payments.offers import learn_memberships, learn_plan
from cloud_api.payments.telling import sources

__all__ = ["consumers", "sources"]


def consumers(_cloud: Cloud) -> list[Consumer]:
    def hear_of_membership(session: Session, event: Event) -> None:
        learn_memberships(session, [event])

    def hear_of_memberships(session: Session, events: Sequence[Event]) -> None:
        learn_memberships(session, events)

    def hear_of_member(session: Session, event: Event) -> None:
        if event.data.get("merged_into") is not None:
            merging.take_over(session, UUID(event.data["member_id"]), kept=UUID(event.data["merged_into"]))

    return [
        Consumer("member", "payments.members", hear_of_member),
        Consumer("plan", "payments.plans", learn_plan),
        Consumer("membership", "payments.memberships", hear_of_membership, many=hear_of_memberships),
    ]
