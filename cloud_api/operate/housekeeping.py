"""What has to be cleared away now and then: old tombstones, delivered messages, ended codes and sign-ins."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

from cloud_api.common import intake, keeping, outbox, roster
from cloud_api.common.cloud import Cloud
from cloud_api.common.portions import in_portions
from cloud_api.common.session import transaction_time
from cloud_api.devices import enrolment, opening
from cloud_api.gym import objects_in_use, planned
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
PLANNED_S = 30.0
"""A change that is to come at midnight comes so much later at the most."""


def tidy(cloud: Cloud) -> None:
    """Clear away once, in short transactions: others write in between."""
    _prune(cloud, roster.prune_tombstones, TOMBSTONES_KEPT)
    _prune(cloud, outbox.prune_delivered, MESSAGES_KEPT)
    _prune(cloud, intake.prune_inbox, INBOX_KEPT)
    _prune(cloud, sessions.prune_sessions, ENDED_KEPT)
    with cloud.database.transaction() as session:
        opening.prune(session, older_than=transaction_time(session) - ENDED_KEPT)
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


def make_planned_changes(cloud: Cloud) -> None:
    """Make the changes of plans and sites whose day has begun."""
    planned.make_due(cloud.database, cloud.keys)


class Worker:
    """A thread that does something when the server starts, and again and again."""

    def __init__(self, name: str, work: Callable[[], None], *, period_s: float) -> None:
        self._work = work
        self._period_s = period_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._work()
            except Exception:  # a worker's main loop: say so and carry on
                log.exception("%s failed; trying again later", self._thread.name)
            if self._stop.wait(self._period_s):
                return


@contextlib.contextmanager
def housekeeping(cloud: Cloud, *, tidy_s: float = PERIOD_S, planned_s: float = PLANNED_S) -> Iterator[None]:
    """What a serving process does beside answering, while this is open."""
    workers = [
        Worker("tidying up", lambda: tidy(cloud), period_s=tidy_s),
        Worker("planned changes", lambda: make_planned_changes(cloud), period_s=planned_s),
    ]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
