"""The two real programs as child processes: the cloud API behind a cuttable network, and the kiosk."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.proxy import CuttableProxy

BIN = Path(sys.executable).parent
_READY_WITHIN_S = 60.0


class DemoFailed(Exception):  # noqa: N818  # reads as what it is
    """The demo cannot go on; the sentence says where to look."""


def run(program: str, *arguments: str | Path, env: dict[str, str] | None = None) -> str:
    """Run one command of ours to its end and return what it printed."""
    command = [str(BIN / program), *map(str, arguments)]
    done = subprocess.run(command, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{program} {arguments[0]} failed: {done.stderr.strip()[-600:]}"
        raise DemoFailed(message)
    return done.stdout


class Cloud:
    """``fit-cloud serve``, reached by the kiosk through a proxy that can be cut."""

    def __init__(self, data: Path, logs: Path, env: dict[str, str], *, port: int | None = 0) -> None:
        """``port`` 0 takes a free one, None the one of ``fit-cloud init``."""
        self._log = (logs / "cloud.log").open("w")
        listen = [] if port is None else ["--port", str(port)]
        command = [str(BIN / "fit-cloud"), "serve", "--data", str(data), *listen]
        self._process = subprocess.Popen(
            command, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self.port = self._wait_for_port()
        threading.Thread(target=self._drain, daemon=True).start()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()

    def _wait_for_port(self) -> int:
        lines: queue.Queue[str] = queue.Queue()
        assert self._process.stdout is not None  # noqa: S101  # asked for above
        reader = threading.Thread(target=self._read_first, args=(lines,), daemon=True)
        reader.start()
        try:
            line = lines.get(timeout=_READY_WITHIN_S)
        except queue.Empty:
            line = ""
        if not line.startswith("ready "):
            message = f"the cloud did not get ready; see {self._log.name}"
            raise DemoFailed(message)
        return int(line.rsplit(":", 1)[1])

    def _read_first(self, lines: "queue.Queue[str]") -> None:
        assert self._process.stdout is not None  # noqa: S101
        for line in self._process.stdout:
            if line.startswith("ready "):
                lines.put(line.strip())
                return
        lines.put("")

    def _drain(self) -> None:
        assert self._process.stdout is not None  # noqa: S101
        for _ in self._process.stdout:
            pass


class Kiosk:
    """``fit-kiosk run`` on a recording. Iterating gives each answer as it is shown, until the recording is over."""

    def __init__(self, camera: str, *, env: dict[str, str], logs: Path, screens: Path) -> None:
        self._log = (logs / "kiosk.log").open("a")
        arguments = ["run", "--offscreen", "--camera", camera, "--until-camera-ends", "--print-answers"]
        command = [str(BIN / "fit-kiosk"), *arguments, "--screenshots", str(screens)]
        self._process = subprocess.Popen(
            command, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=self._log, text=True
        )

    def __iter__(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None  # noqa: S101
        for line in self._process.stdout:
            yield json.loads(line)

    def kill(self) -> None:
        """As a power cut would: no chance to tidy up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def wait(self) -> None:
        code = self._process.wait(120)
        self._log.close()
        if code:
            message = f"the kiosk ended with {code}; see {self._log.name}"
            raise DemoFailed(message)


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything of a demo lies."""

    root: Path

    def __post_init__(self) -> None:
        """Make the folders."""
        for folder in (self.root, self.logs, self.clips, self.screens):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def clips(self) -> Path:
        return self.root / "clips"

    @property
    def screens(self) -> Path:
        return self.root / "screens"

    @property
    def cloud(self) -> Path:
        return self.root / "cloud"

    @property
    def kiosk_env(self) -> dict[str, str]:
        return {
            "FIT_KIOSK_DATA": str(self.root / "kiosk"),
            "FIT_KIOSK_SECRETS": str(self.root / "kiosk-secrets"),
            "FIT_KIOSK_RESERVE_MIB": "8",
        }


def tidy_up_on_termination() -> None:
    """Let ``finally`` blocks run when somebody ends the program, so that no server stays behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def cloud_env(proxy: CuttableProxy) -> dict[str, str]:
    """The pairing text must name the proxy, so that the demo can cut the way."""
    return {"FIT_BASE_URL": f"https://127.0.0.1:{proxy.port}"}
