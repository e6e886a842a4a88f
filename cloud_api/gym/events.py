"""What ``gym`` hears: the doors' events, and whose a voucher is."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from sqlmodel import Session

from cloud_api.common.cloud import Cloud
from cloud_api.common.events import ATTENDANCE_RECORDED, ATTENDANCE_TOPIC, AttendanceRecorded
from cloud_api.common.journal import Replay
from cloud_api.common.outbox import Consumer, Event, Source
from cloud_api.gym import erasure
from cloud_api.gym.occupancy import Occupancies
from cloud_api.gym.outgoing import CROWD
from cloud_api.gym.paying import PAYMENT_TOPIC, hear_of_payment
from cloud_api.gym.recording import record
from cloud_api.gym.telling import visits_of_day
from cloud_api.gym.vouchers import learn_voucher
from shared.domain.passes import PassKind

sources: dict[str, Source] = {"visit.told": visits_of_day}


def consumers(cloud: Cloud) -> list[Consumer]:
    def take_in(session: Session, events: Sequence[Event]) -> None:
        arrivals = [AttendanceRecorded.model_validate(item.data) for item in events if item.type == ATTENDANCE_RECORDED]
        if arrivals:
            record(session, cloud.keys, arrivals)

    def hear_of_pass(session: Session, event: Event) -> None:
        if event.type == "pass.issued" and event.data["kind"] == PassKind.VOUCHER.value:
            _learn(cloud, session, event)

    cloud.database.on_touch(CROWD, Occupancies(cloud).changed)
    return [
        Consumer(ATTENDANCE_TOPIC, "gym.attendance", lambda session, event: take_in(session, [event]), many=take_in),
        Consumer("pass", "gym.vouchers", hear_of_pass),
        Consumer(PAYMENT_TOPIC, "gym.payments", partial(hear_of_payment, keys=cloud.keys)),
    ]


def replays(_cloud: Cloud) -> dict[str, Replay]:
    return {erasure.JOURNAL_KIND: erasure.erase_again}


def _learn(cloud: Cloud, session: Session, event: Event) -> None:
    data = event.data
    learn_voucher(
        session,
        cloud.keys,
        bytes.fromhex(data["voucher_id"]),
        member_id=UUID(data["member_id"]),
        membership_id=None if data["membership_id"] is None else UUID(data["membership_id"]),
        site_number=data["site_number"],
        last_valid_on=date.fromisoformat(data["last_valid_on"]),
    )
