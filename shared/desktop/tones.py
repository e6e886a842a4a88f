"""Short sounds, computed: tones in a row, as samples and as a file. Qt-free."""

import array
import math
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RATE_HZ = 48_000
FULL_VOLUME = 5
_VOLUME_STEP_DB = 6.0
_ATTACK_S = 0.005
_RELEASE_S = 0.004  # to silence at a tone's end, so that no tone clicks
_SECOND_HARMONIC = 0.2
_PEAK = 32_767


@dataclass(frozen=True, slots=True)
class Tone:
    """One tone, or a silence at 0 Hz. ``fall_ms`` is the time constant of its decay; ``triangle`` sounds darker."""

    hz: float
    ms: float
    fall_ms: float = 60
    triangle: bool = False


@dataclass(frozen=True, slots=True)
class Tune:
    """Tones in a row, and their peak level at full volume."""

    tones: tuple[Tone, ...]
    level_dbfs: float = -12.0


def write_wav(tune: Tune, stem: Path, volume: int) -> Path:
    """Write ``stem``.wav, 16-bit mono, and return its path. ``volume`` is 1 to 5 in steps of 6 dB."""
    path = stem.with_suffix(".wav")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples(tune, volume=volume).tobytes())
    return path


def samples(tune: Tune, *, volume: int = FULL_VOLUME) -> "array.array[int]":
    """The tune as 16-bit little-endian samples."""
    level = 10 ** ((tune.level_dbfs - _VOLUME_STEP_DB * (FULL_VOLUME - volume)) / 20)
    wave_ = [value for tone in tune.tones for value in _tone(tone)]
    loudest = max(map(abs, wave_))
    data = array.array("h", (round(value / loudest * level * _PEAK) for value in wave_))
    if sys.byteorder == "big":
        data.byteswap()
    return data


def _tone(tone: Tone) -> Iterator[float]:
    seconds, fall = tone.ms / 1000, tone.fall_ms / 1000
    for number in range(round(seconds * RATE_HZ)):
        at = number / RATE_HZ
        envelope = min(1.0, at / _ATTACK_S) * math.exp(-at / fall) * min(1.0, (seconds - at) / _RELEASE_S)
        yield envelope * _shape(tone, at) if tone.hz else 0.0


def _shape(tone: Tone, at: float) -> float:
    turns = tone.hz * at
    if tone.triangle:
        return 4 * abs((turns - 0.25) % 1 - 0.5) - 1
    return math.sin(2 * math.pi * turns) + _SECOND_HARMONIC * math.sin(4 * math.pi * turns)
