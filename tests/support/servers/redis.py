"""Real Redis: the machine's own, or Debian's package unpacked."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from redis import Redis as Client
from redis.exceptions import RedisError

from tests.support.servers.base import Server, cached, unpack_debian


class Redis(Server):
    """A cache that keeps nothing on disk."""

    name = "Redis"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def command(self) -> Sequence[str]:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"]
        return [_program(), "--port", str(self.port), "--dir", str(self.folder), *options]

    def answers(self) -> bool:
        try:
            with Client.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False


def _program() -> str:
    own = shutil.which("valkey-server") or shutil.which("redis-server")
    if own is not None:
        return own

    def unpack(folder: Path) -> None:
        unpack_debian(folder, suite="this", packages="redis-server", programs="redis-server")

    return str(cached("redis", unpack) / "bin" / "redis-server")
