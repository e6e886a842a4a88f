"""Addresses that may stand in a mail's head."""

import re
from email.headerregistry import Address

from shared.errors import InvalidInput

_LONGEST = 254
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def to_address(name: str, email: str) -> Address:
    """An address with a name to show; whatever would begin a new line in the head is taken out of the name.

    Domains with letters beyond ASCII are written as IDNA. RFC 5321's quoted names and domain literals are refused.

    Raises:
        InvalidInput: no mail could be sent there.
    """
    local, _, domain = email.strip().rpartition("@")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    good = bool(_LOCAL.fullmatch(local)) and all(_LABEL.fullmatch(label) for label in host.split("."))
    if not good or local.startswith(".") or local.endswith(".") or ".." in local or len(email) > _LONGEST:
        raise InvalidInput("This is not an address that mail can be sent to.", field="email")
    return Address(display_name=clean(name), username=local, domain=host)


def clean(text: str) -> str:
    """One line, without what cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", text).split())
