"""Mail by SMTP: one connection a mail, TLS checked unless it is switched off by name.

RFC 5321: an answer that begins with 4 may be another one later, one that begins with 5 is final. Refusals that are
about us and not about the mail (our sign-in, our address) wait for whoever can put the settings right.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from cloud_api.notifications.addresses import to_address
from shared.errors import InvalidInput, Rejected, Unavailable

TIMEOUT_S = 20.0
_PORTS = {"starttls": 587, "implicit": 465, "none": 25}
_FINAL = range(500, 600)
_ABOUT_US = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed over. ``tls`` is starttls, implicit or none; without a ``user`` there is no sign-in."""

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    password: str = ""


def read_mail_url(url: str) -> SmtpServer:
    """``smtp://user:password@host:port?tls=starttls|implicit|none&from=desk@gym.example``.

    Raises:
        InvalidInput: something is missing or makes no sense. The URL itself, with its password, is not repeated.
    """
    try:
        parts = urlsplit(url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        tls = asked.get("tls", "starttls")
        port = parts.port or _PORTS.get(tls, 0)
    except ValueError as error:
        raise InvalidInput("FIT_MAIL_URL: the port is no number.", field="FIT_MAIL_URL") from error
    if parts.scheme != "smtp" or not parts.hostname or tls not in _PORTS or "from" not in asked:
        raise InvalidInput(
            "FIT_MAIL_URL must be smtp://user:password@host:port?tls=starttls&from=desk@gym.example; "
            "tls may be starttls, implicit or none.",
            field="FIT_MAIL_URL",
        )
    sender = to_address("", asked["from"]).addr_spec
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return SmtpServer(host=parts.hostname, port=port, tls=tls, sender=sender, user=user, password=password)


class SmtpMail:
    """Hands mails to a server. ``context`` verifies it; by default as the machine trusts."""

    def __init__(
        self, server: SmtpServer, *, context: ssl.SSLContext | None = None, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._server = server
        self._context = context or ssl.create_default_context()
        self._timeout_s = timeout_s

    @property
    def sender(self) -> str:
        return self._server.sender

    def send(self, message: EmailMessage) -> None:
        recipient = message["To"].addresses[0].addr_spec
        with _translated(), self._connected() as connection:
            connection.send_message(message, from_addr=self.sender, to_addrs=[recipient])

    def describe(self) -> tuple[str, bool]:
        where = f"SMTP at {self._server.host}:{self._server.port}, tls={self._server.tls}"
        try:
            with _translated(), self._connected() as connection:
                connection.noop()
        except Unavailable as error:
            return f"{where}: {error}", False
        return f"{where}, answers", True

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        if server.tls == "implicit":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout_s, context=self._context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self._timeout_s)
        try:
            if server.tls == "starttls":
                connection.starttls(context=self._context)
            if server.user:
                connection.login(server.user, server.password)
            yield connection
            with contextlib.suppress(smtplib.SMTPException, OSError):  # the mail is taken, however the farewell goes
                connection.quit()
        finally:
            connection.close()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, _ = next(iter(error.recipients.values()))
        raise _refused(code) from error
    except _ABOUT_US as error:
        raise Unavailable(f"the mail server does not take us (answer {error.smtp_code})") from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from error
    except ssl.SSLError as error:
        raise Unavailable(f"the mail server could not be trusted: {error.reason}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(f"the mail server is not there: {type(error).__name__}") from error


def _refused(code: int) -> Rejected | Unavailable:
    """The server's own words may name people, so they are not passed on."""
    if code in _FINAL:
        return Rejected(f"The mail server refuses this mail for good (answer {code}).", code=f"smtp_{code}")
    return Unavailable(f"the mail server does not take it now (answer {code})")
