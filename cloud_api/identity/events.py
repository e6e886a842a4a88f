"""What ``identity`` does again after a restore."""

from sqlmodel import Session

from cloud_api.common.cloud import Cloud
from cloud_api.common.journal import Replay
from cloud_api.identity import people


def replays(_cloud: Cloud) -> dict[str, Replay]:
    return {"person_locked": people.replay_lock, "person_unlocked": people.replay_unlock}


def after_restore(session: Session) -> None:
    people.end_all_sessions(session)
