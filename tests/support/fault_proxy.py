"""An HTTPS proxy before a real server that fails on request: answers in its stead, keeps answers back, cuts uploads short.

It has the server's own certificate, so that a client which pins that one talks to it.
"""

import contextlib
import http.client
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_PASSED_ON = {"transfer-encoding", "connection", "keep-alive"}
_CUT_AFTER = 32 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request: ``down``, ``cut`` (its body arrives in part), ``lost`` (done, and never answered),
    ``held`` (until :meth:`FaultProxy.release`), or ``status`` with a problem's ``code`` in the server's stead.
    """

    kind: str
    status: int = 0
    code: str = ""

    @classmethod
    def of_status(cls, status: int, code: str) -> "Fault":
        return cls("status", status, code)


class FaultProxy:
    """``fault`` strikes requests that ``strikes`` says so of; by default those that change something."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.strikes: Callable[[str, str], bool] = lambda method, _path: method != "GET"
        self.struck = 0
        self._go = threading.Event()
        self._go.set()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self.port = self._server.server_address[1]
        self.url = f"https://127.0.0.1:{self.port}"
        self.target_port = 0

    def serve(self, *, target_port: int, certificate: Path, key: Path) -> None:
        """Begin, before the server on that port."""
        self.target_port = target_port
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.context = context
        threading.Thread(target=self._server.serve_forever, name="fault proxy", daemon=True).start()

    def close(self) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def release(self) -> None:
        """Let go what is held back, and hold nothing more."""
        self._go.set()

    @contextlib.contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """The fault strikes while this is open."""
        if fault.kind == "held":
            self._go.clear()
        self.fault, self.struck = fault, 0
        try:
            yield
        finally:
            self.fault = None
            self.release()

    def fault_for(self, method: str, path: str) -> Fault | None:
        fault = self.fault
        if fault is None or not self.strikes(method, path):
            return None
        self.struck += 1
        return fault

    def wait(self) -> None:
        self._go.wait()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: FaultProxy
    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake in the connection's own thread."""
        with contextlib.suppress(OSError), self.context.wrap_socket(request, server_side=True) as connection:
            _Handler(connection, client_address, self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to tell of."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._target: http.client.HTTPSConnection | None = None

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()
        if self._target is not None:
            self._target.close()

    def do_GET(self) -> None:
        proxy = self.server.proxy
        fault = proxy.fault_for(self.command, self.path)
        kind = "" if fault is None else fault.kind
        if kind == "down" or (kind == "cut" and self._length() > _CUT_AFTER):
            self.rfile.read(min(self._length(), _CUT_AFTER))
            self._reset()
            return
        body = self.rfile.read(self._length())
        if fault is not None and kind in ("status", "cut"):
            self._refuse(fault) if kind == "status" else self._reset()
            return
        answer = self._forward(body)
        if kind == "held":
            proxy.wait()
        if kind == "lost":
            self._reset()
        else:
            self._answer(*answer)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def _length(self) -> int:
        return int(self.headers.get("Content-Length") or 0)

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        target = self._target
        if target is None:
            anybody = ssl._create_unverified_context()  # noqa: S323  # a server of this test on 127.0.0.1
            target = http.client.HTTPSConnection("127.0.0.1", self.server.proxy.target_port, context=anybody)
            self._target = target
        target.request(self.command, self.path, body, dict(self.headers.items()))
        answer = target.getresponse()
        headers = [(name, value) for name, value in answer.getheaders() if name.lower() not in _PASSED_ON]
        return answer.status, headers, answer.read()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if status != http.client.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _refuse(self, fault: Fault) -> None:
        problem = {
            "type": f"urn:fit:problem:{fault.code}",
            "title": http.client.responses[fault.status],
            "status": fault.status,
            "detail": "Somebody said no.",
            "code": fault.code,
        }
        headers = [("Content-Type", "application/problem+json"), ("Fit-Server-Time", "1770000000000000")]
        self._answer(fault.status, headers, json.dumps(problem).encode())

    def _reset(self) -> None:
        """Close with RST."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.shutdown(socket.SHUT_RDWR)
