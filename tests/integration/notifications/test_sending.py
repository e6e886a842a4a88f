"""When mails go: once if all is well, again after a failure, and never by two at once."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import select

from cloud_api.common.database import Conflict
from cloud_api.common.outbox import Event
from cloud_api.notifications.contacts import learn_contacts
from cloud_api.notifications.queueing import hear_of_pass
from cloud_api.notifications.sender import MAX_TRIES
from cloud_api.notifications.tables import ContactRow, MailRow
from cloud_api.operate.housekeeping import MAILS_KEPT, tidy
from shared.errors import Rejected
from tests.integration.notifications.conftest import EMAIL, Post, ScriptedMail, away
from tests.support.builders import NOON
from tests.support.reception import Desk, ok
from tests.support.servers.base import wait_until


def advance(post, by):
    post.gym.clock.advance(by)


def test_the_wait_doubles_up_to_two_hours(queued, post):
    sender, due = post.sender_by(ScriptedMail(*[away() for _ in range(11)])), []
    for _ in range(11):
        assert sender.run_pending() == 0
        with post.gym.cloud.database.reading() as session:
            (row,) = session.exec(select(MailRow)).all()
        due.append((row.next_try_at - post.gym.clock.at) // timedelta(minutes=1))
        assert row.claimed_until is None
        assert sender.run_pending() == 0
        post.gym.clock.at = row.next_try_at
    assert due == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120]


def test_a_mail_is_given_up_after_a_day_and_staff_sends_it_again(queued, desk, post, listed):
    mail = ScriptedMail(*[away() for _ in range(MAX_TRIES)])
    sender = post.sender_by(mail)
    for _ in range(MAX_TRIES):
        assert sender.run_pending() == 0
        advance(post, timedelta(hours=2))
    (view,) = listed(queued)
    assert (view["state"], view["error"], view["tries"]) == ("failed", "unavailable", MAX_TRIES)
    assert sender.run_pending() == 0
    ok(desk.client.post(f"/v1/mails/{view['id']}/send-again"))
    assert sender.run_pending() == 1
    assert mail.taken[0]["Message-ID"].startswith(f"<{view['id']}.2@")
    assert listed(queued)[0]["state"] == "sent"


def test_a_final_no_is_final(queued, post, listed):
    sender = post.sender_by(ScriptedMail(Rejected("no such mailbox", code="smtp_550")))
    assert sender.run_pending() == 0
    advance(post, timedelta(days=2))
    assert sender.run_pending() == 0
    assert [(view["state"], view["error"], view["tries"]) for view in listed(queued)] == [("failed", "smtp_550", 1)]


def test_one_mail_that_is_refused_does_not_hold_up_the_next(queued, desk, post, card_by_mail):
    card_by_mail(queued)
    post.gym.dispatch()
    mail = ScriptedMail(Rejected("too big", code="smtp_552"))
    assert post.sender_by(mail).run_pending() == 1
    assert len(mail.taken) == 1


def test_a_message_that_comes_twice_is_one_mail(desk, queued, post, listed):
    with post.gym.cloud.database.transaction() as session:
        (row,) = session.exec(select(MailRow)).all()
        data = {"kind": "card", "member_id": str(queued), "pass_id": row.about, "sealed_mail": "AA"}
        event = Event(UUID(int=7), "pass", "pass.issued", queued, NOON, data)
        for _ in range(2):
            hear_of_pass(session, event)
    assert len(listed(queued)) == 2


def test_a_mail_that_cannot_be_made_holds_up_nobody_and_is_not_tried_for_ever(queued, post, card_by_mail, listed):
    with post.gym.cloud.database.transaction() as session:
        (row,) = session.exec(select(MailRow)).all()
        row.content = b"of another version, or changed"
        session.add(row)
    card_by_mail(queued)
    assert post.deliver() == 1
    for _ in range(MAX_TRIES):
        advance(post, timedelta(hours=2))
        assert post.sender.run_pending() == 0
    assert sorted((view["state"], view["error"]) for view in listed(queued)) == [("failed", "internal"), ("sent", None)]


def test_a_mark_that_the_database_undid_is_made_again(queued, post, monkeypatch, listed):
    undo, execute = [True], post.gym.cloud.database.transaction

    @contextmanager
    def undone():
        with execute() as session:
            yield session
            if mail.taken and undo:
                undo.pop()
                raise Conflict("The server is very busy.")

    mail = ScriptedMail()
    monkeypatch.setattr(post.gym.cloud.database, "transaction", undone)
    assert post.sender_by(mail).run_pending() == 1
    assert (undo, listed(queued)[0]["state"]) == ([], "sent")


def test_an_older_state_of_a_member_changes_nothing(post, nora):
    post.gym.dispatch()

    def state(version, sealed):
        data = {"member_id": str(nora), "version": version, "sealed_contact": sealed, "erased": False}
        return Event(UUID(int=version), "member", "member.changed", nora, NOON, data)

    def tell(*states):
        with post.gym.cloud.database.transaction() as session:
            learn_contacts(session, states)
            return session.get(ContactRow, nora).sealed

    assert tell(state(5, "BQ")) == b"\x05"
    assert tell(state(4, "BA")) == b"\x05"
    assert tell(state(5, "BQ")) == b"\x05"
    assert tell(state(6, "Bg"), state(8, "CA"), state(7, "Bw")) == b"\x08"


def test_a_mail_asked_for_before_the_member_is_known_waits_for_that(queued, post, listed):
    with post.gym.cloud.database.transaction() as session:
        (contact,) = [row.model_dump() for row in session.exec(select(ContactRow))]
        session.exec(delete(ContactRow))
    assert post.sender.run_pending() == 0
    assert (listed(queued)[0]["state"], listed(queued)[0]["error"]) == ("queued", "contact_unknown")
    with post.gym.cloud.database.transaction() as session:
        session.add(ContactRow(**contact))
    advance(post, timedelta(minutes=1))
    assert post.sender.run_pending() == 1


def test_members_taken_in_together_can_be_written_to(desk, post):
    from cloud_api.gym.bulk import take_in_members
    from shared.contracts.gym import MemberDraft
    from tests.support.builders import TODAY

    plan = desk.plan()
    cloud = post.gym.cloud
    with cloud.database.transaction() as session:
        drafts = [MemberDraft(given_name="Ib", email="ib@example.org", home_site_id=desk.site_id)]
        (member_id,) = take_in_members(session, cloud.keys, drafts, plan_id=plan, starts_on=[TODAY], by="import")
    ok(desk.client.post(f"/v1/members/{member_id}/cards", json={"send_by_mail": True}))
    assert post.deliver() == 1
    assert str(post.mails()[0]["To"]) == "Ib <ib@example.org>"


def test_what_a_mail_said_is_forgotten_after_a_month(queued, desk, post, listed):
    assert post.deliver() == 1
    advance(post, MAILS_KEPT)
    tidy(post.gym.cloud)
    assert listed(queued)[0]["can_send_again"]
    advance(post, timedelta(seconds=1))
    tidy(post.gym.cloud)
    (view,) = listed(queued)
    assert (view["state"], view["can_send_again"]) == ("sent", False)
    assert desk.client.post(f"/v1/mails/{view['id']}/send-again").status_code == 409


def test_what_waits_is_not_forgotten(queued, post, listed):
    advance(post, MAILS_KEPT + timedelta(days=1))
    tidy(post.gym.cloud)
    assert listed(queued)[0]["can_send_again"]


def test_a_running_server_sends_by_itself_and_stops_in_good_order(gym):
    desk, post = Desk(gym), Post(gym)
    with gym.loop.lifespan():
        ok(desk.client.post(f"/v1/members/{desk.member(email=EMAIL)}/cards", json={"send_by_mail": True}))
        wait_until(lambda: len(post.mails()) == 1, "no mail went", deadline_s=30)
    assert "mail" not in {thread.name for thread in threading.enumerate()}


def test_a_process_that_does_not_serve_notifications_sends_nothing(gym):
    from cloud_api.app import create_app
    from tests.support.asgi import AsgiLoop

    loop = AsgiLoop(create_app(gym.cloud, services=("identity", "gym", "qr")))
    with loop.lifespan():
        assert "mail" not in {thread.name for thread in threading.enumerate()}
    loop.close()
