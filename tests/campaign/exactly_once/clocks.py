"""Time and chance of the simulated world: one true time, a clock per kiosk that may lie, one seeded source of chance."""

import random
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from tests.support.builders import NOON


class TrueTime:
    """What time it really is. Moves only when the scenario says so. Also the cloud's clock."""

    def __init__(self) -> None:
        self.at = NOON

    def advance(self, by: timedelta) -> None:
        self.at += by

    def now(self) -> datetime:
        return self.at

    def boot_ns(self) -> int:
        return int((self.at - NOON) / timedelta(microseconds=1)) * 1000

    def boot_id(self) -> str:
        return "cloud"


class KioskClock:
    """A kiosk's clock: the wall may be wrong, the boot clock runs true under each boot id."""

    def __init__(self, true: TrueTime, name: str) -> None:
        self._true = true
        self._name = name
        self._boots = 0
        self._booted_at = true.at - timedelta(minutes=1)
        self.skew = timedelta(0)

    def now(self) -> datetime:
        return self._true.at + self.skew

    def boot_ns(self) -> int:
        return int((self._true.at - self._booted_at) / timedelta(microseconds=1)) * 1000

    def boot_id(self) -> str:
        return f"{self._name}-{self._boots}"

    def reboot(self, skew: timedelta) -> None:
        """Power off and on: a new boot id, and a wall clock that comes back off by ``skew``."""
        self._boots += 1
        self._booted_at = self._true.at - timedelta(seconds=5)
        self.skew = skew


@contextmanager
def seeded_chance(seed: int) -> Iterator[random.Random]:
    """Let ids, nonces and jitter of the product come from one seed, so that a scenario plays the same each time."""
    chance = random.Random(seed)
    with (
        mock.patch.object(secrets, "token_bytes", lambda size=32: chance.randbytes(size)),
        mock.patch.object(secrets, "randbits", chance.getrandbits),
        mock.patch.object(uuid, "uuid4", lambda: uuid.UUID(int=chance.getrandbits(128), version=4)),
    ):
        yield chance
