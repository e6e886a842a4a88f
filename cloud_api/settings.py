"""Settings: the command line, then the environment (``FIT_*``), then ``server.json`` of the data folder, then defaults.

The only module that reads the environment.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.errors import InvalidInput

SERVICES = ("identity", "devices", "gym", "qr", "payments", "reports", "notifications")
"""Every service there is, in the order in which they are set up."""

DEFAULT_PORT = 8443
WRITERS = 4
"""Writing connections of a process to a database server. All processes together: twice the server's cores."""


LONGEST_DRAIN_S = 300
SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class Settings:
    """``data`` is the folder with everything this server keeps. ``base_url`` is where clients reach it.

    ``events_url`` empty: events go to the services within the process. ``cache_url`` empty: each process caches for
    itself. ``mail_url`` empty: mails are written into a folder. ``objects_url`` empty: pictures lie in the data folder.
    """

    data: Path
    database_url: str
    host: str
    port: int
    base_url: str
    services: tuple[str, ...] = SERVICES
    log_level: str = "info"
    events_url: str = ""
    cache_url: str = ""
    mail_url: str = ""
    mail_language: str = "en"
    objects_url: str = ""
    database_writers: int = WRITERS
    log_format: str = "json"
    tls: str = "on"
    proxies: str = ""
    drain_s: int = 0
    metrics_token: str = ""
    rate_limits: bool = True

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def objects(self) -> Path:
        return self.data / "objects"

    @property
    def journal(self) -> Path:
        return self.objects / "journal.jsonl"

    @property
    def certificate(self) -> Path:
        return self.data / "tls" / "server.crt"

    @property
    def certificate_key(self) -> Path:
        return self.data / "tls" / "server.key"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None on a database server."""
        prefix = "sqlite:///"
        return Path(self.database_url[len(prefix) :]) if self.database_url.startswith(prefix) else None


def load_settings(
    data: Path | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Put the settings together.

    ``FIT_DATA`` data folder · ``FIT_DATABASE_URL``, ``FIT_DATABASE_WRITERS`` · ``FIT_HOST``, ``FIT_PORT`` to listen on · ``FIT_BASE_URL`` ·
    ``FIT_SERVICES`` which services to serve, with commas · ``FIT_LOG_LEVEL`` debug, info, warning or error.
    ``FIT_EVENTS_URL`` kafka://host:port[,host:port]?prefix=fit&security=plaintext (or ssl, or msk_iam with &region=...;
    docs/wire/events) ·
    ``FIT_CACHE_URL`` redis://host:port/0?prefix=fit, or rediss (docs/caching.md) ·
    ``FIT_MAIL_URL`` smtp://user:password@host:port?tls=starttls&from=desk@gym.example, ``FIT_MAIL_LANGUAGE`` en or da
    (docs/notifications.md).
    ``FIT_OBJECTS_URL`` s3://bucket/prefix?endpoint=http://host:port&region=eu-north-1 (docs/objects.md) ·
    ``FIT_LOG_FORMAT`` json, or text (as it is at a terminal) · ``FIT_TLS`` on; off: plain HTTP, whoever is in front of
    us ends TLS; front: the same, with the certificate of our data folder, which kiosks go on to pin ·
    ``FIT_PROXIES`` addresses or networks, with commas, whose X-Forwarded-For is believed · ``FIT_DRAIN_S`` seconds to go
    on answering, as not ready, when asked to end · ``FIT_METRICS_TOKEN`` opens /metrics (16 characters or more) ·
    ``FIT_RATE_LIMITS`` on or off (docs/operations.md).

    Raises:
        InvalidInput: a value makes no sense, or no data folder was named.
    """
    env = os.environ if environ is None else environ
    folder = data or (Path(env["FIT_DATA"]) if env.get("FIT_DATA") else None)
    if folder is None:
        raise InvalidInput("Where is the data folder? Give --data DIR, or set FIT_DATA.", field="data")
    folder = folder.absolute()
    kept = _kept(folder)
    host = host or env.get("FIT_HOST") or kept.get("host") or "127.0.0.1"
    port = port if port is not None else _port(env.get("FIT_PORT") or kept.get("port") or str(DEFAULT_PORT))
    return Settings(
        data=folder,
        database_url=env.get("FIT_DATABASE_URL") or f"sqlite:///{folder / 'fit.db'}",
        host=host,
        port=port,
        base_url=(env.get("FIT_BASE_URL") or kept.get("base_url") or f"https://{host}:{port}").rstrip("/"),
        services=_services(env.get("FIT_SERVICES")),
        log_level=_choice(env, "FIT_LOG_LEVEL", "debug", "info", "warning", "error") or "info",
        events_url=env.get("FIT_EVENTS_URL") or "",
        cache_url=env.get("FIT_CACHE_URL") or "",
        mail_url=env.get("FIT_MAIL_URL") or "",
        mail_language=env.get("FIT_MAIL_LANGUAGE") or "en",
        objects_url=env.get("FIT_OBJECTS_URL") or "",
        database_writers=_count(env.get("FIT_DATABASE_WRITERS"), WRITERS),
        log_format=_choice(env, "FIT_LOG_FORMAT", "json", "text") or ("text" if sys.stderr.isatty() else "json"),
        tls=_choice(env, "FIT_TLS", "on", "off", "front") or "on",
        proxies=env.get("FIT_PROXIES") or "",
        drain_s=_seconds(env, "FIT_DRAIN_S"),
        metrics_token=_token(env.get("FIT_METRICS_TOKEN") or ""),
        rate_limits=_choice(env, "FIT_RATE_LIMITS", "on", "off") != "off",
    )


def keep_address(data: Path, *, host: str, port: int, base_url: str) -> None:
    """Write down where this server listens and is reached, for the next start."""
    data.mkdir(parents=True, exist_ok=True)
    content = {"host": host, "port": str(port), "base_url": base_url}
    (data / "server.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _kept(data: Path) -> dict[str, str]:
    path = data / "server.json"
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return kept


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**16:
        raise InvalidInput(f"{text!r} is not a port.", field="port")
    return int(text)


def _count(text: str | None, default: int) -> int:
    if not text:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= 64:  # noqa: PLR2004  # more would only queue
        raise InvalidInput(f"{text!r} is not a number of connections.", field="FIT_DATABASE_WRITERS")
    return int(text)


def _choice(env: Mapping[str, str], name: str, *choices: str) -> str:
    value = env.get(name) or ""
    if value and value not in choices:
        raise InvalidInput(f"{name} is one of {', '.join(choices)}, not {value!r}.", field=name)
    return value


def _seconds(env: Mapping[str, str], name: str) -> int:
    value = env.get(name) or "0"
    if not value.isdecimal() or int(value) > LONGEST_DRAIN_S:
        raise InvalidInput(f"{name} is a number of seconds up to {LONGEST_DRAIN_S}.", field=name)
    return int(value)


def _token(text: str) -> str:
    if text and len(text) < SHORTEST_TOKEN:
        raise InvalidInput("FIT_METRICS_TOKEN is too short: 16 characters or more.", field="FIT_METRICS_TOKEN")
    return text


def _services(text: str | None) -> tuple[str, ...]:
    if not text:
        return SERVICES
    wanted = {item.strip() for item in text.split(",")}
    if unknown := wanted - set(SERVICES):
        raise InvalidInput(f"No such service: {', '.join(sorted(unknown))}.", field="FIT_SERVICES")
    return tuple(service for service in SERVICES if service in wanted)
