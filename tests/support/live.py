"""A gym and its kiosks as real processes that talk over TLS on 127.0.0.1, through a proxy that can cut them apart."""

import contextlib
import functools
import io
import json
import os
import sqlite3
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import select

from cloud_api.common.database import Database
from cloud_api.common.keys import Keys
from cloud_api.common.tables import RosterHead
from cloud_api.common.tokens import Tokens
from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.operate.initialising import initialise
from cloud_api.settings import load_settings
from shared.client.devices import HttpDeviceCloud
from shared.client.pinning import pinned_context
from shared.client.transport import Transport
from shared.clock import SystemClock
from shared.contracts.base import to_base64
from shared.contracts.devices import Enrolment
from shared.domain.roles import Group
from tests.support.processes import DEADLINE_S, Program, Strike, running
from tests.support.proxy import CuttableProxy
from tests.support.servers.base import free_port, wait_until

CLOUD, KIOSK = "cloud_api.__main__", "tests.support.kiosk_driver"
PLAN = {"name": "Monthly", "months": 1, "price_minor": 34_900, "currency": "DKK", "renews": True}


class LiveGym:
    """A gym in ``folder`` that the real ``fit-cloud serve`` serves. Kiosks reach it through ``proxy``, tests directly."""

    def __init__(
        self, folder: Path, stack: contextlib.ExitStack, *, environ: Mapping[str, str] | None = None, processes: int = 1
    ) -> None:
        """``environ`` are settings; several ``processes`` need a database server among them."""
        self.data = folder
        self._stack = stack
        self.ports = [free_port() for _ in range(processes)]
        self.port = self.ports[0]
        self.proxy = CuttableProxy(*self.ports)
        stack.callback(self.proxy.close)
        self._scheme = "http" if (environ or {}).get("FIT_TLS") == "off" else "https"
        self.environ = {"FIT_BASE_URL": self.base_url, **(environ or {})}
        self.settings = load_settings(folder, port=self.port, environ=self.environ)
        if not folder.exists():
            initialise(self.settings, gym_name="Harbour Gym", site_name="Harbour", zone="Europe/Copenhagen")
        self.servers: dict[int, Program] = {}

    def cpu_s(self) -> float:
        """CPU seconds of all processes so far."""
        return sum(server.cpu_s() for server in self.servers.values())

    @property
    def base_url(self) -> str:
        """Where kiosks reach it."""
        return f"{self._scheme}://127.0.0.1:{self.proxy.port}"

    def start(self, *strikes: Strike, without_threads: str = "") -> Program:
        """Start every process; returns the first, which is ``server``."""
        for number in range(len(self.ports)):
            self.start_one(number, *strikes, without_threads=without_threads)
        return self.servers[0]

    def start_one(self, number: int, *strikes: Strike, without_threads: str = "") -> Program:
        """Start one process, also one that was killed."""
        arguments = ["serve", "--data", str(self.data), "--port", str(self.ports[number])]
        limits = os.environ.get("FIT_RATE_LIMITS", "off")  # tests ask more than people and kiosks do
        environment = {"FIT_TEST_WITHOUT_THREADS": without_threads, "FIT_RATE_LIMITS": limits, **self.environ}
        server = self._stack.enter_context(running(CLOUD, arguments, strikes=strikes, environment=environment))
        self.servers[number] = server
        server.expect("^ready https?://")
        return server

    @property
    def server(self) -> Program | None:
        """The first process; None before it was started."""
        return self.servers.get(0)

    def restart(self, *strikes: Strike) -> Program:
        assert self.server is not None
        self.server.stop()
        return self.start(*strikes)

    def device_client(self, name: str = "Bench door", *, site_id: UUID | None = None) -> "Device":
        """A new device that speaks HTTP only: its key, its stream and a client with its token."""
        key = Ed25519PrivateKey.generate()
        nobody = self.client()
        new = {"site_id": str(site_id or self.site_id), "name": name}
        code = self.call("POST", "/v1/devices", json=new)["code"]
        public_key = to_base64(key.public_key().public_bytes_raw())
        request = {"code": code, "public_key": public_key, "program_version": "test"}
        enrolment = Enrolment.model_validate(nobody.post("/v1/enrolments", json=request).json())
        cloud = HttpDeviceCloud(Transport(nobody), device_id=enrolment.device_id, sign=key.sign)
        token = cloud._buy_token()
        return Device(enrolment, token, self.client(token))

    def client(self, token: str | None = None, *, port: int | None = None) -> httpx.Client:
        """A client that believes this gym's own certificate only. ``port`` is that of the one process it shall ask."""
        port = port or (self.port if len(self.ports) == 1 else self.proxy.port)
        certificate = ssl.PEM_cert_to_DER_cert(self.settings.certificate.read_text())
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        client = httpx.Client(
            base_url=f"{self._scheme}://127.0.0.1:{port}",
            verify=pinned_context(certificate),
            headers=headers,
            timeout=DEADLINE_S,
            trust_env=False,
        )
        self._stack.callback(client.close)
        return client

    @functools.cached_property
    def owner(self) -> httpx.Client:
        return self.client(self.owner_token())

    def owner_token(self) -> str:
        """A new Owner's access token (15 minutes), made beside the server without the cost of a password."""
        database = Database(self.settings.database_url)
        try:
            with database.transaction() as session:
                new = NewPerson(name="Owner", email=f"owner-{uuid4().hex}@fit.test", groups=[Group.OWNER])
                person_id = people.create_person(session, new, actor="system")
                tokens = Tokens(Keys(self.settings.secrets), SystemClock())
                return sessions.open_session(session, person_id, tokens=tokens).access_token
        finally:
            database.close()

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The JSON of an answer to the Owner, which must be a good one."""
        answer = self.owner.request(method, path, **options)
        if answer.status_code == httpx.codes.UNAUTHORIZED:  # a token counts for 15 minutes
            self.owner = self.client(self.owner_token())
            answer = self.owner.request(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    @functools.cached_property
    def site_id(self) -> UUID:
        return UUID(self.call("GET", "/v1/sites")["items"][0]["id"])

    @functools.cached_property
    def plan_id(self) -> str:
        return str(self.call("POST", "/v1/plans", json=PLAN)["id"])

    def member(self, name: str = "Nora", *, paid: bool = True, site_id: UUID | None = None) -> str:
        """A member of the first site; ``paid`` with a monthly membership from today."""
        new = {"given_name": name, "home_site_id": str(site_id or self.site_id)}
        member_id = str(self.call("POST", "/v1/members", json=new)["id"])
        if paid:
            self.call("POST", f"/v1/members/{member_id}/memberships", json={"plan_id": self.plan_id})
        return member_id

    def card(self, member_id: str) -> tuple[str, str]:
        """A new card: its pass id and its text."""
        issued = self.call("POST", f"/v1/members/{member_id}/cards", json={})
        return issued["member_pass"]["id"], issued["code"]["text"]

    def cards(self, count: int) -> list[str]:
        """The card texts of so many new paying members."""
        return [self.card(self.member(f"Member {number}"))[1] for number in range(count)]

    def pairing(self, name: str = "Front door", *, site_id: UUID | None = None) -> str:
        new = {"site_id": str(site_id or self.site_id), "name": name}
        return str(self.call("POST", "/v1/devices", json=new)["pairing"])

    def events_of(self, device_id: str) -> list[dict[str, Any]]:
        """Every event the cloud has of a kiosk."""
        found: list[dict[str, Any]] = []
        while True:
            after = {"after": found[-1]["event"]["id"]} if found else {}
            page = self.call("GET", f"/v1/devices/{device_id}/events", params=after)
            found += page
            if not page:
                return found

    def attendance_of(self, device_id: str) -> list[str]:
        """The ids of a kiosk's events as staff see them, in the service that counts visits."""
        return [item["id"] for item in self.pages("/v1/attendance") if item["device_id"] == device_id]

    def pages(self, path: str, **params: str) -> list[dict[str, Any]]:
        """All items of a list that comes in pages."""
        items: list[dict[str, Any]] = []
        while True:
            page = self.call("GET", path, params={**params, "limit": "200"})
            items += page["items"]
            if page["next"] is None:
                return items
            params["after"] = page["next"]

    def roster_of(self, site_id: UUID) -> list[Any]:
        """Epoch, version and checksum of a site's roster, as its kiosk says them."""
        database = Database(self.settings.database_url)
        try:
            with database.reading() as session:
                head = session.exec(select(RosterHead).where(RosterHead.site_id == site_id)).one()
                return [str(head.epoch), head.version, str(head.checksum)]
        finally:
            database.close()


@dataclass(frozen=True, slots=True)
class Device:
    """A device without a kiosk around it."""

    enrolment: Enrolment
    token: str
    client: httpx.Client


class LiveKiosk:
    """A kiosk as a process of its own, in ``folder``; it answers one command at a time."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self.shown: list[dict[str, Any]] = []
        """Every verdict that came back with an event: these may never be lost."""
        self.program: Program | None = None

    def start(self, *strikes: Strike) -> "LiveKiosk":
        self.program = self._stack.enter_context(running(KIOSK, [str(self.folder)], strikes=strikes))
        return self

    def ask(self, *words: str) -> dict[str, Any] | None:
        """The answer to a command; None when the kiosk died of it."""
        assert self.program is not None
        self.program.say(" ".join(words))
        found = self.program.expect_or_end("^= (.*)")
        if found is None:
            assert self.program.wait() == -9, self.program.tail()
            return None
        answer: dict[str, Any] = json.loads(found[1])
        if answer.get("event_id"):
            self.shown.append(answer)
        return answer

    def scan(self, text: str) -> dict[str, Any] | None:
        return self.ask("scan", "QRCode", text)

    def sync(self) -> dict[str, Any]:
        """Pull and push until there is nothing more to do, without an error."""
        answer = self.ask("sync")
        assert answer is not None, "died while syncing"
        assert (answer["pull"], answer["push"]) == (None, None), answer
        return answer

    def enrol(self, pairing: str) -> str:
        """Enrol, and return the device's id."""
        answer = self.ask("enrol", pairing)
        assert answer is not None, "died while enrolling"
        return str(answer["device_id"])

    def shown_events(self) -> set[str]:
        """The ids of all events whose verdict was shown."""
        return {item["event_id"] for item in self.shown}

    def kill(self) -> None:
        assert self.program is not None
        self.program.kill()

    def restart(self, *strikes: Strike) -> "LiveKiosk":
        self.kill()
        return self.start(*strikes)


class RealKiosk:
    """The real program, on an enrolled kiosk's ``folder``, with card pictures held to its camera one after the other."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._runs = 0
        self.preparing_s = 0.0
        """What drawing the pictures took at the last start."""
        self.answers: list[dict[str, Any]] = []
        self.program: Program | None = None

    def start(
        self,
        cards: Sequence[str],
        *strikes: Strike,
        until_over: bool = False,
        frames_each: int = 15,
        module: str = "kiosk.__main__",
    ) -> Program:
        """Run on pictures of these codes, 15 frames (half a second) each; ``until_over``: end with them."""
        self._runs += 1
        began = time.perf_counter()
        pictures = self.folder / f"pictures-{self._runs}"
        pictures.mkdir()
        for number, text in enumerate(cards):
            (pictures / f"{number:04}.png").write_bytes(_drawn(text))
        folders = ["--data", str(self.folder / "data"), "--secrets", str(self.folder / "secrets")]
        camera = ["--camera", f"dir:{pictures}#frames_each={frames_each}"]
        end = ["--until-camera-ends"] if until_over else []
        arguments = ["run", "--offscreen", "--print-answers", *camera, *end, *folders]
        self.preparing_s = time.perf_counter() - began
        self.program = self._stack.enter_context(running(module, arguments, strikes=strikes))
        return self.program

    def next_answer(self) -> dict[str, Any] | None:
        """The next thing shown; None when the program ended instead."""
        assert self.program is not None
        found = self.program.expect_or_end(r"^\{.*\}$")
        if found is None:
            return None
        self.answers.append(json.loads(found[0]))
        return self.answers[-1]

    def wait_for_answer(self, *, at_most_s: float) -> None:
        """Until the next thing is shown, if anybody is at the door."""
        assert self.program is not None
        with contextlib.suppress(AssertionError):
            self.program.expect_or_end(r"^\{", deadline_s=at_most_s)

    def kill(self) -> None:
        """``kill -9``; what it had said until then is in ``answers``."""
        assert self.program is not None
        self.program.kill()
        self.answers = [*self.answers, *(json.loads(line) for line in self.program.lines if line.startswith("{"))]

    def shown_events(self) -> set[str]:
        """The ids of all events whose verdict was shown."""
        return {item["id"] for item in self.answers if item.get("id")}


@functools.cache
def _drawn(text: str) -> bytes:
    """A picture of a QR code, as PNG."""
    picture = io.BytesIO()
    segno.make_qr(text, error="m").save(picture, kind="png", scale=8)
    return picture.getvalue()


def stored_events(folder: Path) -> list[str]:
    """The ids of all events on a kiosk's disk, oldest first."""
    with contextlib.closing(sqlite3.connect(folder / "data" / "events.db")) as connection:
        return [str(UUID(bytes=row[0])) for row in connection.execute("SELECT id FROM event ORDER BY seq")]


@contextlib.contextmanager
def live_gym(folder: Path, *strikes: Strike) -> Iterator[tuple[LiveGym, contextlib.ExitStack]]:
    """A running gym; whatever was started with the stack is gone when the block ends."""
    with contextlib.ExitStack() as stack:
        gym = LiveGym(folder / "cloud", stack)
        gym.start(*strikes)
        yield gym, stack


def count_unsent(folder: Path) -> int:
    """Events on a kiosk's disk that the cloud has not acknowledged, as far as the kiosk knows."""
    with contextlib.closing(sqlite3.connect(folder / "data" / "events.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM delivery WHERE acked_at IS NULL").fetchone()[0])


def stored_roster(folder: Path) -> list[Any]:
    """Epoch, version and checksum of the roster on a kiosk's disk."""
    newest = max((folder / "data").glob("roster-*.db"), key=lambda path: int(path.stem.partition("-")[2]))
    with contextlib.closing(sqlite3.connect(newest)) as connection:
        epoch, version, checksum = connection.execute("SELECT epoch, version, checksum FROM roster_head").fetchone()
    return [str(UUID(bytes=epoch)), version, checksum]


def assert_exactly_once(gym: LiveGym, device_id: str, kiosk: LiveKiosk | RealKiosk) -> None:
    """Every verdict that was shown is in the cloud, every event on the disk is, and nothing is there or counted twice."""
    in_cloud = [item["event"]["id"] for item in gym.events_of(device_id)]
    shown = kiosk.shown_events()
    assert len(in_cloud) == len(set(in_cloud))
    assert shown <= set(in_cloud), f"lost: {shown - set(in_cloud)}"
    assert sorted(in_cloud) == sorted(stored_events(kiosk.folder))
    eventually(lambda: sorted(gym.attendance_of(device_id)) == sorted(in_cloud))


def eventually(is_true: Callable[[], bool], *, deadline_s: float = DEADLINE_S) -> None:
    """Wait until something holds that another process is at work on."""
    wait_until(is_true, f"it did not come true within {deadline_s:.0f} s", deadline_s=deadline_s)
