"""The pairing text a new kiosk is shown: ``FIT1 <base url> <code> <fingerprint>``."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.errors import InvalidInput

_MARK = "FIT1"
_CODE = re.compile(r"[0-9A-Za-z-]{4,32}")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pairing:
    """``fingerprint`` is SHA-256 of the cloud's certificate, 64 hex digits; None for a cloud with a public name."""

    base_url: str
    code: str
    fingerprint: str | None


def parse_pairing(text: str) -> Pairing:
    """Read a pairing text as it was scanned or pasted; blanks and line ends between the parts do not matter.

    Raises:
        InvalidInput: it is none; ``field`` says which part is wrong.
    """
    parts = text.split()
    if not parts or parts[0] != _MARK or len(parts) not in (3, 4):
        raise InvalidInput("This is not a pairing code: it reads FIT1, an address, a code and a fingerprint.")
    base_url, code = parts[1].rstrip("/"), parts[2]
    fingerprint = parts[3].lower().replace(":", "") if len(parts) == 4 else None  # noqa: PLR2004  # said just above
    _check_address(base_url)
    if not _CODE.fullmatch(code):
        raise InvalidInput("The code in this pairing code is damaged.", field="code")
    if fingerprint is not None and not _FINGERPRINT.fullmatch(fingerprint):
        raise InvalidInput("The fingerprint in this pairing code is damaged.", field="fingerprint")
    return Pairing(base_url, code, fingerprint)


def _check_address(base_url: str) -> None:
    """HTTPS, or plain HTTP that never leaves this machine."""
    try:
        parts = urlsplit(base_url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise InvalidInput("The address in this pairing code is damaged.", field="base_url") from error
    if not good or parts.username or parts.query or parts.fragment:
        raise InvalidInput("The address in this pairing code is damaged.", field="base_url")
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        raise InvalidInput("A kiosk talks to its cloud over https only.", field="base_url")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
