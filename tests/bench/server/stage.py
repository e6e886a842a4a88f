"""What the parts of this benchmark stand on: components that run, and a gym of two API processes with a sample in it."""

import contextlib
import functools
from collections.abc import Mapping
from pathlib import Path

from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.operate.opening import open_cloud
from cloud_api.sample.making import make_sample
from shared.domain.roles import Group
from tests.bench.doors import Holder, holders_at
from tests.support.components import Components
from tests.support.live import LiveGym
from tests.support.processes import cpu_s_of

MEMBERS = 200


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
        return cpu_s_of(Path(f"/proc/{self.components.mysql.process.pid}/stat"))


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
    def holders(self) -> list[Holder]:
        return holders_at(self, self.sample.site_id)
