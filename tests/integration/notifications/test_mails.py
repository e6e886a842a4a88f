"""Which mails are written, what they say, and that nobody else can read it."""

import logging

import cv2
import numpy as np
import pytest
import zxingcpp
from sqlmodel import select

from cloud_api.notifications.tables import ContactRow, MailRow
from tests.integration.notifications.conftest import EMAIL, Post
from tests.support.cashier import CASH, Cashier
from tests.support.cloud import a_gym
from tests.support.reception import Desk, ok


def text_of(message):
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(message):
    return message.get_body(("html",)).get_content()


def read(picture):
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    return zxingcpp.read_barcodes(image)[0].text


def pictures(message):
    return [part.get_content() for part in message.walk() if part.get_content_type() == "image/png"]


def test_a_card_by_mail_shows_the_card_in_the_mail_and_beside_it(nora, post, card_by_mail, listed):
    text = card_by_mail(nora)
    assert post.deliver() == 1
    (mail,) = post.mails()
    assert mail["To"].addresses[0].addr_spec == EMAIL
    assert mail["To"].addresses[0].display_name == "Nora Berg"
    assert mail["From"].addresses[0].display_name == "Harbour Gym"
    assert mail["Subject"] == "Your pass for Harbour Gym"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert text_of(mail).startswith("Hello Nora,\n\nhere is your pass for Harbour Gym.")
    assert 'src="cid:code"' in html_of(mail)
    inline, attached = pictures(mail)
    assert read(inline) == read(attached) == text
    (view,) = listed(nora)
    assert (view["kind"], view["state"], view["tries"], view["error"]) == ("pass", "sent", 1, None)
    assert view["sent_at"] == "2026-03-18T12:00:00Z"
    assert post.deliver() == 0


def test_a_card_that_nobody_asked_to_mail_is_not_mailed(desk, nora, post):
    desk.card(nora)
    assert post.deliver() == 0
    assert not (post.gym.settings.data / "mail").exists()


def test_neither_the_card_nor_the_address_can_be_read_anywhere(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    with a_gym(tmp_path) as gym:
        desk, post = Desk(gym), Post(gym)
        nora = desk.member(email=EMAIL)
        body = {"send_by_mail": True}
        text = ok(desk.client.post(f"/v1/members/{nora}/cards", json=body))["code"]["text"]

        def everywhere():
            files = [path for path in gym.settings.data.rglob("*") if path.is_file() and path.suffix != ".eml"]
            return b"".join(path.read_bytes() for path in files) + caplog.text.encode()

        def readable():
            """The member's own row in gym holds the address, and nothing else may."""
            with gym.cloud.database.reading() as session:
                kept = [repr(row.model_dump()) for kind in (ContactRow, MailRow) for row in session.exec(select(kind))]
                rows = session.connection().exec_driver_sql("SELECT items FROM common_outbox").scalars()
                return " ".join([*kept, *rows])

        assert text.encode() not in everywhere()
        gym.dispatch()
        assert text.encode() not in everywhere()
        assert post.deliver() == 1
        assert text.encode() not in everywhere()
        assert EMAIL not in readable()
        assert "Berg" not in readable()
        assert EMAIL not in caplog.text


def test_a_purchase_code_by_mail_says_until_when(desk, nora, post):
    made = ok(desk.client.post(f"/v1/members/{nora}/vouchers", json={"send_by_mail": True}))
    assert post.deliver() == 1
    (mail,) = post.mails()
    assert mail["Subject"] == "Your purchase code for Harbour Gym"
    assert "It is good until 19 March 2026." in text_of(mail)
    assert {read(picture) for picture in pictures(mail)} == {made["code"]["text"]}


@pytest.fixture
def cashier(gym):
    return Cashier(gym)


def test_a_receipt_by_mail_says_what_was_paid(cashier, nora, post):
    cashier.pay(cashier.order(nora), receipt_by_mail=True)
    assert post.deliver() == 1
    (mail,) = post.mails()
    assert mail["Subject"] == "Receipt 1 from Harbour Gym"
    said = text_of(mail)
    assert "This is receipt 1 of 18 March 2026 from Harbour." in said
    assert "Monthly: 349.00 DKK\nPaid by card: 349.00 DKK\n" in said
    assert "slip" not in said
    assert "<td>Monthly</td>" in html_of(mail)


def test_a_refunds_receipt_says_what_was_given_back(cashier, nora, post):
    order = cashier.order(nora)
    cashier.pay(order)
    refund = {
        "id": "0195a800-0000-7000-8000-000000000511",
        "method": "transfer",
        "reason": "moved",
        "amount_minor": 4950,
    }
    ok(cashier.client.post(f"/v1/orders/{order['id']}/refunds", json={**refund, "receipt_by_mail": True}))
    assert post.deliver() == 1
    (mail,) = post.mails()
    assert mail["Subject"] == "Refund 2 from Harbour Gym"
    assert "Returned by bank transfer (to receipt 1): 49.50 DKK" in text_of(mail)
    assert "moved" not in text_of(mail)


def test_a_receipt_that_nobody_asked_to_mail_is_not_mailed(cashier, nora, post):
    cashier.pay(cashier.order(nora))
    assert post.deliver() == 0


def test_mails_in_danish(tmp_path):
    with a_gym(tmp_path, environ={"FIT_MAIL_LANGUAGE": "da"}) as gym:
        post, cashier = Post(gym), Cashier(gym)
        nora = cashier.desk.member(given_name="Åse", email=EMAIL)
        ok(cashier.client.post(f"/v1/members/{nora}/cards", json={"send_by_mail": True}))
        ok(cashier.client.post(f"/v1/members/{nora}/vouchers", json={"send_by_mail": True}))
        ok(cashier.client.post("/v1/tills", json=cashier_till(cashier)))
        cashier.pay(cashier.order(nora), **CASH, reference=None, receipt_by_mail=True)
        assert post.deliver() == 3
        mails = {mail["Subject"]: text_of(mail) for mail in post.mails()}
        assert all(file.read_bytes().isascii() for file in (gym.settings.data / "mail").iterdir())
    assert mails["Dit adgangskort til Harbour Gym"].startswith("Hej Åse\n")
    assert "Den gælder til og med 19. marts 2026." in mails["Din købskode til Harbour Gym"]
    assert "Betalt kontant: 349,00 DKK" in mails["Kvittering 1 fra Harbour Gym"]


def cashier_till(cashier):
    return {
        "id": "0195a800-0000-7000-8000-000000000601",
        "site_id": str(cashier.site_id),
        "float_minor": 0,
        "currency": "DKK",
    }


def test_what_staff_wrote_cannot_break_out_of_the_mail(desk, post, card_by_mail):
    member_id = desk.member(given_name="<b>Nora</b>", family_name='"Berg", x@y', email=EMAIL)
    card_by_mail(member_id)
    assert post.deliver() == 1
    (mail,) = post.mails()
    assert "<p>Hello &lt;b&gt;Nora&lt;/b&gt;,</p>" in html_of(mail)
    assert [address.addr_spec for address in mail["To"].addresses] == [EMAIL]


def test_a_member_without_an_address_is_told_to_staff_and_may_get_one(desk, post, card_by_mail, listed):
    member_id = desk.member()
    card_by_mail(member_id)
    assert post.deliver() == 0
    (view,) = listed(member_id)
    assert (view["state"], view["error"], view["can_send_again"]) == ("failed", "no_address", True)
    draft = {"given_name": "Nora", "family_name": "Berg", "home_site_id": str(desk.site_id), "email": EMAIL}
    ok(desk.client.put(f"/v1/members/{member_id}", json=draft))
    post.gym.dispatch()
    assert ok(desk.client.post(f"/v1/mails/{view['id']}/send-again"))["state"] == "queued"
    assert post.deliver() == 1
    assert listed(member_id)[0]["state"] == "sent"
    assert desk.actions("notifications") == ["mail.sent_again"]


def test_an_address_that_no_mail_goes_to_is_told_to_staff(desk, post, card_by_mail, listed):
    member_id = desk.member(email="nora@-nowhere")
    card_by_mail(member_id)
    assert post.deliver() == 0
    assert listed(member_id)[0]["error"] == "bad_address"


def test_the_address_counts_that_the_member_has_when_it_goes(desk, nora, post, card_by_mail):
    card_by_mail(nora)
    post.gym.dispatch()
    draft = {"given_name": "Nora", "family_name": "Holm", "home_site_id": str(desk.site_id), "email": "new@example.org"}
    ok(desk.client.put(f"/v1/members/{nora}", json=draft))
    assert post.deliver() == 1
    assert str(post.mails()[0]["To"]) == "Nora Holm <new@example.org>"


def test_an_erased_member_gets_nothing_even_before_the_erasure_is_heard_of(desk, nora, post, card_by_mail, listed):
    card_by_mail(nora)
    post.gym.dispatch()
    ok(desk.client.delete(f"/v1/members/{nora}"))
    assert post.sender.run_pending() == 0
    (view,) = listed(nora)
    assert (view["state"], view["error"]) == ("failed", "member_erased")
    assert not view["can_send_again"]
    post.gym.dispatch()
    with post.gym.cloud.database.reading() as session:
        assert [row.content for row in session.exec(select(MailRow))] == [None]
        assert [row.sealed for row in session.exec(select(ContactRow))] == [None]
    assert post.mails() == []


def test_an_erased_member_gets_nothing_that_waited(desk, nora, post, card_by_mail, listed):
    card_by_mail(nora)
    ok(desk.client.delete(f"/v1/members/{nora}"))
    assert post.deliver() == 0
    assert [(view["state"], view["error"]) for view in listed(nora)] == [("failed", "member_erased")]
    answer = desk.client.post(f"/v1/mails/{listed(nora)[0]['id']}/send-again")
    assert (answer.status_code, answer.json()["code"]) == (409, "mail_forgotten")


def test_a_revoked_card_is_not_sent_any_more(desk, nora, post, card_by_mail, listed):
    card_by_mail(nora)
    (card,) = ok(desk.client.get(f"/v1/members/{nora}/passes"))["items"]
    ok(desk.client.post(f"/v1/passes/{card['id']}/revoke"))
    assert post.deliver() == 0
    (view,) = listed(nora)
    assert (view["state"], view["error"], view["can_send_again"]) == ("failed", "revoked", False)


def test_a_member_of_one_gym_is_not_read_by_anothers_staff_and_members_read_nothing(desk, nora):
    from shared.domain.roles import Group

    member = desk.gym.client_of(Group.USER)
    assert member.get(f"/v1/members/{nora}/mails").status_code == 403
    assert desk.client.post(f"/v1/mails/{nora}/send-again").json()["code"] == "mail_unknown"
