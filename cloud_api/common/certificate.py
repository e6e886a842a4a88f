"""The embedded server's own certificate. Clients pin it by its fingerprint, so nobody has to sign it."""

import hashlib
import ipaddress
import socket
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloud_api.common.keys import write_secret

LIFE = timedelta(days=3650)
"""Long, because clients pin this very certificate: a new one means pairing every kiosk again."""


def make_certificate(*, certificate: Path, key: Path, host: str, now: datetime) -> None:
    """Write a new P-256 key (0600) and a certificate for localhost, this machine's name and ``host``."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "FIT Monitor")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(_USAGE, critical=True)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_secret(key, pem.decode("ascii"))
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def read_certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def fingerprint(path: Path) -> str:
    """SHA-256 of the certificate (DER) in hex; empty when there is none."""
    if not path.exists():
        return ""
    return hashlib.sha256(read_certificate(path).public_bytes(serialization.Encoding.DER)).hexdigest()


def _names(host: str) -> list[x509.GeneralName]:
    names = dict.fromkeys(["localhost", "127.0.0.1", "::1", socket.gethostname(), host])
    return [_general_name(name) for name in names if name]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


_USAGE = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,  # the pinned certificate is its own authority
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
