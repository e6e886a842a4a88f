"""What ``reports`` hears."""

from cloud_api.common.cloud import Cloud
from cloud_api.common.events import ATTENDANCE_TOPIC
from cloud_api.common.outbox import Consumer
from cloud_api.reports import refusals, visits


def consumers(_cloud: Cloud) -> list[Consumer]:
    return [
        Consumer(visits.TOPIC, "reports.visits", visits.take_in),
        Consumer(ATTENDANCE_TOPIC, "reports.refusals", refusals.take_in),
    ]
