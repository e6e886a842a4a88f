"""What every post does, and what goes wrong with each."""

import errno
import os
import socket
import ssl
import stat
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from cloud_api.notifications import folder_mail
from cloud_api.notifications.addresses import to_address
from cloud_api.notifications.folder_mail import FolderMail
from shared.errors import InvalidInput, Rejected, Unavailable
from tests.contract.mail.conftest import PASSWORD, USER, Box, FolderBox, a_mail, a_server

pytestmark = pytest.mark.network


def a_message(*, name="Nora Berg", email="nora@example.org", subject="Your pass", message_id="<a.1@gym.example>"):
    message = EmailMessage()
    message["From"] = Address("Harbour Gym", "desk", "gym.example")
    message["To"] = to_address(name, email)
    message["Subject"] = subject
    message["Message-ID"] = message_id
    message.set_content("Hello Nora,\n.\nthis line began with a dot: æøå €\n" + "x" * 2000 + "\n")
    message.add_alternative("<p>Hello Nora, æøå</p>", subtype="html")
    message.add_attachment(bytes(range(256)) * 40, maintype="image", subtype="png", filename="pass.png")
    return message


def test_a_mail_arrives_as_it_was_written(post):
    mail, box = post
    mail.send(a_message(name="Zoë Ødegård, née O'Neil", subject="Dit pas – velkommen"))
    (got,) = box.received
    assert got["To"].addresses[0].display_name == "Zoë Ødegård, née O'Neil"
    assert got["To"].addresses[0].addr_spec == "nora@example.org"
    assert got["Subject"] == "Dit pas – velkommen"
    assert got["Message-ID"] == "<a.1@gym.example>"
    text = got.get_body(("plain",)).get_content()
    assert text.splitlines() == ["Hello Nora,", ".", "this line began with a dot: æøå €", "x" * 2000]
    assert "æøå" in got.get_body(("html",)).get_content()
    assert [part.get_content() for part in got.iter_attachments()] == [bytes(range(256)) * 40]


def test_many_mails_arrive_each_for_itself(post):
    mail, box = post
    for number in range(5):
        mail.send(a_message(message_id=f"<m.{number}@gym.example>"))
    assert sorted(got["Message-ID"] for got in box.received) == [f"<m.{number}@gym.example>" for number in range(5)]


def test_it_says_that_it_can_be_used(post):
    words, usable = post[0].describe()
    assert words
    assert usable
    assert PASSWORD not in words


@pytest.mark.parametrize("name", ["Nora\r\nBcc: all@example.org", "Nora\nX: y", "Nora\u2028Bcc: x", "\x00Nora\x0b"])
def test_a_name_cannot_add_a_line_to_the_head(post, name):
    mail, box = post
    mail.send(a_message(name=name))
    (got,) = box.received
    assert {key.lower() for key in got} <= {"from", "to", "subject", "message-id", "mime-version", "content-type"}
    assert [address.addr_spec for address in got["To"].addresses] == ["nora@example.org"]


@pytest.mark.parametrize("field", ["Subject", "Message-ID", "X-Any"])
def test_no_other_field_can_either(field):
    message = EmailMessage()
    with pytest.raises(ValueError, match="linefeed"):
        message[field] = "one\r\nBcc: all@example.org"


@pytest.mark.parametrize(
    "email",
    [
        "nora@example.org\r\nRCPT TO:<all@example.org>",
        "nora@example.org, all@example.org",
        "nora@example.org>",
        "<nora@example.org",
        "nora berg@example.org",
        "nora@",
        "@example.org",
        "nora@example..org",
        ".nora@example.org",
        "no..ra@example.org",
        "nora@-example.org",
        "nora@exam ple.org",
        "ñora@example.org",
        "nora@[127.0.0.1]",
        '"nora"@example.org',
        "n" * 65 + "@example.org",
        "nora@" + ".".join(["e" * 60] * 5) + ".org",
        "nora",
        "",
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(email):
    with pytest.raises(InvalidInput, match="not an address"):
        to_address("Nora", email)


@pytest.mark.parametrize(
    ("email", "written"),
    [
        ("nora@example.org", "nora@example.org"),
        (" o'neil+gym=1@mail.example.org ", "o'neil+gym=1@mail.example.org"),
        ("nora@bücher.example", "nora@xn--bcher-kva.example"),
        ("nora@localhost", "nora@localhost"),
    ],
)
def test_addresses_that_mail_goes_to(email, written):
    assert to_address("Nora", email).addr_spec == written


# -- a folder -------------------------------------------------------------------------------------------------------


def test_only_we_can_read_the_files_and_a_mail_sent_twice_is_one(tmp_path):
    mail = FolderMail(tmp_path / "mail")
    for _ in range(2):
        mail.send(a_message(message_id="<../../etc/a/b@gym.example>"))
    (file,) = list((tmp_path / "mail").iterdir())
    assert file.name == ".._.._etc_a_b_gym.example.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_full_disk_is_tried_again_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    mail = FolderMail(tmp_path / "mail")

    def full(_file):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(folder_mail.os, "fsync", full)
        with pytest.raises(Unavailable, match="No space left"):
            mail.send(a_message())
    assert list((tmp_path / "mail").iterdir()) == []
    mail.send(a_message())
    assert len(FolderBox(tmp_path / "mail").received) == 1


# -- SMTP -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def box():
    return Box()


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["421 closing", "450 greylisted", "451 try later", "452 too much"])
def test_a_passing_refusal_is_tried_again(box, certificate, step, answer):
    with a_server(box, certificate) as server:
        mail = a_mail(server, certificate)
        box.answers = {step: answer}
        with pytest.raises(Unavailable, match=answer[:3]):
            mail.send(a_message())
        box.answers = {}
        mail.send(a_message())
    assert len(box.received) == 1


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["550 no such nora@example.org", "552 full", "554 spam"])
def test_a_final_refusal_is_final_and_names_nobody(box, certificate, step, answer):
    box.answers = {step: answer}
    with a_server(box, certificate) as server, pytest.raises(Rejected) as refused:
        a_mail(server, certificate).send(a_message())
    assert refused.value.code == f"smtp_{answer[:3]}"
    assert "nora" not in str(refused.value)


def test_a_refusal_of_our_own_address_or_sign_in_waits_for_better_settings(box, certificate):
    box.answers = {"MAIL": "550 not from you"}
    with a_server(box, certificate) as server, pytest.raises(Unavailable, match="550"):
        a_mail(server, certificate).send(a_message())
    with a_server(Box(), certificate, tls="starttls", sign_in=True) as server:
        wrong = a_mail(server, certificate, tls="starttls", user=USER, password="wrong")
        with pytest.raises(Unavailable, match="mail server"):
            wrong.send(a_message())
        assert not wrong.describe()[1]
        with pytest.raises(Unavailable):
            a_mail(server, certificate, tls="starttls").send(a_message())


def test_a_server_that_is_away_is_tried_again(box, certificate):
    with a_server(box, certificate) as server:
        mail = a_mail(server, certificate)
    with pytest.raises(Unavailable, match="not there"):
        mail.send(a_message())
    words, usable = mail.describe()
    assert not usable
    assert "not there" in words


def test_a_server_that_dies_while_it_takes_a_mail_is_tried_again_with_the_same_id(box, certificate):
    with a_server(box, certificate) as server:
        mail = a_mail(server, certificate)
        box.dies = True
        with pytest.raises(Unavailable):
            mail.send(a_message())
        box.dies = False
        mail.send(a_message())
    assert [got["Message-ID"] for got in box.received] == ["<a.1@gym.example>"]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(box, certificate, tls):
    with a_server(box, certificate, tls=tls) as server:
        stranger = a_mail(server, certificate, tls=tls, context=ssl.create_default_context())
        with pytest.raises(Unavailable, match="trusted"):
            stranger.send(a_message())
    assert box.received == []


def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(box, certificate):
    with a_server(box, certificate) as server:
        for who in ({}, {"user": USER, "password": PASSWORD}):
            with pytest.raises(Unavailable):
                a_mail(server, certificate, tls="starttls", **who).send(a_message())
    assert box.received == []


def test_a_server_that_says_nothing_is_given_up(certificate):
    with socket.create_server(("127.0.0.1", 0)) as silent:

        class Silent:
            port = silent.getsockname()[1]

        with pytest.raises(Unavailable):
            a_mail(Silent, certificate, timeout_s=0.2).send(a_message())
