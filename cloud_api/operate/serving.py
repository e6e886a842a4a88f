"""Serving a data folder, over TLS as a rule, until told to stop."""

import asyncio
import gc
import socket
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import uvicorn

from cloud_api.app import create_app
from cloud_api.common import json_logs
from cloud_api.common.cloud import Cloud
from cloud_api.operate.housekeeping import housekeeping
from cloud_api.operate.lock import holding
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import Settings
from shared.errors import InvalidInput

KEEP_ALIVE_S = 75
"""Longer than a load balancer's idle time-out, and than a kiosk's poll."""
GRACE_S = 10
"""So long requests that are being answered may take when the server is to end; they wait for a lock so long at most."""
BACKLOG = 2048
OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""An upload of 500 events makes some thousands of objects, none of them in a cycle."""


class _Server(uvicorn.Server):
    """Says when it is ready; ends in good order.

    Asked to end, it is not ready any more, goes on answering for ``drain_s`` seconds so that whoever hands it requests
    can hear of it, then lets those go who wait for a hint and finishes what it has begun.
    """

    def __init__(self, config: uvicorn.Config, *, drain_s: int) -> None:
        super().__init__(config)
        self._drain_s = drain_s
        self._asked_at_s: float | None = None
        self._state = config.app.state  # type: ignore[union-attr]  # our own app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            listening = sockets[0].getsockname()
            host = f"[{listening[0]}]" if ":" in listening[0] else listening[0]
            scheme = "https" if self.config.is_ssl else "http"
            print(f"ready {scheme}://{host}:{listening[1]}", flush=True)  # noqa: T201  # for whoever started us

    async def on_tick(self, counter: int) -> bool:
        if self._asked_at_s is not None and monotonic() - self._asked_at_s >= self._drain_s:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End idle connections at once: a polite end of TLS waits for clients that are not listening."""
        if (watcher := getattr(self._state, "watcher", None)) is not None:
            watcher.release()
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is None or cycle.response_complete:
                connection.transport.abort()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: Any) -> None:  # noqa: ARG002  # uvicorn's signature
        """End in good order; asked a second time, at once. To be asked to end is no failure: the exit code is 0."""
        self._state.watch.draining = True
        if self._asked_at_s is not None:
            self.force_exit = self.should_exit = True
        self._asked_at_s = self._asked_at_s or monotonic()


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Prints ``ready https://host:port`` when requests are answered.

    Raises:
        InvalidInput: the folder holds no gym, or the address cannot be listened on.
        Rejected: ``in_use``: another server runs on this folder, and its database is a file.
    """
    json_logs.configure(level=settings.log_level, form=settings.log_format)
    if settings.tls == "on":
        _check_files(settings.certificate, settings.certificate_key)
    with holding(settings.data, shared=settings.database_file is None):
        cloud = open_cloud(settings)
        try:
            with housekeeping(cloud):
                _run(settings, cloud)
        finally:
            cloud.database.close()


def _run(settings: Settings, cloud: Cloud) -> None:
    config = uvicorn.Config(
        create_app(cloud, services=settings.services),
        http=_protocol(),
        ws="none",
        ssl_certfile=str(settings.certificate) if settings.tls == "on" else None,
        ssl_keyfile=str(settings.certificate_key) if settings.tls == "on" else None,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        access_log=False,
        server_header=False,
        log_config=None,
    )
    server = _Server(config, drain_s=settings.drain_s)
    listening = _listen(settings.host, settings.port)
    gc.collect()
    gc.freeze()  # what is there now stays: later collections need not look at it
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    server.run(sockets=[listening])


def _protocol() -> type[asyncio.Protocol] | str:
    """Our bounds for headers; on Windows h11, which has its own."""
    if sys.platform == "win32":
        return "h11"
    from cloud_api.operate.protocol import BoundedProtocol  # noqa: PLC0415  # httptools is not there on Windows

    return BoundedProtocol


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise InvalidInput(f"Cannot listen on {host}, port {port}: {error.strerror}.", field="port") from error


def _check_files(*paths: Path) -> None:
    for path in paths:
        if not path.exists():
            raise InvalidInput(f"{path} is missing. Run 'fit-cloud init', or restore a backup.")
