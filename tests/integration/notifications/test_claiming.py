"""Claims and marks, which depend on how each database locks: nothing goes twice, whoever sends or dies."""

import threading

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from cloud_api.gym import announcing
from cloud_api.gym.tables import CounterRow
from cloud_api.notifications.sender import CLAIM
from cloud_api.notifications.tables import ContactRow
from shared import faults
from tests.integration.notifications.conftest import SERVICES, ScriptedMail
from tests.support.cloud import a_gym
from tests.support.reception import ok


@pytest.fixture
def gym(tmp_path, gym_database):
    """On both databases: claims and marks depend on how each locks."""
    with a_gym(tmp_path, services=SERVICES) as gym:
        yield gym


def advance(post, by):
    post.gym.clock.advance(by)


def test_two_senders_at_once_send_it_once(queued, post):
    other = post.sender_by(ScriptedMail())
    found = []
    mine = ScriptedMail(before=lambda: found.append(other.run_pending()))
    assert post.sender_by(mine).run_pending() == 1
    assert found == [0]


def test_many_senders_share_what_is_due(nora, post, card_by_mail):
    for _ in range(12):
        card_by_mail(nora)
    post.gym.dispatch()
    posts = [ScriptedMail() for _ in range(4)]
    threads = [threading.Thread(target=post.sender_by(mail).run_pending) for mail in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sent = [mail["Message-ID"] for scripted in posts for mail in scripted.taken]
    assert (len(sent), len(set(sent))) == (12, 12)


def test_a_sender_that_died_before_it_marked_sends_again_under_the_same_id(queued, post):
    mail = ScriptedMail()

    class Died(BaseException):
        pass

    def die(point):
        if point == "mail.handed_over":
            raise Died

    uninstall = faults.install(die)
    with pytest.raises(Died):
        post.sender_by(mail).run_pending()
    uninstall()
    assert post.sender_by(mail).run_pending() == 0
    advance(post, CLAIM)
    assert post.sender_by(mail).run_pending() == 1
    first, second = mail.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_who_hurries_a_mail_that_is_being_sent_does_not_send_it_twice(queued, desk, post, listed):
    (view,) = listed(queued)
    mail = ScriptedMail(before=lambda: ok(desk.client.post(f"/v1/mails/{view['id']}/send-again")))
    assert post.sender_by(mail).run_pending() == 1
    assert len(mail.taken) == 1
    assert listed(queued)[0]["state"] == "sent"


def test_members_of_before_the_first_release_with_mails_are_told_once_in_pages(desk, post, monkeypatch, listed):
    members = [desk.member(email=f"m{number}@example.org") for number in range(5)]
    gone = desk.member(email="gone@example.org")
    ok(desk.client.delete(f"/v1/members/{gone}"))
    post.gym.dispatch()
    cloud = post.gym.cloud
    with cloud.database.transaction() as session:
        session.exec(delete(ContactRow))
        session.exec(delete(CounterRow).where(col(CounterRow.name) == "contacts_told"))
    monkeypatch.setattr(announcing, "_PAGE", 2)
    assert announcing.announce_members(cloud.database, cloud.keys) == 5
    assert announcing.announce_members(cloud.database, cloud.keys) == 0
    post.gym.dispatch()
    ok(desk.client.post(f"/v1/members/{members[3]}/cards", json={"send_by_mail": True}))
    assert post.deliver() == 1
    assert post.mails()[0]["To"].addresses[0].addr_spec == "m3@example.org"
    with cloud.database.reading() as session:
        assert set(session.exec(select(ContactRow.member_id))) == set(members)
