"""Real nginx as an ordinary process: the machine's own, or Debian's package unpacked."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.support.servers.base import Server, cached, listens, unpack_debian

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx(Server):
    """A front with a configuration of the product's; ``{port}`` in it is where it listens."""

    name = "nginx"

    def __init__(self, folder: Path, configuration: str) -> None:
        super().__init__(folder)
        temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in _TEMPORARY)
        self._configuration = configuration.replace("{port}", str(self.port)).replace("http {", f"http {{\n{temporary}")

    def prepare(self) -> None:
        (self.folder / "nginx.conf").write_text(self._configuration)

    def command(self) -> Sequence[str]:
        settings = f"daemon off; master_process off; pid {self.folder}/pid;"
        return [
            _program(),
            "-e",
            "stderr",
            "-p",
            str(self.folder),
            "-c",
            str(self.folder / "nginx.conf"),
            "-g",
            settings,
        ]

    def answers(self) -> bool:
        return listens(self.port)


def _program() -> str:
    own = shutil.which("nginx")
    if own is not None:
        return own

    def unpack(folder: Path) -> None:
        unpack_debian(folder, suite="this", packages="nginx-light", programs="nginx")

    return str(cached("nginx", unpack) / "bin" / "nginx")
