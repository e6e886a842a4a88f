"""An initialised embedded gym in a temporary folder, with clients: the real app on the real database, in process."""

import functools
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api.app import create_app
from cloud_api.common.principal import PrincipalKind
from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.operate.initialising import NewGym, initialise
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import SERVICES, Settings, load_settings
from shared.contracts.base import to_base64
from shared.contracts.devices import Enrolment, EventRecord, EventUpload, UploadAnswer
from shared.domain.roles import Group
from shared.passtoken.signing import challenge_message, salvage_message
from tests.support.asgi import AsgiLoop
from tests.support.builders import NOON
from tests.support.servers import shared as servers

GYM_NAME, SITE_NAME, ZONE_NAME = "Harbour Gym", "Harbour", "Europe/Copenhagen"


class StillClock:
    """Stands at noon of the builders' day until moved. Thread-safe enough for tests."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def advance(self, by: timedelta) -> None:
        self.at += by

    def now(self) -> datetime:
        return self.at

    def boot_ns(self) -> int:
        return int((self.at - NOON) / timedelta(microseconds=1)) * 1000 + 10**12

    def boot_id(self) -> str:
        return "cloud"


class Kiosk:
    """An enrolled kiosk as the cloud sees one: its key, its enrolment, and calls with its token."""

    def __init__(self, gym: "Gym", enrolment: Enrolment, key: Ed25519PrivateKey) -> None:
        self._gym = gym
        self.enrolment = enrolment
        self.key = key
        self.id = enrolment.device_id

    @functools.cached_property
    def client(self) -> httpx.Client:
        """A client with a token, bought by signing a challenge."""
        return self._gym.client(self.token())

    def token(self) -> str:
        with self._gym.client() as client:
            answer = self.ask_token(client)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def ask_token(self, client: httpx.Client, *, key: Ed25519PrivateKey | None = None) -> httpx.Response:
        challenge = client.post("/v1/device-tokens/challenge", json={"device_id": str(self.id)})
        if challenge.status_code != 200:
            return challenge
        nonce = challenge.json()["nonce"]
        return client.post("/v1/device-tokens", json=self.signed(nonce, key=key))

    def signed(self, nonce: str, *, key: Ed25519PrivateKey | None = None) -> dict[str, str]:
        from shared.contracts.base import from_base64

        signature = (key or self.key).sign(challenge_message(self.id, from_base64(nonce)))
        return {"device_id": str(self.id), "nonce": nonce, "signature": to_base64(signature)}

    def upload(self, *events: EventRecord, stream_id: UUID | None = None) -> UploadAnswer:
        answer = self.client.post("/v1/devices/self/events", content=self.body(*events, stream_id=stream_id))
        answer.raise_for_status()
        return UploadAnswer.model_validate(answer.json())

    def body(self, *events: EventRecord, stream_id: UUID | None = None) -> str:
        return EventUpload(stream_id=stream_id or self.enrolment.stream_id, events=list(events)).model_dump_json()

    def salvage_body(self, *events: EventRecord) -> dict[str, Any]:
        payload = self.body(*events)
        signature = self.key.sign(salvage_message(self.id, payload))
        return {"device_id": str(self.id), "payload": payload, "signature": to_base64(signature)}


class Gym:
    """A running cloud without sockets. The dispatcher works only when told: ``gym.dispatch()``."""

    def __init__(
        self,
        data: Path,
        made: NewGym,
        clock: StillClock,
        *,
        services: tuple[str, ...] = SERVICES,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._closed = False
        self.made = made
        self.clock = clock
        self.settings: Settings = load_settings(data, environ={"FIT_RATE_LIMITS": "off", **(environ or {})})
        self.cloud = open_cloud(self.settings, clock=clock)
        self.app = create_app(self.cloud, services=services)
        self.loop = AsgiLoop(self.app)
        self.site_id = UUID(made.site_id)

    @property
    def owner_secret(self) -> str:
        """The secret in the first Owner's link."""
        return parse_qs(urlsplit(self.made.owner_link).query)["token"][0]

    def client(self, token: str | None = None) -> httpx.Client:
        """A client that may be used from any thread; without a token it is nobody."""
        return self.loop.client(token)

    def client_of(self, *groups: Group) -> httpx.Client:
        """A client signed in as a new person of these groups."""
        return self.client(self.token_of(*groups))

    @functools.cached_property
    def owner(self) -> httpx.Client:
        return self.client_of(Group.OWNER)

    @functools.cached_property
    def staff(self) -> httpx.Client:
        return self.client_of(Group.STAFF)

    def token_of(self, *groups: Group) -> str:
        """An access token of a new person, made without the cost of a password."""
        return self.sign_in(self.person(*groups))

    def person(self, *groups: Group, email: str | None = None) -> UUID:
        name = "-".join(group.value for group in groups) or "nobody"
        new = NewPerson(name=name, email=email or f"{uuid4()}@fit.test", groups=list(groups))
        with self.cloud.database.transaction() as session:
            return people.create_person(session, new, actor="system")

    def sign_in(self, person_id: UUID) -> str:
        with self.cloud.database.transaction() as session:
            return sessions.open_session(session, person_id, tokens=self.cloud.tokens).access_token

    def kiosk(self, name: str = "Front door", *, site_id: UUID | None = None, direction: str = "entry") -> Kiosk:
        """A new kiosk, enrolled through the API."""
        new = {"site_id": str(site_id or self.site_id), "name": name, "direction": direction}
        made = self.owner.post("/v1/devices", json=new)
        made.raise_for_status()
        key = Ed25519PrivateKey.generate()
        return Kiosk(self, self.enrol(made.json()["code"], key), key)

    def enrol(self, code: str, key: Ed25519PrivateKey) -> Enrolment:
        with self.client() as client:
            answer = self.ask_to_enrol(client, code, key)
        answer.raise_for_status()
        return Enrolment.model_validate(answer.json())

    @staticmethod
    def ask_to_enrol(client: httpx.Client, code: str, key: Ed25519PrivateKey) -> httpx.Response:
        public_key = to_base64(key.public_key().public_bytes_raw())
        return client.post("/v1/enrolments", json={"code": code, "public_key": public_key, "program_version": "1.0"})

    def dispatch(self) -> None:
        """Let the consumers take in what was published, until nothing is left that is due."""
        while self.cloud.dispatcher.run_pending():
            pass

    def close(self) -> None:
        """Let go of everything, as at the end of the process. Doing it twice is fine."""
        if not self._closed:
            self._closed = True
            self.loop.close()
            self.cloud.database.close()


GYM_DATABASE = "FIT_TEST_GYM_DATABASE"
"""Names the environment variable that says which database gyms of tests have: ``sqlite`` (the default) or ``mysql``."""


@functools.cache
def _template(kind: str) -> tuple[Path, NewGym, str | None]:
    """A fresh gym, made once in a process and copied for each test; and the name of its database on a server."""
    folder = Path(tempfile.mkdtemp(prefix="fit-template-"))
    import atexit

    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    name = f"template_{uuid4().hex[:12]}" if kind == "mysql" else None
    environ = {} if name is None else {"FIT_DATABASE_URL": servers.mysql().create(name)}
    settings = load_settings(folder / "gym", environ=environ)
    made = initialise(settings, gym_name=GYM_NAME, site_name=SITE_NAME, zone=ZONE_NAME, clock=StillClock())
    return folder / "gym", made, name


@contextmanager
def a_gym(
    folder: Path,
    *,
    clock: StillClock | None = None,
    services: tuple[str, ...] = SERVICES,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Gym]:
    """An initialised gym in ``folder/gym``, at noon of the builders' day. Fewer services are there sooner.

    ``environ`` are settings. Without a database among them it is the one that :data:`GYM_DATABASE` names.
    """
    template, made, name = _template(os.environ.get(GYM_DATABASE, "sqlite"))
    data = folder / "gym"
    shutil.copytree(template, data)
    with nullcontext() if name is None else servers.a_mysql_database(like=name) as url:
        database = {} if url is None else {"FIT_DATABASE_URL": url}
        gym = Gym(data, made, clock or StillClock(), services=services, environ={**database, **(environ or {})})
        try:
            yield gym
        finally:
            gym.close()


__all__ = ["Gym", "Kiosk", "PrincipalKind", "StillClock", "a_gym"]
