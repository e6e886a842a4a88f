"""The long poll: a kiosk asks to be told when its roster moves on. Holds no thread and no connection while it waits."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from cloud_api.common.database import Database
from cloud_api.common.tables import RosterHead
from cloud_api.devices.opening import VALID
from cloud_api.devices.tables import DeviceRow, OpeningRow
from shared.contracts.devices import Hint
from shared.domain.time import Clock

log = logging.getLogger(__name__)

MAX_WAIT_S = 25.0
PERIOD_S = 1.0


@dataclass(frozen=True, slots=True)
class Heads:
    """Where every site's roster stands, when which device was revoked, and for which an order to open waits.

    As of one reading; ``turn`` counts readings.
    """

    turn: int = 0
    sites: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    revoked: dict[UUID, datetime] = field(default_factory=dict)
    opening: frozenset[UUID] = frozenset()


class Watcher:
    """One task per process that reads the heads once a second, in a thread, and wakes whoever waits. Loop thread only."""

    def __init__(self, database: Database, clock: Clock, *, period_s: float = PERIOD_S) -> None:
        self.heads = Heads()
        self._clock = clock
        self._database = database
        self._period_s = period_s
        self._turned = asyncio.Event()
        self._closing = False

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read while this is open."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            self.release()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def release(self) -> None:
        """Answer everybody who waits, now and from now on: the server is going down."""
        self._closing = True
        self._turned.set()

    async def turned(self) -> None:
        """Return when the heads were read the next time."""
        await self._turned.wait()

    async def wait(self, *, device_id: UUID, site_id: UUID, known: Hint, wait_s: float) -> Heads:
        """The heads, as soon as the site's is not ``known``, or the device is revoked or to open its door.

        At the latest after ``wait_s``.

        A head that seems older than what is known may only be a second old, so the next reading is waited for.
        """
        deadline = asyncio.get_running_loop().time() + min(wait_s, MAX_WAIT_S)
        first = self.heads.turn
        while not self._closing:
            heads = self.heads
            epoch, version = heads.sites.get(site_id, (known.epoch, known.version))
            behind = epoch == known.epoch and version < known.version and heads.turn < first + 2
            moved = (epoch, version) != (known.epoch, known.version) and not behind
            left = deadline - asyncio.get_running_loop().time()
            if moved or device_id in heads.revoked or device_id in heads.opening or left <= 0:
                break
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.turned(), left)
        return self.heads

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                self.heads = await loop.run_in_executor(None, self._read, self.heads.turn + 1)
                waiting, self._turned = self._turned, asyncio.Event()
                waiting.set()
            except Exception:  # a worker's main loop: say so and carry on
                log.exception("the roster's heads could not be read; trying again")
            await asyncio.sleep(self._period_s)

    def _read(self, turn: int) -> Heads:
        with self._database.reading() as session:
            heads = session.execute(
                select(col(RosterHead.site_id), col(RosterHead.epoch), col(RosterHead.version))
            ).all()
            revoked = session.execute(
                select(col(DeviceRow.id), col(DeviceRow.revoked_at)).where(col(DeviceRow.revoked_at).is_not(None))
            ).all()
            since = self._clock.now() - VALID
            waiting = col(OpeningRow.fetched_at).is_(None) & (col(OpeningRow.ordered_at) > since)
            opening = session.execute(select(col(OpeningRow.device_id)).where(waiting)).all()
        sites = {row[0]: (row[1], row[2]) for row in heads}
        ended = {row[0]: row[1] for row in revoked if row[1] is not None}
        return Heads(turn, sites, ended, frozenset(row[0] for row in opening))
