"""Sounds: told apart by count, direction and rhythm; never in the way of a verdict."""

import itertools
import wave
from pathlib import Path

import numpy as np
import pytest

from kiosk.screens.state import VerdictKind
from kiosk.screens.tunes import TUNES
from shared.desktop import sounds as sounds_module
from shared.desktop.sounds import SoundCapability, Sounds, sound_capability
from shared.desktop.tones import RATE_HZ, Tone, Tune, samples, write_wav


def rhythm(tune: Tune) -> tuple:
    """How many tones, whether each is higher than the one before, and where the silences lie."""
    heard = [tone for tone in tune.tones if tone.hz]
    steps = tuple(np.sign(after.hz - before.hz) for before, after in itertools.pairwise(heard))
    return len(heard), steps, tuple(tone.hz == 0 for tone in tune.tones)


def test_no_two_verdicts_sound_alike_even_without_an_ear_for_pitch():
    assert set(TUNES) == set(VerdictKind)
    assert len({rhythm(tune) for tune in TUNES.values()}) == len(VerdictKind)


@pytest.mark.parametrize("kind", VerdictKind)
def test_sounds_have_their_level_and_start_and_end_in_silence(kind):
    data = np.array(samples(TUNES[kind]), float) / 32768
    level = 20 * np.log10(np.abs(data).max())
    assert level == pytest.approx(-18 if kind is VerdictKind.REPEAT else -12, abs=0.1)
    assert abs(data[0]) < 0.001
    assert abs(data[-1]) < 0.02
    assert len(data) == sum(round(tone.ms / 1000 * RATE_HZ) for tone in TUNES[kind].tones)


@pytest.mark.parametrize("kind", VerdictKind)
def test_nearly_all_energy_suits_small_speakers(kind):
    data = np.array(samples(TUNES[kind]), float)
    power = np.abs(np.fft.rfft(data)) ** 2
    hz = np.fft.rfftfreq(len(data), 1 / RATE_HZ)
    assert power[(hz >= 240) & (hz <= 1600)].sum() > 0.97 * power.sum()


def test_five_volumes_of_six_decibels():
    loudest = [max(map(abs, samples(TUNES[VerdictKind.GRANTED], volume=step))) for step in range(1, 6)]
    assert [b / a for a, b in itertools.pairwise(loudest)] == pytest.approx([10 ** (6 / 20)] * 4, rel=0.01)


def test_files_are_plain_wav(tmp_path):
    path = write_wav(Tune((Tone(440, 100),)), tmp_path / "a", 5)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (
            1,
            2,
            48_000,
            4800,
        )


def test_a_machine_without_a_player_is_silent_and_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    capability = sound_capability()
    assert not capability.available
    assert "apt install alsa-utils" in capability.sentence
    silent = Sounds(capability, TUNES)
    silent.play(VerdictKind.GRANTED)
    silent.close()


def test_the_first_player_found_is_used(monkeypatch, tmp_path):
    for name in ("aplay", "paplay"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    capability = sound_capability()
    assert capability.command == (str(tmp_path / "paplay"),)
    (tmp_path / "paplay").unlink()
    assert sound_capability().command == (str(tmp_path / "aplay"), "-q")


def player(tmp_path: Path, body: str) -> SoundCapability:
    script = tmp_path / "player"
    script.write_text(
        f'#!/bin/sh\necho "$(basename "$1")" >> {tmp_path}/played\ntest -s "$1" || echo empty >> {tmp_path}/played\n{body}\n'
    )
    script.chmod(0o755)
    return SoundCapability((str(script),), "test")


def played(tmp_path: Path) -> list[str]:
    file = tmp_path / "played"
    return file.read_text().split() if file.exists() else []


def test_each_verdict_plays_its_own_file(tmp_path, qtbot):
    sounds = Sounds(player(tmp_path, ""), TUNES)
    for number, kind in enumerate(VerdictKind, start=1):
        sounds.play(kind)
        qtbot.waitUntil(lambda number=number: len(played(tmp_path)) == number, timeout=30_000)
    sounds.close()
    assert played(tmp_path) == [f"{kind.value}.wav" for kind in VerdictKind]


def test_a_hung_player_gives_way_to_the_next_sound(tmp_path, qtbot):
    sounds = Sounds(player(tmp_path, f"trap '' TERM\nmkfifo {tmp_path}/$$\nread nothing < {tmp_path}/$$"), TUNES)
    for number, kind in enumerate((VerdictKind.GRANTED, VerdictKind.DENIED), start=1):
        sounds.play(kind)
        qtbot.waitUntil(lambda number=number: len(played(tmp_path)) == number, timeout=30_000)
    sounds.close()
    assert played(tmp_path) == ["granted.wav", "denied.wav"]


def test_a_player_that_vanished_ends_the_sound_and_nothing_else(tmp_path, caplog):
    sounds = Sounds(SoundCapability((str(tmp_path / "gone"),), "test"), TUNES)
    sounds.play(VerdictKind.GRANTED)
    thread = sounds._thread
    thread.join(timeout=30)
    sounds.play(VerdictKind.DENIED)
    assert sounds._wanted.empty()
    sounds.close()
    assert [record.message for record in caplog.records] == ["Going on without sound"]


def test_of_sounds_that_came_too_fast_only_the_newest_is_played(tmp_path):
    sounds = Sounds(SoundCapability(None, "test"), TUNES)
    for kind in (VerdictKind.GRANTED, VerdictKind.NOTICE, VerdictKind.DENIED):
        sounds._wanted.put(kind)
    assert sounds._newest() is VerdictKind.DENIED


@pytest.mark.parametrize("volume", [0, 6])
def test_volume_is_one_to_five(volume):
    with pytest.raises(ValueError, match="Volume"):
        Sounds(SoundCapability(None, "test"), TUNES, volume=volume)


def test_players_are_asked_for_in_a_fixed_order():
    assert list(sounds_module._PLAYERS) == ["pw-play", "paplay", "aplay", "afplay"]
