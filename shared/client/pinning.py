"""TLS to a server whose own certificate was learnt at pairing (its SHA-256 fingerprint stands in the pairing text)."""

import hashlib
import hmac
import socket
import ssl
from urllib.parse import urlsplit

from shared.errors import Rejected, Unavailable

_HTTPS_PORT = 443
_NO_CHECK_TIME = 0x20_0000  # X509_V_FLAG_NO_CHECK_TIME, which Python's ssl module does not name


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate in DER, as 64 hex digits."""
    return hashlib.sha256(certificate).hexdigest()


def fetch_pinned(base_url: str, expected: str, *, timeout_s: float) -> bytes:
    """The server's certificate (DER), if it is the one expected.

    Raises:
        Unavailable: no TLS server answers there.
        Rejected: another certificate; code ``wrong_certificate``.
    """
    parts = urlsplit(base_url)
    address = (parts.hostname or "", parts.port or _HTTPS_PORT)
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname = False
    blind.verify_mode = ssl.CERT_NONE  # only to look at the certificate; nothing is sent over this connection
    try:
        with socket.create_connection(address, timeout_s) as plain, blind.wrap_socket(plain) as wrapped:
            certificate = wrapped.getpeercert(binary_form=True) or b""
    except OSError as error:
        raise Unavailable(f"No answer from {base_url}: {error}") from error
    if not hmac.compare_digest(fingerprint(certificate), expected.lower()):
        raise Rejected(f"{base_url} is not the server of this pairing code.", code="wrong_certificate")
    return certificate


def pinned_context(certificate: bytes) -> ssl.SSLContext:
    """TLS that believes exactly this certificate (DER), whatever its host name.

    Its dates are not looked at: a kiosk whose clock battery died must reach the cloud to learn the time.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(_NO_CHECK_TIME)
    context.load_verify_locations(cadata=certificate)
    return context
