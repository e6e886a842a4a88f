"""The gym's sign-in file: where its cloud is, and which certificate it has. Holds no secret."""

import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from shared.errors import InvalidInput

SUFFIX = ".fitdesk"


@dataclass(frozen=True, slots=True)
class Connection:
    """``certificate`` is the server's own in DER, to be pinned; None trusts the usual authorities."""

    gym_name: str
    base_url: str
    certificate: bytes | None


def read_connection(path: Path) -> Connection:
    """Read a sign-in file, as ``fit-cloud desk-file`` writes it.

    Raises:
        InvalidInput: it is not there, or is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        base_url, pem = content["base_url"], content["certificate"]
        certificate = None if pem is None else ssl.PEM_cert_to_DER_cert(pem)
        gym_name = str(content["gym_name"])
    except OSError as error:
        raise InvalidInput(f"The sign-in file {path} cannot be read: {error.strerror}.", field="connection") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{path.name} is not a sign-in file of FIT Monitor.", field="connection") from error
    if urlsplit(base_url).scheme not in ("https", "http"):
        raise InvalidInput(f"{path.name} names no address of a gym.", field="connection")
    return Connection(gym_name=gym_name, base_url=base_url, certificate=certificate)
