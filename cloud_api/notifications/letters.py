"""What a mail says: plain text, the same as simple HTML, and the picture of a code where there is one."""

from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from cloud_api.common.codes import png_of
from cloud_api.notifications.danish import DANISH
from cloud_api.notifications.english import ENGLISH
from cloud_api.notifications.texts import Words
from shared.contracts.notifications import MailKind
from shared.domain.time import local_day

LANGUAGES = {words.language: words for words in (ENGLISH, DANISH)}

_SEVEN_BIT = SMTP.clone(cte_type="7bit")
"""Any mail server takes it, also one without 8BITMIME (RFC 6152)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words. ``code`` is the text of a pass or purchase code to show as a picture."""

    subject: str
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom to whom, and by which id whoever gets it twice knows it."""

    sender: Address
    recipient: Address
    message_id: str
    at: datetime


def write(words: Words, kind: MailKind, content: dict[str, Any], *, gym: str, place: str, zone: ZoneInfo) -> Letter:
    """The letter of a kind. ``place`` is the site, for receipts, whose days are those of ``zone``."""
    match kind:
        case MailKind.PASS:
            return Letter(words.pass_subject.format(gym=gym), _said(words.pass_body, gym=gym), code=content["text"])
        case MailKind.VOUCHER:
            until = words.on(date.fromisoformat(content["last_valid_on"]))
            body = _said(words.voucher_body, gym=gym, until=until)
            return Letter(words.voucher_subject.format(gym=gym), body, code=content["text"])
        case MailKind.RECEIPT:
            facts = _facts(words, content, gym=gym, place=place, zone=zone)
            lines = [(line["name"], words.money(line["price_minor"], content["currency"])) for line in content["lines"]]
            rows = (*lines, (words.total.format(**facts), facts["amount"]))
            return Letter(words.receipt_subject.format(**facts), _said(words.receipt_body, **facts), rows)
        case MailKind.REFUND:
            facts = _facts(words, content, gym=gym, place=place, zone=zone)
            rows = ((words.returned.format(**facts), facts["amount"]),)
            return Letter(words.refund_subject.format(**facts), _said(words.refund_body, **facts), rows)
        case _:
            assert_never(kind)


def compose(letter: Letter, words: Words, envelope: Envelope, *, gym: str) -> EmailMessage:
    """The finished mail: text and HTML side by side; a code's picture in the HTML, and attached for who sees none."""
    name = envelope.recipient.display_name.split(" ")[0]
    greeting = words.greeting.format(name=name)
    message = EmailMessage(policy=_SEVEN_BIT)
    message["From"], message["To"] = envelope.sender, envelope.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    message["Content-Language"] = words.language
    message.set_content(_plain(letter, greeting, words.farewell, gym))
    message.add_alternative(_html(letter, greeting, words.farewell, gym), subtype="html")
    if letter.code is not None:
        _show(message, png_of(letter.code))
    return message


def _show(message: EmailMessage, picture: bytes) -> None:
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)  # noqa: S101  # it was added just before
    html.add_related(picture, maintype="image", subtype="png", cid="<code>", disposition="inline")
    message.add_attachment(picture, maintype="image", subtype="png", filename="code.png")


def _plain(letter: Letter, greeting: str, farewell: str, gym: str) -> str:
    rows = ["\n".join(f"{label}: {value}" for label, value in letter.rows)] if letter.rows else []
    return "\n\n".join([greeting, *letter.paragraphs, *rows, f"{farewell}\n{gym}"]) + "\n"


def _html(letter: Letter, greeting: str, farewell: str, gym: str) -> str:
    parts = [f"<p>{escape(text)}</p>" for text in (greeting, *letter.paragraphs)]
    if letter.code is not None:
        parts.insert(2, '<p><img src="cid:code" alt="QR"></p>')
    if letter.rows:
        rows = "".join(
            f'<tr><td>{escape(label)}</td><td style="padding-left:2em;text-align:right">{escape(value)}</td></tr>'
            for label, value in letter.rows
        )
        parts.append(f"<table>{rows}</table>")
    parts.append(f"<p>{escape(farewell)}<br>{escape(gym)}</p>")
    return f'<!doctype html>\n<html><body style="font-family:sans-serif">{"".join(parts)}</body></html>\n'


def _said(body: tuple[str, ...], **facts: str) -> tuple[str, ...]:
    return tuple(paragraph.format(**facts) for paragraph in body)


def _facts(words: Words, content: dict[str, Any], *, gym: str, place: str, zone: ZoneInfo) -> dict[str, str]:
    return {
        "gym": gym,
        "place": place,
        "number": str(content["number"]),
        "on": words.on(local_day(datetime.fromisoformat(content["at"]), zone)),
        "how": words.methods[content["method"]],
        "amount": words.money(content["amount_minor"], content["currency"]),
        "refers_to": str(content["refers_to"] or ""),
    }
