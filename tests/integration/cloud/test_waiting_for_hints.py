"""The long poll answers as soon as the roster moves on, and holds neither a thread nor a connection while it waits."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import anyio.to_thread
import pytest

from cloud_api.common import roster
from cloud_api.devices.hints import Heads, Watcher
from shared.contracts.devices import Hint, Snapshot
from shared.contracts.roster import RowKind
from tests.support.answers import refusal
from tests.support.builders import NOON

HINT = "/v1/devices/self/hint"


@pytest.fixture
def running(gym):
    """The gym with its background tasks."""
    with gym.loop.lifespan():
        yield gym


def where(kiosk):
    snapshot = Snapshot.model_validate(kiosk.client.get("/v1/devices/self/snapshot").json())
    return Hint(epoch=snapshot.epoch, version=snapshot.version)


def ask(kiosk, known, wait):
    return kiosk.client.get(
        HINT, params={"epoch": str(known.epoch), "version": known.version, "wait": wait}, timeout=40
    )


def change(gym, body):
    with gym.cloud.database.transaction() as session:
        roster.put(session, site_id=gym.site_id, kind=RowKind.MEMBER, key="a", body=body)


def test_a_change_answers_who_waits(running, kiosk):
    known = where(kiosk)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, kiosk, known, 25)
        change(running, "1")
        answer = Hint.model_validate(waiting.result(30).json())
    assert answer == Hint(epoch=known.epoch, version=known.version + 1)


def test_without_a_change_the_answer_is_where_it_was(running, kiosk):
    known = where(kiosk)
    assert Hint.model_validate(ask(kiosk, known, 0).json()) == known


def test_another_epoch_answers_at_once(running, kiosk):
    known = where(kiosk)
    assert Hint.model_validate(ask(kiosk, Hint(epoch=uuid4(), version=known.version), 25).json()) == known


def test_a_new_epoch_answers_who_waits(running, kiosk):
    known = where(kiosk)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, kiosk, known, 25)
        with running.cloud.database.transaction() as session:
            epoch = roster.new_epoch(session)
        assert Hint.model_validate(waiting.result(30).json()).epoch == epoch


def test_who_is_ahead_of_a_restored_server_is_told_after_the_next_reading(running, kiosk):
    known = where(kiosk)
    ahead = Hint(epoch=known.epoch, version=known.version + 5)
    assert Hint.model_validate(ask(kiosk, ahead, 25).json()) == known


def test_a_device_revoked_while_it_waits_is_told_to_wipe(running, kiosk):
    known = where(kiosk)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, kiosk, known, 25)
        running.owner.post(f"/v1/devices/{kiosk.id}/revocation").raise_for_status()
        problem = refusal(waiting.result(30), 403, "device_revoked")
    assert problem.wipe_order.device_id == kiosk.id


@pytest.mark.parametrize("wait", [-1, 25.5, "long", "nan"])
def test_nobody_waits_longer_than_25_seconds(running, kiosk, wait):
    refusal(ask(kiosk, where(kiosk), wait), 422, "invalid_input")


def test_many_who_wait_hold_no_thread_and_no_connection(running, kiosk, monkeypatch):
    """Sixty wait at once, six times the threads there are; meanwhile the server works, and all are answered."""
    known, entered = where(kiosk), threading.Semaphore(0)
    watcher = running.app.state.watcher
    real = watcher.wait

    async def counted(**question):
        entered.release()
        return await real(**question)

    monkeypatch.setattr(watcher, "wait", counted)
    with ThreadPoolExecutor(60) as threads:
        waiting = [threads.submit(ask, kiosk, known, 25) for _ in range(60)]
        for _ in waiting:
            assert entered.acquire(timeout=30)
        assert running.loop.run(_threads_in_use()) == 0
        assert running.cloud.database.reader.pool.checkedout() <= 1  # the reading of the heads
        assert running.owner.get("/v1/devices").status_code == 200
        change(running, "1")
        answers = [Hint.model_validate(item.result(30).json()) for item in waiting]
    assert {answer.version for answer in answers} == {known.version + 1}


async def _threads_in_use():
    return anyio.to_thread.current_default_thread_limiter().borrowed_tokens


class TestWatcher:
    def run(self, coroutine):
        return asyncio.run(coroutine)

    def test_going_down_answers_everybody(self, gym):
        async def scene():
            watcher = Watcher(gym.cloud.database, gym.clock, period_s=3600)
            known = Hint(epoch=uuid4(), version=1)
            watcher.heads = Heads(1, {gym.site_id: (known.epoch, 1)}, {})
            waiting = asyncio.create_task(watcher.wait(device_id=uuid4(), site_id=gym.site_id, known=known, wait_s=25))
            await asyncio.sleep(0)
            watcher.release()
            return await asyncio.wait_for(waiting, 30)

        assert self.run(scene()).turn == 1

    @pytest.mark.parametrize("why", ["revoked", "opening"])
    def test_a_revoked_device_and_one_that_is_to_open_are_answered_without_waiting(self, gym, why):
        async def scene():
            watcher, device, epoch = Watcher(gym.cloud.database, gym.clock), uuid4(), uuid4()
            told = {"revoked": {device: NOON}} if why == "revoked" else {"opening": frozenset({device})}
            watcher.heads = Heads(1, {gym.site_id: (epoch, 1)}, **told)
            known = Hint(epoch=epoch, version=1)
            for device_id, done in ((device, True), (uuid4(), False)):
                asked = watcher.wait(device_id=device_id, site_id=gym.site_id, known=known, wait_s=25)
                task = asyncio.create_task(asked)
                await asyncio.sleep(0)
                assert task.done() is done
                task.cancel()

        self.run(scene())

    def test_a_failing_reading_is_logged_and_tried_again(self, gym, caplog):
        reads = []

        class Failing(Watcher):
            def _read(self, turn):
                reads.append(threading.get_ident())
                if len(reads) < 3:
                    raise OSError("no disk")
                return super()._read(turn)

        async def scene():
            watcher = Failing(gym.cloud.database, gym.clock, period_s=0.001)
            async with watcher.running():
                await asyncio.wait_for(watcher.turned(), 30)
            return watcher.heads

        heads = self.run(scene())
        assert gym.site_id in heads.sites
        assert caplog.text.count("trying again") == 2
        assert threading.get_ident() not in reads
