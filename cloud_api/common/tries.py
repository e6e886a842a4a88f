"""Tries at a secret: counted for all processes together where they share a count, else in each process."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from cloud_api.common.limits import RateLimit
from cloud_api.common.problems import TooManyTries
from shared.domain.time import Clock
from shared.errors import Unavailable


class SharedTries(Protocol):
    """Counts that several processes keep together. Thread-safe; blocks a moment; raises nothing."""

    def take(self, key: str, mark: str, *, tries: int, window: timedelta) -> float | None:
        """Count one try, known by ``mark``, if there is one left within ``window``.

        Returns 0 when it was counted, else the seconds until the next one counts. None: nobody answers.
        """

    def take_back(self, key: str, mark: str) -> None:
        """Count a try no more."""

    def forget(self, key: str) -> None:
        """Start over for a key."""


class EachForItself:
    """No other process to count with."""

    def take(self, key: str, mark: str, *, tries: int, window: timedelta) -> None:  # noqa: ARG002  # the port's
        return None

    def take_back(self, key: str, mark: str) -> None: ...

    def forget(self, key: str) -> None: ...


class Tries:
    """At most ``tries`` within ``window`` for a key, at what ``name`` says.

    While the shared count does not answer, each process counts for itself, and goes on from what it saw. Thread-safe.
    """

    def __init__(self, clock: Clock, shared: SharedTries, *, name: str, tries: int, window: timedelta) -> None:
        self._own = RateLimit(clock, tries=tries, window=window)
        self._shared = shared
        self._name = name
        self._tries = tries
        self._window = window

    @contextmanager
    def trying(self, key: str) -> Iterator[Callable[[], None]]:
        """Count one try, unless the database gives no answer: nothing was learnt then, and the request is done again.

        Yields what counts it no more: for a right one, where only wrong ones are to count.

        Raises:
            TooManyTries: with the seconds until the next try counts.
        """
        mark = uuid4().hex
        self._take(key, mark)

        def take_back() -> None:
            self._own.take_back(key)
            self._shared.take_back(self._key(key), mark)

        try:
            yield take_back
        except Unavailable:
            take_back()
            raise

    def forget(self, key: str) -> None:
        """Start over for a key, after a success."""
        self._own.forget(key)
        self._shared.forget(self._key(key))

    def _take(self, key: str, mark: str) -> None:
        wait_s = self._shared.take(self._key(key), mark, tries=self._tries, window=self._window)
        if wait_s is None:
            self._own.take(key)
            return
        if wait_s > 0:
            raise TooManyTries("Too many tries. Please wait a little.", retry_after_s=math.ceil(wait_s))
        with suppress(TooManyTries):  # those of all count; ours are kept for when nobody can be asked
            self._own.take(key)

    def _key(self, key: str) -> str:
        return f"{self._name} {key}"
