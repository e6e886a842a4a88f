import dataclasses
import email
import email.policy

import pytest

from cloud_api.notifications.sender import Sender
from shared.errors import Unavailable
from tests.support.cloud import a_gym
from tests.support.reception import Desk, ok

EMAIL = "nora.berg@example.org"


class Post:
    """What went out by the gym's folder, or what a scripted post was given."""

    def __init__(self, gym):
        self.gym = gym
        self.sender = Sender(gym.cloud)

    def deliver(self):
        """Take in what was published, then send what is due; how many went."""
        self.gym.dispatch()
        return self.sender.run_pending()

    def mails(self):
        files = (self.gym.settings.data / "mail").glob("*.eml")
        found = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return sorted(found, key=lambda message: message["Message-ID"])

    def sender_by(self, mail):
        """A sender of the same cloud by another post."""
        return Sender(dataclasses.replace(self.gym.cloud, mail=mail))


class ScriptedMail:
    """A post that does what it is told: ``errors`` are raised one after the other, then it takes everything."""

    sender = "desk@gym.example"

    def __init__(self, *errors, before=None):
        self.errors = list(errors)
        self.before = before
        self.taken = []

    def send(self, message):
        if self.before is not None:
            self.before()
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(message)

    def describe(self):
        return "scripted", True


def away():
    return Unavailable("the mail server is not there: ConnectionRefusedError")


SERVICES = ("identity", "gym", "qr", "payments", "notifications")


@pytest.fixture
def gym(tmp_path):
    with a_gym(tmp_path, services=SERVICES) as gym:
        yield gym


@pytest.fixture
def desk(gym):
    return Desk(gym)


@pytest.fixture
def post(gym):
    return Post(gym)


@pytest.fixture
def nora(desk):
    """A member who can be written to."""
    return desk.member(email=EMAIL)


@pytest.fixture
def listed(desk):
    return lambda member_id: ok(desk.client.get(f"/v1/members/{member_id}/mails"))["items"]


@pytest.fixture
def card_by_mail(desk):
    """Issues a card that is to be mailed; its text."""

    def issue(member_id):
        body = {"label": "phone", "send_by_mail": True}
        return ok(desk.client.post(f"/v1/members/{member_id}/cards", json=body))["code"]["text"]

    return issue


@pytest.fixture
def queued(nora, post, card_by_mail):
    """A mail that waits; the member's id."""
    card_by_mail(nora)
    post.gym.dispatch()
    return nora
