"""TLS to the one certificate the pairing named: on a real socket, with a certificate whose dates are wrong."""

import datetime as dt
import socket
import ssl
import threading
from contextlib import contextmanager

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shared.client.devices import HttpDeviceCloud
from shared.client.pinning import fetch_pinned, fingerprint
from shared.client.transport import Timeouts, Transport, open_client
from shared.errors import Rejected, Unavailable
from tests.support.builders import NOON, an_id, days
from tests.support.kiosk import DEVICE_ID, DEVICE_KEYS

SOME_DAYS_AGO, IN_SOME_YEARS = NOON - days(1), NOON + days(3650)
TIMEOUTS = Timeouts(connect_s=10, answer_s=10)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


def a_certificate(*, first=SOME_DAYS_AGO, last=IN_SOME_YEARS, is_ca=False):
    """A self-signed certificate for a name nobody asks for: (DER, PEM with key)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fit-cloud")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.DER), pem


@contextmanager
def tls_server(folder, pem):
    """Answers every connection with an empty JSON object; yields its address."""
    path = folder / f"{an_id()}.pem"
    path.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(listener, context), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(30)


def _serve(listener, context):
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        try:
            with context.wrap_socket(plain, server_side=True) as wrapped:
                wrapped.recv(65536)
                wrapped.sendall(ANSWER)
        except OSError:
            plain.close()


@pytest.mark.parametrize(
    "dates",
    [
        {},
        {"first": dt.datetime(2000, 1, 1, tzinfo=dt.UTC), "last": dt.datetime(2001, 1, 1, tzinfo=dt.UTC)},
        {"first": dt.datetime(2090, 1, 1, tzinfo=dt.UTC), "last": dt.datetime(2091, 1, 1, tzinfo=dt.UTC)},
    ],
    ids=["valid", "expired", "not yet"],
)
@pytest.mark.parametrize("is_ca", [True, False])
def test_the_pinned_certificate_is_believed_whatever_its_name_and_dates(tmp_path, dates, is_ca):
    der, pem = a_certificate(is_ca=is_ca, **dates)
    with tls_server(tmp_path, pem) as url:
        assert fetch_pinned(url, fingerprint(der).upper(), timeout_s=10) == der
        with open_client(url, der, TIMEOUTS) as client:
            assert client.get("/").json() == {}


def test_another_certificate_is_not_believed(tmp_path):
    der, _ = a_certificate()
    _, other = a_certificate()
    with tls_server(tmp_path, other) as url:
        with pytest.raises(Rejected) as caught:
            fetch_pinned(url, fingerprint(der), timeout_s=10)
        assert caught.value.code == "wrong_certificate"
        with open_client(url, der, TIMEOUTS) as client:
            with pytest.raises(httpx.ConnectError):
                client.get("/")
            cloud = HttpDeviceCloud(Transport(client), device_id=DEVICE_ID, sign=DEVICE_KEYS.sign)
            with pytest.raises(Unavailable):
                cloud.snapshot()


def test_without_a_pin_only_the_usual_authorities_count(tmp_path):
    _, pem = a_certificate()
    with (
        tls_server(tmp_path, pem) as url,
        open_client(url, None, TIMEOUTS) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get("/")


def test_nobody_there_is_unavailable():
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    with pytest.raises(Unavailable):
        fetch_pinned(f"https://127.0.0.1:{port}", "ab" * 32, timeout_s=10)
