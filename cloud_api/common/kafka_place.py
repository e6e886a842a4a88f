"""Where Kafka is, and how one signs in there: what ``FIT_EVENTS_URL`` says."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared.errors import InvalidInput

_FIELD = "FIT_EVENTS_URL"
_PREFIX = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SECURITY = ("plaintext", "ssl", "msk_iam")
_QUIET = 2
"""librdkafka writes to standard error by itself; from here on it says so only when it has to give up."""


@dataclass(frozen=True, slots=True)
class KafkaPlace:
    """A cluster, and the prefix of our topics and groups there.

    ``security``: ``plaintext``; ``ssl``; or ``msk_iam``, TLS with a token that AWS signs for our role in ``region``.
    """

    servers: str
    prefix: str = "fit"
    security: str = "plaintext"
    region: str = ""

    def topic(self, name: str) -> str:
        return f"{self.prefix}.{name}"

    def group(self, consumer: str) -> str:
        return f"{self.prefix}.{consumer}"

    def options(self) -> dict[str, Any]:
        """What every client of librdkafka is given."""
        common = {"bootstrap.servers": self.servers, "client.id": "fit-cloud", "log_level": _QUIET}
        if self.security == "msk_iam":
            callback = partial(msk_token, region=self.region)
            return common | {
                "security.protocol": "SASL_SSL",
                "sasl.mechanisms": "OAUTHBEARER",
                "oauth_cb": callback,
            }
        return common | {"security.protocol": self.security}


def parse_events_url(url: str) -> KafkaPlace:
    """Read ``kafka://host:port[,host:port]?prefix=fit&security=plaintext|ssl|msk_iam&region=...``.

    Raises:
        InvalidInput: it says something else.
    """
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    place = KafkaPlace(
        servers=parts.netloc,
        prefix=asked.pop("prefix", "fit"),
        security=asked.pop("security", "plaintext"),
        region=asked.pop("region", ""),
    )
    if parts.scheme != "kafka" or not parts.netloc or parts.path not in ("", "/"):
        raise InvalidInput(f"{url!r} is no address of a bus: kafka://host:port is.", field=_FIELD)
    if asked:
        raise InvalidInput(f"{_FIELD} knows nothing of {', '.join(sorted(asked))}.", field=_FIELD)
    if not _PREFIX.fullmatch(place.prefix):
        raise InvalidInput(f"{place.prefix!r} cannot begin the name of a topic.", field=_FIELD)
    if place.security not in _SECURITY:
        raise InvalidInput(f"security is one of {', '.join(_SECURITY)}, not {place.security!r}.", field=_FIELD)
    if place.security == "msk_iam" and not place.region:
        raise InvalidInput("security=msk_iam needs the region, such as region=eu-north-1.", field=_FIELD)
    return place


def msk_token(_config: str, *, region: str) -> tuple[str, float]:
    """A token for MSK's IAM sign-in, and when it ends (seconds since 1970). librdkafka asks again before it does."""
    from aws_msk_iam_sasl_signer import (  # type: ignore[import-untyped]  # noqa: PLC0415  # loads botocore
        MSKAuthTokenProvider,
    )

    sign: Callable[[str], tuple[str, int]] = MSKAuthTokenProvider.generate_auth_token
    token, expires_ms = sign(region)
    return token, expires_ms / 1000
