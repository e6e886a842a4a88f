"""What ``devices`` does for others' events: nothing yet; and what it does again after a restore."""

from cloud_api.common.cloud import Cloud
from cloud_api.common.journal import Replay
from cloud_api.devices.revocation import JOURNAL_KIND, replay_lock


def replays(_cloud: Cloud) -> dict[str, Replay]:
    return {JOURNAL_KIND: replay_lock}
