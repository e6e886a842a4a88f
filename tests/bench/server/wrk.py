"""wrk, the load generator: the machine's own, or Debian's package unpacked. Bounded in connections and time."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers.base import cached, unpack_debian

_SCRIPT = """
local tokens = {}
for line in io.lines("%(tokens)s") do tokens[#tokens + 1] = line end
math.randomseed(%(seed)d)
function delay() return math.random(0, %(think_ms)d * 2) end
function request()
  return wrk.format("GET", "%(path)s", {["Authorization"] = "Bearer " .. tokens[math.random(#tokens)]})
end
"""
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw. ``errors``: connections and time-outs that failed, and answers that were not 2xx or 3xx."""

    p50_ms: float
    p99_ms: float
    rate: float
    errors: int


def start(
    folder: Path, url: str, *, path: str, tokens: list[str], connections: int, think_ms: int, seconds: int, seed: int
) -> subprocess.Popen[str]:
    """So many keep-alive clients, each with a pause of ``think_ms`` on average between an answer and its next request."""
    listed, script = folder / f"tokens-{seed}", folder / f"load-{seed}.lua"
    listed.write_text("\n".join(tokens) + "\n")
    script.write_text(_SCRIPT % {"tokens": listed, "seed": seed, "think_ms": think_ms, "path": path})
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s", str(script)]
    return subprocess.Popen([_program(), *options, url], stdout=subprocess.PIPE, text=True)


def finish(load: subprocess.Popen[str]) -> Load:
    said, _ = load.communicate()
    assert load.returncode == 0, said
    latency = {
        share: float(value) * _UNITS[unit] for share, value, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s|m)", said)
    }
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    errors = (sum(map(int, sockets.groups())) if sockets else 0) + (int(refused[1]) if refused else 0)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert rate is not None, said
    return Load(latency["50"], latency["99"], float(rate[1]), errors)


def _program() -> str:
    own = shutil.which("wrk")
    if own is not None:
        return own

    def unpack(folder: Path) -> None:
        unpack_debian(folder, suite="this", packages="wrk", programs="wrk")

    return str(cached("wrk", unpack) / "bin" / "wrk")
