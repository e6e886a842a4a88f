"""What has to be cleared away now and then: old tombstones, delivered messages, ended codes and sign-ins."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from cloud_api.common import intake, keeping, outbox, roster
from cloud_api.common.cloud import Cloud
from cloud_api.common.portions import in_portions
from cloud_api.common.session import transaction_time
from cloud_api.devices import enrolment
from cloud_api.gym import objects_in_use
from cloud_api.identity import sessions
from cloud_api.notifications import queueing
from cloud_api.reports import counting

log = logging.getLogger(__name__)

TOMBSTONES_KEPT = timedelta(days=30)
MESSAGES_KEPT = timedelta(days=7)
INBOX_KEPT = timedelta(days=35)
"""Far longer than a bus may bring a message again: the outbox keeps them as above, Kafka's topics a week too."""
ENDED_KEPT = timedelta(days=30)
"""Sign-ins, links and codes that ended are kept so long, to be looked into."""
MAILS_KEPT = timedelta(days=30)
"""What a mail said is kept so long, sealed, to be sent again."""
PERIOD_S = 6 * 3600.0


def tidy(cloud: Cloud) -> None:
    """Clear away once, in short transactions: others write in between."""
    _prune(cloud, roster.prune_tombstones, TOMBSTONES_KEPT)
    _prune(cloud, outbox.prune_delivered, MESSAGES_KEPT)
    _prune(cloud, intake.prune_inbox, INBOX_KEPT)
    _prune(cloud, sessions.prune_sessions, ENDED_KEPT)
    with cloud.database.transaction() as session:
        enrolment.prune_codes(session, older_than=transaction_time(session) - ENDED_KEPT)
    _prune(cloud, queueing.forget_old, MAILS_KEPT)
    keeping.sweep(
        cloud.database,
        cloud.objects,
        folders=objects_in_use.FOLDERS,
        in_use=objects_in_use.keys_in_use,
        now=cloud.clock.now(),
    )
    counting.tidy(cloud.database)


def _prune(cloud: Cloud, prune: Callable[..., int], kept: timedelta) -> None:
    in_portions(cloud.database.transaction, lambda session: prune(session, older_than=transaction_time(session) - kept))


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
