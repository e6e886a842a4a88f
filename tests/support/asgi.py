"""An ASGI app behind an ordinary, synchronous httpx client: no socket, one event loop in a thread, usable from many threads."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx


class AsgiLoop:
    """Runs an app's requests on a loop of its own. ``with_lifespan`` runs start-up and shutdown around it too."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asgi", daemon=True)
        self._thread.start()
        self._inner = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 50000))

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def handle(self, request: httpx.Request) -> httpx.Response:
        return self.run(self._handle(request.method, request.url, request.headers, request.read()))

    async def _handle(self, method: str, url: httpx.URL, headers: httpx.Headers, content: bytes) -> httpx.Response:
        answer = await self._inner.handle_async_request(httpx.Request(method, url, headers=headers, content=content))
        raw = b"".join([chunk async for chunk in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(raw))

    def client(self, token: str | None = None) -> httpx.Client:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(transport=_Transport(self), base_url="https://fit.test", headers=headers)

    @contextmanager
    def lifespan(self) -> Iterator[None]:
        context = self._app.router.lifespan_context(self._app)
        self.run(context.__aenter__())
        try:
            yield
        finally:
            self.run(context.__aexit__(None, None, None))

    def close(self) -> None:
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()


class _Transport(httpx.BaseTransport):
    def __init__(self, loop: AsgiLoop) -> None:
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._loop.handle(request)
