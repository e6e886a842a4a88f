"""What ``notifications`` hears: how members are reached, passes and receipts that are to be mailed."""

from sqlmodel import Session

from cloud_api.common.cloud import Cloud
from cloud_api.common.outbox import Consumer, Event
from cloud_api.notifications.contacts import learn_contacts
from cloud_api.notifications.queueing import hear_of_pass, hear_of_payment


def consumers(cloud: Cloud) -> list[Consumer]:
    def payment(session: Session, event: Event) -> None:
        hear_of_payment(session, cloud.keys, event)

    return [
        Consumer(
            "member",
            "notifications.members",
            lambda session, event: learn_contacts(session, [event]),
            many=learn_contacts,
        ),
        Consumer("pass", "notifications.passes", hear_of_pass),
        Consumer("payment", "notifications.payments", payment),
    ]
