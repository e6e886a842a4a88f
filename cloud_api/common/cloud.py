"""What a service is given: one frozen value with everything that the composition root made."""

from dataclasses import dataclass, field
from pathlib import Path

from cloud_api.common.bus import EventBus
from cloud_api.common.cache import Cache, MemoryCache
from cloud_api.common.database import Database
from cloud_api.common.gate import Gate
from cloud_api.common.journal import Journal
from cloud_api.common.keys import Keys
from cloud_api.common.mail import Mail
from cloud_api.common.metrics import Metrics
from cloud_api.common.objects import Objects
from cloud_api.common.rate_limits import RateLimits
from cloud_api.common.tokens import Tokens
from cloud_api.common.tries import EachForItself, SharedTries
from shared.domain.time import Clock


@dataclass(frozen=True, slots=True)
class Cloud:
    """``base_url`` is where clients reach this server, without a slash at the end; ``data`` the data folder.

    ``fingerprint`` is the SHA-256 of the server's own certificate in hex; empty where TLS ends elsewhere.
    ``metrics_token`` opens the metrics page, which is not there when it is empty; without ``limits`` nobody is limited.
    """

    database: Database
    keys: Keys
    clock: Clock
    tokens: Tokens
    gate: Gate
    dispatcher: EventBus
    journal: Journal
    objects: Objects
    mail: Mail
    base_url: str
    data: Path
    fingerprint: str = ""
    cache: Cache = field(default_factory=MemoryCache)
    mail_language: str = "en"
    metrics: Metrics = field(default_factory=Metrics)
    metrics_token: str = ""
    limits: RateLimits | None = None
    tries: SharedTries = field(default_factory=EachForItself)
