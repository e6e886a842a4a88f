"""moto's server: a stand-in for S3. It checks no signature and no expiry; tests of those look at our own parameters."""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.servers.base import Server, listens


class Moto(Server):
    name = "moto"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> Sequence[str]:
        program = Path(sys.executable).with_name("moto_server")
        return [str(program), "-H", "127.0.0.1", "-p", str(self.port)]

    def answers(self) -> bool:
        return listens(self.port)
