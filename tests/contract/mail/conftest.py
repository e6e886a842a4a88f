"""The post in its forms: a folder, and SMTP to a real server in this process, with each kind of TLS."""

import contextlib
import datetime as dt
import email
import email.policy
import ipaddress
import ssl
from dataclasses import dataclass, field

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloud_api.notifications.folder_mail import FolderMail
from cloud_api.notifications.smtp_mail import SmtpMail, SmtpServer
from tests.support.servers.base import free_port

USER, PASSWORD = "desk", "p@ss:word/1"


@dataclass
class Box:
    """What a mail server got, and what it answers."""

    received: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)
    dies: bool = False

    async def handle_MAIL(self, server, session, envelope, address, mail_options):  # noqa: N802  # the name aiosmtpd looks for
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802  # the name aiosmtpd looks for
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # the name aiosmtpd looks for
        if self.dies:
            server.transport.abort()
            return "250 never heard"
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


def _sign_in(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-made certificate for 127.0.0.1: the files, and a context that trusts it alone."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=3650))
        .not_valid_after(now + dt.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    (folder / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    trusting = ssl.create_default_context(cafile=str(folder / "crt"))
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(folder / "crt", folder / "key")
    return serving, trusting


@contextlib.contextmanager
def a_server(box, certificate, *, tls="none", sign_in=False):
    options = {"auth_required": True, "authenticator": _sign_in} if sign_in else {}
    if tls == "starttls":
        options |= {"tls_context": certificate[0], "require_starttls": True}
    ssl_context = certificate[0] if tls == "implicit" else None
    server = Controller(
        box, hostname="127.0.0.1", port=free_port(), ssl_context=ssl_context, ready_timeout=30, **options
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


def a_mail(server, certificate, *, tls="none", user="", password="", timeout_s=10.0, context=None):
    where = SmtpServer("127.0.0.1", server.port, tls, "desk@gym.example", user, password)
    return SmtpMail(where, context=context or certificate[1], timeout_s=timeout_s)


class FolderBox:
    def __init__(self, folder):
        self.folder = folder

    @property
    def received(self):
        files = sorted(self.folder.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


@pytest.fixture(params=["folder", "smtp", "starttls", "implicit", "signed_in"])
def post(request, tmp_path, certificate):
    """A port and where its mails arrive."""
    if request.param == "folder":
        yield FolderMail(tmp_path / "mail"), FolderBox(tmp_path / "mail")
        return
    signs_in = request.param == "signed_in"
    tls = "starttls" if signs_in else "none" if request.param == "smtp" else request.param
    box, who = Box(), {"user": USER, "password": PASSWORD} if signs_in else {}
    with a_server(box, certificate, tls=tls, sign_in=signs_in) as server:
        yield a_mail(server, certificate, tls=tls, **who), box
