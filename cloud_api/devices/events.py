"""What the outbox reads from ``devices``, and what ``devices`` does again after a restore."""

from cloud_api.common.cloud import Cloud
from cloud_api.common.events import ATTENDANCE_RECORDED
from cloud_api.common.journal import Replay
from cloud_api.common.outbox import Source
from cloud_api.devices.revocation import JOURNAL_KIND, replay_lock
from cloud_api.devices.storing import read_upload_events

sources: dict[str, Source] = {ATTENDANCE_RECORDED: read_upload_events}


def replays(_cloud: Cloud) -> dict[str, Replay]:
    return {JOURNAL_KIND: replay_lock}
