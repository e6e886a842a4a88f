"""The two object stores as tests use them: each with a client's way of sending and fetching by signed URLs."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
import httpx
from fastapi import FastAPI

from cloud_api.common import object_routes, problems
from cloud_api.common.folder_objects import FolderObjects
from cloud_api.common.middleware import Shell
from cloud_api.common.objects import Objects, SignedUpload
from cloud_api.common.s3_objects import S3Objects, parse_place
from shared.clock import SystemClock
from shared.domain.time import Clock
from tests.support.asgi import AsgiLoop
from tests.support.servers.moto import Moto

SECRET = b"s" * 32
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


class Store:
    """A store, and what a client does with the URLs that it signs."""

    def __init__(self, objects: Objects, client: httpx.Client) -> None:
        self.objects = objects
        self.client = client

    def send(self, signed: SignedUpload, content: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return self.client.request(signed.method, signed.url, content=content, headers=headers or signed.headers)

    def fetch(self, url: str) -> httpx.Response:
        return self.client.get(url)


class FolderStore(Store):
    """The folder, which can be sent to in pieces too, as it comes over a slow line and without a length."""

    def __init__(self, objects: FolderObjects, app: FastAPI, loop: AsgiLoop) -> None:
        super().__init__(objects, loop.client())
        self._app = app
        self._loop = loop

    def send_in_pieces(self, signed: SignedUpload, *pieces: bytes, breaks_off: bool = False) -> int:
        """The status of the answer."""
        parts = urlsplit(signed.url)
        scope = {
            "type": "http",
            "method": signed.method,
            "path": parts.path,
            "query_string": parts.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in signed.headers.items()],
        }
        end = {"type": "http.disconnect"} if breaks_off else {"type": "http.request", "body": b"", "more_body": False}
        waiting = [*({"type": "http.request", "body": piece, "more_body": True} for piece in pieces), end]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        self._loop.run(self._app(scope, receive, send))
        return int(sent[0]["status"])


@contextmanager
def a_folder_store(root: Path, *, clock: Clock | None = None) -> Iterator[FolderStore]:
    """The folder, behind the real routes and the real shell."""
    clock = clock or SystemClock()
    objects = FolderObjects(root, secret=SECRET, clock=clock)
    app = FastAPI()
    problems.install(app)
    app.include_router(object_routes.router(objects))
    app.add_middleware(Shell, clock=clock)
    loop = AsgiLoop(app)
    try:
        yield FolderStore(objects, app, loop)
    finally:
        loop.close()


def a_bucket(server: Moto) -> str:
    """A new bucket's place, as FIT_OBJECTS_URL names it. Credentials are put into the environment."""
    os.environ.update(CREDENTIALS)
    name = f"fit-{uuid4().hex[:12]}"
    client = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1")
    client.create_bucket(Bucket=name)
    client.close()
    return f"s3://{name}/gym?endpoint={server.url}&region=us-east-1"


@contextmanager
def an_s3_store(server: Moto) -> Iterator[Store]:
    objects = S3Objects(parse_place(a_bucket(server)), clock=SystemClock())
    with httpx.Client() as client:
        yield Store(objects, client)
