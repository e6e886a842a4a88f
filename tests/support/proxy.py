"""A TCP proxy on 127.0.0.1 that can cut the network between two programs, for tests and the demo."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

_CHUNK = 64 * 1024


class CuttableProxy:
    """Forwards connections to the target ports in turn, past those that nobody listens on. While cut, connections are
    reset and new ones refused.

    ``swallow_replies`` is the meaner fault: requests arrive, answers do not.
    """

    def __init__(self, *target_ports: int) -> None:
        self._target_ports = list(target_ports)
        self._lock = threading.Lock()
        self._cut = False
        self.swallow_replies = False
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def point_to(self, target_port: int) -> None:
        """Forward new connections there, as after a server's restart on another port."""
        self._target_ports = [target_port]

    def cut(self) -> None:
        """Pull the plug: reset what is open, refuse what comes."""
        with self._lock:
            self._cut = True
            connections, self._open = self._open, set()
        for connection in connections:
            _reset(connection)

    def mend(self) -> None:
        with self._lock:
            self._cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            _hurry(client)
            server = self._connect()
        except OSError:
            _reset(client)
            return
        with self._lock:
            refused = self._cut
            if not refused:
                self._open |= {client, server}
        if refused:
            _reset(client)
            _reset(server)
            return
        threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
        self._pump(server, client, True)

    def _connect(self) -> socket.socket:
        """To the next target that takes a connection.

        Raises:
            OSError: none does.
        """
        self._target_ports.append(self._target_ports.pop(0))
        for port in self._target_ports[:-1]:
            with contextlib.suppress(OSError):
                return _connected(port)
        return _connected(self._target_ports[-1])

    def _pump(self, source: socket.socket, sink: socket.socket, is_reply: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if is_reply and self.swallow_replies:
                    break
                sink.sendall(data)
        _reset(source)
        _reset(sink)
        with self._lock:
            self._open -= {source, sink}


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.settimeout(None)
    _hurry(connection)
    return connection


def _hurry(connection: socket.socket) -> None:
    """Forward each piece as it comes, as the programs' own sockets do: or a second one waits 40 ms for a receipt."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _reset(connection: socket.socket) -> None:
    """Close with RST, so that the other side notices at once."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()


@contextlib.contextmanager
def cuttable(target_port: int) -> Iterator[CuttableProxy]:
    proxy = CuttableProxy(target_port)
    try:
        yield proxy
    finally:
        proxy.close()
