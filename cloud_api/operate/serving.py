"""Serving a data folder over TLS, until told to stop."""

import gc
import logging
import socket
from pathlib import Path
from typing import Any

import uvicorn

from cloud_api.app import create_app
from cloud_api.common.cloud import Cloud
from cloud_api.operate.housekeeping import Housekeeper
from cloud_api.operate.lock import holding
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import Settings
from shared.errors import InvalidInput

KEEP_ALIVE_S = 75
"""Longer than a load balancer's idle time-out, and than a kiosk's poll."""
GRACE_S = 5
BACKLOG = 2048
OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""An upload of 500 events makes some thousands of objects, none of them in a cycle."""


class _Server(uvicorn.Server):
    """Says when it is ready, and lets those go who wait for a hint when it is to stop."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            listening = sockets[0].getsockname()
            host = f"[{listening[0]}]" if ":" in listening[0] else listening[0]
            print(f"ready https://{host}:{listening[1]}", flush=True)  # noqa: T201  # for whoever started us

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End idle connections at once: a polite end of TLS waits for clients that are not listening."""
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is None or cycle.response_complete:
                connection.transport.abort()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: Any) -> None:  # noqa: ARG002  # uvicorn's signature
        """End in good order; asked a second time, at once. To be asked to end is no failure: the exit code is 0."""
        watcher = getattr(self.config.app.state, "watcher", None)  # type: ignore[union-attr]  # our own app
        if watcher is not None:
            watcher.release()
        self.force_exit = self.should_exit
        self.should_exit = True


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. Prints ``ready https://host:port`` when requests are answered.

    Raises:
        InvalidInput: the folder holds no gym, or the address cannot be listened on.
        Rejected: ``in_use``: another server runs on this folder.
    """
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    _check_files(settings.certificate, settings.certificate_key)
    with holding(settings.data):
        cloud = open_cloud(settings)
        keeper = Housekeeper(cloud)
        keeper.start()
        try:
            _run(settings, cloud)
        finally:
            keeper.stop()
            cloud.database.close()


def _run(settings: Settings, cloud: Cloud) -> None:
    config = uvicorn.Config(
        create_app(cloud, services=settings.services),
        ssl_certfile=str(settings.certificate),
        ssl_keyfile=str(settings.certificate_key),
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        access_log=False,
        server_header=False,
        log_config=None,
    )
    server = _Server(config)
    listening = _listen(settings.host, settings.port)
    gc.collect()
    gc.freeze()  # what is there now stays: later collections need not look at it
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    server.run(sockets=[listening])


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
