"""The kiosk's own door, store and sync on the real cloud in process: nothing in between is imitated but the network."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from kiosk.entry.door import Door, Post
from kiosk.entry.verdict import Verdict
from kiosk.store.contact import Contact
from kiosk.store.folder import open_store
from kiosk.sync.pull import Puller
from kiosk.sync.push import Pusher
from shared.client.devices import HttpDeviceCloud
from shared.client.transport import Transport
from shared.contracts.base import from_base64
from shared.contracts.devices import EventRecord
from shared.domain.ids import SiteId, StreamId
from shared.domain.passes import PassKind
from shared.passtoken.signing import sign_live
from shared.passtoken.tokens import to_text
from tests.support.cloud import Gym
from tests.support.small_gym import Code


class RealKiosk:
    """An enrolled kiosk on the gym's clock."""

    def __init__(self, gym: Gym, folder: Path, *, name: str = "Front door", site_id=None) -> None:
        self.gym = gym
        self.enrolled = gym.kiosk(name, site_id=site_id)
        enrolment = self.enrolled.enrolment
        self.store = open_store(folder, gym.clock, reserve_size=64 * 1024)
        self.store.events.ensure_stream(StreamId(enrolment.stream_id))
        self.contact = Contact()
        post = Post(
            gym_id=enrolment.gym_id,
            gym_number=enrolment.gym_number,
            site_id=SiteId(enrolment.site_id),
            site_name=enrolment.site_name,
            direction=enrolment.direction,
            pepper=enrolment.pepper,
        )
        self.door = Door(self.store, post, self.contact)
        transport = Transport(gym.client(), on_server_time=self.store.timekeeper.take)
        self.cloud = HttpDeviceCloud(transport, device_id=self.enrolled.id, sign=self.enrolled.key.sign)
        self.pusher = Pusher(self.store, self.cloud.upload)
        self.puller = Puller(self.store, self.cloud, self.contact)

    def pull(self) -> None:
        _until_done(self.puller.step)

    def push(self) -> None:
        """Send everything, and let the cloud's consumers take it in."""
        _until_done(self.pusher.step)
        self.gym.dispatch()

    def scan(self, text: str, symbology: str = "QRCode") -> Verdict:
        """A presentation of its own."""
        self.gym.clock.advance(timedelta(seconds=4))
        verdict = self.door.scan(Code(text, symbology))
        assert isinstance(verdict, Verdict), verdict
        return verdict

    def events(self) -> list[EventRecord]:
        with self.store.database.read() as connection:
            rows = connection.execute("SELECT body FROM event ORDER BY seq").fetchall()
        return [EventRecord.model_validate_json(body) for (body,) in rows]

    def close(self) -> None:
        self.store.close()


@contextmanager
def a_real_kiosk(gym: Gym, folder: Path, **facts):
    kiosk = RealKiosk(gym, folder, **facts)
    try:
        kiosk.pull()
        yield kiosk
    finally:
        kiosk.close()


def code_of(member, *, at, gym_id):
    """What a member of the sample gym shows: text and symbology."""
    if member.kind != PassKind.LIVE.value:
        return member.text, member.symbology or "QRCode"
    key = serialization.load_pem_private_key(member.private_key_pem.encode(), password=None)
    token = sign_live(key, credential_id=from_base64(member.credential_id), signed_at=at, gym_id=gym_id)
    return to_text(token), "QRCode"


def _until_done(step) -> None:
    for _ in range(1000):
        done = step()
        if done.error is not None:
            raise done.error
        if not done.more:
            return
    raise AssertionError("no end in sight")
