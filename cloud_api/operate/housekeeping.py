"""What has to be cleared away now and then: old tombstones, delivered messages, ended codes and sign-ins."""

import logging
import threading
from datetime import timedelta

from cloud_api.common import outbox, roster
from cloud_api.common.cloud import Cloud
from cloud_api.common.session import transaction_time

log = logging.getLogger(__name__)

TOMBSTONES_KEPT = timedelta(days=30)
MESSAGES_KEPT = timedelta(days=7)
PERIOD_S = 6 * 3600.0


def tidy(cloud: Cloud) -> None:
    """Clear away once, in two short transactions."""
    with cloud.database.transaction() as session:
        roster.prune_tombstones(session, older_than=transaction_time(session) - TOMBSTONES_KEPT)
    with cloud.database.transaction() as session:
        outbox.prune_delivered(session, older_than=transaction_time(session) - MESSAGES_KEPT)


class Housekeeper:
    """A thread that tidies when the server starts, and every six hours."""

    def __init__(self, cloud: Cloud, *, period_s: float = PERIOD_S) -> None:
        self._cloud = cloud
        self._period_s = period_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while True:
            try:
                tidy(self._cloud)
            except Exception:  # a worker's main loop: say so and carry on
                log.exception("tidying up failed; trying again later")
            if self._stop.wait(self._period_s):
                return
