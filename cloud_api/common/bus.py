"""What carries events from the outbox to the consumers: in this process, or Kafka."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from cloud_api.common.outbox import Consumer, Source
from shared.errors import Unavailable

log = logging.getLogger(__name__)

_POLL_S = 1.0
_LONGEST_WAIT_S = 30.0


class EventBus(Protocol):
    """Takes the outbox's events to consumers: at least once, in the order of topic and key."""

    def add(self, consumers: Iterable[Consumer]) -> None:
        """Register consumers, before ``start``. Each name is unique."""
        ...

    def add_sources(self, sources: Mapping[str, Source]) -> None:
        """Register who reads the events that the outbox only refers to, by type."""
        ...

    def start(self) -> None:
        """Work in threads of its own until ``stop``."""
        ...

    def stop(self) -> None:
        """Finish what is under way, and end the threads."""
        ...

    def run_pending(self) -> int:
        """Take what is due on its way now, in the calling thread; returns how much was done, 0 when there is no more."""
        ...

    def skip_unheard(self) -> None:
        """Have consumers hear nothing of what left the outbox and was not heard yet, while no process is at work.

        After a restore that is of a time which never was; the outbox brings again what is left of it.

        Raises:
            Unavailable: what carries the events does not answer, or somebody is at work.
        """
        ...


class Worker:
    """A thread that does a piece of work when woken, and once a second in any case.

    ``work`` says whether all is well; when not, or when it raises, the next time is later and later, up to half a
    minute, whoever wakes it meanwhile. The log tells of the first time only.
    """

    def __init__(self, name: str, work: Callable[[], bool]) -> None:
        self._work = work
        self._name = name
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        self._wake.set()

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after what it is at."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            if failures:
                self._stopping.wait(min(_POLL_S * 2 ** (failures - 1), _LONGEST_WAIT_S))
            else:
                self._wake.wait(_POLL_S)
            self._wake.clear()
            if not self._stopping.is_set():
                failures = self._try(failures)

    def _try(self, failures: int) -> int:
        """Do the work; returns how often in a row it has failed now."""
        try:
            if self._work():
                if failures:
                    log.info("%s: all is well again", self._name)
                return 0
        except Unavailable as error:
            if not failures:
                log.warning("%s: %s Trying again until it works.", self._name, error)
        except Exception:  # a worker's main loop: say so and carry on
            log.exception("%s failed; trying again", self._name)
        return failures + 1
