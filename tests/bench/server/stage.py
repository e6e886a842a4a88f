"""What the parts of this benchmark stand on: components that run, and a gym of two API processes with a sample in it."""

import contextlib
import functools
import gzip
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from cloud_api.common.roles import Group
from cloud_api.devices.feed import read_snapshot
from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.operate.opening import open_cloud
from cloud_api.sample.making import make_sample
from shared.clock import SystemClock
from shared.contracts.devices import EventUpload
from shared.contracts.roster import CredentialBody, RowKind
from shared.domain.ids import uuid7
from tests.support.builders import an_event_record
from tests.support.components import Components
from tests.support.live import Device, LiveGym

MEMBERS = 200
_TICKS = os.sysconf("SC_CLK_TCK")


class Stage:
    """Components, and gyms on them; each gym has a database and topics of its own."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.components = Components(folder / "servers", stack)

    def gym(self, name: str, *, without: tuple[str, ...] = (), **settings: str) -> "BenchGym":
        """A gym with a sample; ``without`` are components it shall not use (``FIT_EVENTS_URL`` ...)."""
        environ = {**self.components.environ(name), **settings}
        for key in without:
            del environ[key]
        return BenchGym(self.folder / name, self.stack, environ)

    def database_cpu_s(self) -> float:
        """CPU seconds of the database server so far."""
        assert self.components.mysql.process is not None
        fields = Path(f"/proc/{self.components.mysql.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


class BenchGym(LiveGym):
    """Two API processes, and a sample of members."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack, environ: Mapping[str, str]) -> None:
        super().__init__(folder / "cloud", stack, environ=environ, processes=2)
        cloud = open_cloud(self.settings)
        self.sample = make_sample(cloud, members=MEMBERS, seed=1, out=folder)
        while cloud.dispatcher.run_pending():
            pass
        cloud.database.close()

    def staff_tokens(self, count: int) -> list[str]:
        """Access tokens of so many new members of staff."""
        cloud = open_cloud(self.settings)
        with cloud.database.transaction() as session:
            tokens = []
            for number in range(count):
                new = NewPerson(name="Staff", email=f"staff{number}@fit.test", groups=[Group.STAFF])
                person_id = people.create_person(session, new, actor="system")
                tokens.append(sessions.open_session(session, person_id, tokens=cloud.tokens).access_token)
        cloud.database.close()
        return tokens

    @functools.cached_property
    def holders(self) -> list[tuple[bytes, UUID]]:
        """Lookup hash and member of every pass."""
        cloud = open_cloud(self.settings)
        with cloud.database.reading() as session:
            rows = [row for row in read_snapshot(session, self.sample.site_id).rows if row.kind is RowKind.CREDENTIAL]
        cloud.database.close()
        bodies = [(bytes.fromhex(row.key), CredentialBody.model_validate_json(row.body or "")) for row in rows]
        return [(lookup, body.member_id) for lookup, body in bodies if body.member_id is not None]


def uploads(gym: BenchGym, device: Device, *, size: int) -> Iterator[bytes]:
    """Gzipped uploads of a busy door: an event every 20 s of the last days, by all members in turn."""
    start, number = SystemClock().now() - timedelta(days=20), 0
    epoch, version, _ = gym.roster_of(device.enrolment.site_id)
    while True:
        events = []
        for _ in range(size):
            number += 1
            lookup, member_id = gym.holders[number % len(gym.holders)]
            at = start + timedelta(seconds=20 * number % (19 * 86_400))
            facts = {"lookup": lookup, "member_id": member_id, "membership_id": None, "door_at": at, "wall_at": at}
            roster = {"roster_epoch": epoch, "roster_version": version}
            events.append(an_event_record(id=uuid7(int(at.timestamp() * 1000)), number=number, **facts, **roster))
        body = EventUpload(stream_id=device.enrolment.stream_id, events=events).model_dump_json()
        yield gzip.compress(body.encode(), compresslevel=5)
