"""The URL of a mail server, and what money and days look like in a mail."""

from datetime import date

import pytest

from cloud_api.notifications.danish import DANISH
from cloud_api.notifications.english import ENGLISH
from cloud_api.notifications.letters import LANGUAGES
from cloud_api.notifications.smtp_mail import SmtpServer, read_mail_url
from shared.domain.ledger import Method
from shared.errors import InvalidInput


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtp://desk:p%40ss%2Fword@mail.example?from=desk@gym.example",
            SmtpServer("mail.example", 587, "starttls", "desk@gym.example", "desk", "p@ss/word"),
        ),
        (
            "smtp://mail.example?tls=implicit&from=a@b.example",
            SmtpServer("mail.example", 465, "implicit", "a@b.example"),
        ),
        ("smtp://[::1]:2525?tls=none&from=a@b.example", SmtpServer("::1", 2525, "none", "a@b.example")),
    ],
)
def test_a_mail_server_by_its_url(url, server):
    assert read_mail_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example?from=a@b.example",
        "smtp://mail.example",
        "smtp://?from=a@b.example",
        "smtp://mail.example?tls=maybe&from=a@b.example",
        "smtp://mail.example:port?from=a@b.example",
        "smtp://u:secret@mail.example?from=nobody",
        "mail.example",
    ],
)
def test_any_other_url_is_refused_without_repeating_its_password(url):
    with pytest.raises(InvalidInput) as refused:
        read_mail_url(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("minor", "currency", "english", "danish"),
    [
        (34_900, "DKK", "349.00 DKK", "349,00 DKK"),
        (5, "EUR", "0.05 EUR", "0,05 EUR"),
        (-1250, "EUR", "-12.50 EUR", "-12,50 EUR"),
        (-5, "EUR", "-0.05 EUR", "-0,05 EUR"),
        (1200, "ISK", "1200 ISK", "1200 ISK"),
        (1234, "KWD", "1.234 KWD", "1,234 KWD"),
    ],
)
def test_money_in_a_mail(minor, currency, english, danish):
    assert (ENGLISH.money(minor, currency), DANISH.money(minor, currency)) == (english, danish)


def test_days_in_a_mail():
    assert ENGLISH.on(date(2026, 3, 1)) == "1 March 2026"
    assert DANISH.on(date(2026, 12, 31)) == "31. december 2026"


@pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)
def test_every_language_has_a_word_for_everything(words):
    assert set(words.methods) == {method.value for method in Method}
    assert len(set(words.months)) == 12
    assert all(words.on(date(2026, month, 1)) for month in range(1, 13))
