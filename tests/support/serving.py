"""``fit-cloud serve`` as a real process, of any services, with or without TLS."""

import contextlib
import functools
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from cloud_api.operate.describing import documents
from cloud_api.operate.initialising import initialise
from cloud_api.settings import load_settings
from shared.client.pinning import pinned_context
from tests.support.live import CLOUD
from tests.support.processes import DEADLINE_S, Program, running

METRICS_TOKEN = "metrics-token-of-a-test"


class Served:
    """A running server: where it listens, and a client that believes its certificate."""

    def __init__(self, program: Program, url: str, data: Path) -> None:
        self.program = program
        self.url = url
        self._data = data

    def client(self, token: str | None = None) -> httpx.Client:
        certificate = ssl.PEM_cert_to_DER_cert((self._data / "tls" / "server.crt").read_text())
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        verify = pinned_context(certificate) if self.url.startswith("https") else False
        return httpx.Client(base_url=self.url, verify=verify, headers=headers, timeout=DEADLINE_S, trust_env=False)

    def metric(self, name: str) -> float:
        """The value of a metric without labels, or with the labels given in the name."""
        with self.client(METRICS_TOKEN) as client:
            page = client.get("/metrics")
        page.raise_for_status()
        return next(float(line.split()[-1]) for line in page.text.splitlines() if line.startswith(f"{name} "))


@functools.cache
def described() -> dict[str, dict[str, Any]]:
    """The OpenAPI documents of this program, made once. Not to be changed."""
    return documents()


def make_gym(folder: Path, environment: Mapping[str, str] | None = None) -> Path:
    """An initialised gym; ``environment`` are settings, such as a database server's URL."""
    settings = load_settings(folder, environ=environment or {})
    initialise(settings, gym_name="Harbour Gym", site_name="Harbour", zone="Europe/Copenhagen")
    return folder


@contextlib.contextmanager
def serving(data: Path, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """A server on a free port; gone when the block ends."""
    settings = {"FIT_RATE_LIMITS": "off", "FIT_METRICS_TOKEN": METRICS_TOKEN, **(environment or {})}
    with running(CLOUD, ["serve", "--data", str(data), "--port", "0"], environment=settings) as program:
        url = program.expect("^ready (https?://.*)")[1]
        yield Served(program, url, data)
