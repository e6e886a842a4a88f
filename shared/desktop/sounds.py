"""Plays what :mod:`shared.desktop.tones` computes, through a small player program. Qt-free.

Qt's own audio lives in Addons, which we do without. A missing or hung sound device never holds anybody up: ``play``
only leaves a word for a thread.
"""

import logging
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.desktop.tones import FULL_VOLUME, Tune, write_wav

log = logging.getLogger(__name__)

_PLAYERS: dict[str, tuple[str, ...]] = {"pw-play": (), "paplay": (), "aplay": ("-q",), "afplay": ()}
_STOP_TIMEOUT_S = 0.5


@dataclass(frozen=True, slots=True)
class SoundCapability:
    """Whether this machine can play sounds: the player's command, None without one, and a sentence for ``doctor``."""

    command: tuple[str, ...] | None
    sentence: str

    @property
    def available(self) -> bool:
        return self.command is not None


def sound_capability() -> SoundCapability:
    """Look for a player program. It cannot tell whether a loudspeaker is connected."""
    for name, options in _PLAYERS.items():
        if path := shutil.which(name):
            return SoundCapability((path, *options), f"Sounds are played by {path}.")
    return SoundCapability(
        None, f"There is no sound: none of {', '.join(_PLAYERS)} is installed (on Debian: apt install alsa-utils)."
    )


class Sounds:
    """Plays tunes by their names at a volume of 1 to 5. One thread starts the player; a sound still running gives way."""

    def __init__(self, capability: SoundCapability, tunes: Mapping[str, Tune], *, volume: int = FULL_VOLUME) -> None:
        """Begins to compute the sounds, off this thread. Without a player it stays silent. ValueError for the volume."""
        if not 1 <= volume <= FULL_VOLUME:
            raise ValueError(f"Volume is 1 to {FULL_VOLUME}, not {volume}")
        self._tunes = tunes
        self._volume = volume
        self._wanted: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        if capability.command is not None:
            self._thread = threading.Thread(target=self._serve, args=(capability.command,), name="sounds", daemon=True)
            self._thread.start()

    def play(self, name: str) -> None:
        """Sound a tune now, or not at all. Never waits."""
        if self._thread is not None and self._thread.is_alive():
            self._wanted.put(name)

    def close(self) -> None:
        """Stop the sound that runs and its thread."""
        if self._thread is not None:
            self._wanted.put(None)
            self._thread.join(timeout=2 * _STOP_TIMEOUT_S)
            self._thread = None

    def _serve(self, command: tuple[str, ...]) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="fit-sounds-") as folder:
                files = {name: write_wav(tune, Path(folder, name), self._volume) for name, tune in self._tunes.items()}
                running: subprocess.Popen[bytes] | None = None
                while (name := self._newest()) is not None:
                    _stop(running)
                    running = _play(command, files[name])
                _stop(running)
        except OSError:
            log.exception("Going on without sound")

    def _newest(self) -> str | None:
        name = self._wanted.get()
        while name is not None and not self._wanted.empty():
            name = self._wanted.get()
        return name


def _play(command: tuple[str, ...], file: Path) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*command, str(file)], stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603 - our own list


def _stop(running: "subprocess.Popen[bytes] | None") -> None:
    """End a player, politely and then for good: a hung device must not hold the next sound."""
    if running is None or running.poll() is not None:
        return
    running.terminate()
    try:
        running.wait(timeout=_STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
