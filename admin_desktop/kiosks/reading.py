"""What the room says of a kiosk: its lights in words, its state as a chip, its trouble as two sentences."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from admin_desktop.kiosks.health import (
    BAD,
    CLOCK_OFF,
    DISK_FULL_MIB,
    DISK_LOW_MIB,
    SLOW_READS,
    WAITING_LONG,
    Health,
    find_trouble,
)
from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import Chip, Tone
from shared.contracts.devices import CameraState, Heartbeat
from shared.desktop.drawings import Icon
from shared.desktop.translation import Param
from shared.domain.device import Direction
from shared.domain.time import TimeQuality

_MOST_RANGES = 3
_SILENT = frozenset({"silent", "silent_for_long", "outdated"})
_CLOCK_WORDS = {
    TimeQuality.HELD: ("kiosks.held", Tone.GOOD),
    TimeQuality.GUESSED: ("kiosks.guessed", Tone.CARE),
    TimeQuality.LOST: ("kiosks.lost", Tone.BAD),
}
_CAMERA_WORDS = {
    CameraState.OK: ("kiosks.sees", Tone.GOOD),
    CameraState.LOST: ("kiosks.lost", Tone.BAD),
    CameraState.NONE: ("kiosks.not_there", Tone.BAD),
}


@dataclass(frozen=True, slots=True)
class Light:
    """``name`` and ``value`` in words; the tone is a colour and a shape."""

    name: str
    value: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Trouble:
    what: str
    todo: str


def lights(health: Health, words: Words) -> list[Light]:
    """All seven, in the order of the card."""
    beat = health.heartbeat
    if beat is None or health.silent_for is None:
        names = ("seen", "list", "waiting", "clock", "camera", "reads", "disk")
        return [Light(words(f"kiosks.light.{name}"), words("kiosks.unknown"), Tone.OVER) for name in names]
    silent = health.is_silent
    waiting_tone = Tone.CARE if health.waits_for > WAITING_LONG or (silent and beat.queue) else Tone.GOOD
    waiting = words("kiosks.or_more", n=beat.queue) if silent else str(beat.queue)
    camera, camera_tone = _CAMERA_WORDS[beat.camera]
    reads = words("kiosks.rate", n=round(beat.decode_rate))
    found = [
        ("seen", _seen(health, words), Tone.CARE if silent else Tone.GOOD),
        ("list", *_list(health, words)),
        ("waiting", waiting, waiting_tone),
        ("clock", *_clock(health, beat, words)),
        ("camera", words(camera), camera_tone),
        ("reads", reads, Tone.GOOD if beat.decode_rate >= SLOW_READS else Tone.CARE),
        ("disk", *_disk(beat, words)),
    ]
    return [Light(words(f"kiosks.light.{name}"), value, tone) for name, value, tone in found]


def _seen(health: Health, words: Words) -> str:
    ago = health.silent_for or timedelta(0)
    return words("kiosks.just_now") if ago < timedelta(seconds=5) else words("kiosks.ago", span=words.lasting(ago))


def _list(health: Health, words: Words) -> tuple[str, Tone]:
    age = health.list_age
    if age is None:
        return words("kiosks.none_yet"), Tone.BAD
    old, policy = words("kiosks.old", span=words.lasting(age)), health.policy
    if age > policy.roster_hard_after:
        return old, Tone.BAD
    return old, Tone.CARE if age > policy.roster_soft_after else Tone.GOOD


def _clock(health: Health, beat: Heartbeat, words: Words) -> tuple[str, Tone]:
    if beat.time_quality in _CLOCK_WORDS:
        key, tone = _CLOCK_WORDS[beat.time_quality]
        return words(key), tone
    off = health.clock_off.total_seconds()
    sign = "\N{MINUS SIGN}" if off < 0 else "+"
    seconds = f"{abs(off):.1f}" if abs(off) < 10 else f"{abs(off):.0f}"  # noqa: PLR2004  # as short as it is told
    if words.language == "da":
        seconds = seconds.replace(".", ",")
    tone = Tone.CARE if abs(health.clock_off) > CLOCK_OFF else Tone.GOOD
    return words("kiosks.off_by", sign=sign, seconds=seconds), tone


def _disk(beat: Heartbeat, words: Words) -> tuple[str, Tone]:
    free = beat.disk_free_mib
    amount, unit = (free, "MB") if free < 1024 else (free // 1024, "GB")  # noqa: PLR2004  # MiB in a GiB
    tone = Tone.BAD if free < DISK_FULL_MIB or beat.not_recorded else Tone.CARE if free < DISK_LOW_MIB else Tone.GOOD
    return words("kiosks.free", n=amount, unit=unit), tone


def where(site_id: UUID, direction: Direction, context: Context) -> str:
    """Where a kiosk stands, and which way people go there."""
    said = context.words(f"kiosks.{direction.value}")
    return context.words("kiosks.where", site=context.sites.name_of(site_id), direction=said)


def state_chip(health: Health, words: Words) -> Chip:
    name, tone, icon = _state(find_trouble(health))
    return Chip(words(f"kiosks.state.{name}"), tone, icon)


def _state(trouble: str | None) -> tuple[str, Tone, Icon]:
    match trouble:
        case None:
            return "well", Tone.GOOD, Icon.TICK
        case "locked":
            return "locked", Tone.OVER, Icon.LOCK
        case "awaiting":
            return "awaiting", Tone.INFO, Icon.KEY
        case "silent" | "silent_for_long":
            return "offline", Tone.INFO, Icon.CLOUD_OFF
        case bad if bad in BAD:
            return "bad", Tone.BAD, Icon.EXCLAIM
        case _:
            return "look", Tone.CARE, Icon.EXCLAIM


def trouble_of(health: Health, context: Context) -> Trouble | None:
    """What happened and what to do, when something is wrong."""
    name = find_trouble(health)
    if name is None:
        return None
    facts, words = _facts(health, context), context.words
    return Trouble(words(f"kiosks.what.{name}", **facts), words(f"kiosks.todo.{name}", **facts))


def _facts(health: Health, context: Context) -> dict[str, Param]:
    """Every parameter that a sentence of trouble may take."""
    words, beat, name = context.words, health.heartbeat, find_trouble(health)
    missing = health.missing()
    counts = {
        "unrecorded": 0 if beat is None else beat.not_recorded,
        "missing": sum(last - first + 1 for first, last in missing),
        "waiting": 0 if beat is None else beat.queue,
        "quarantined": 0 if beat is None else beat.quarantined,
        "slow": 0 if beat is None else round(beat.decode_rate),
    }
    since = health.info.heartbeat_at if name in _SILENT else beat.oldest_unsent_at if beat else None
    spans = {"list_old": health.list_age or timedelta(0), "clock_off": abs(health.clock_off)}
    return {
        "n": counts.get(name or "", 0),
        "numbers": in_words(missing, words),
        "since": _moment(since, context),
        "until": _moment(health.good_until, context) or words("kiosks.unknown"),
        "moment": _moment(health.info.revoked_at, context),
        "span": words.lasting(spans.get(name or "", timedelta(0))),
    }


def in_words(ranges: list[tuple[int, int]], words: Words) -> str:
    """Ranges of numbers as people say them, the first few of them."""
    said = [
        words("kiosks.numbers.one", n=first) if first == last else words("kiosks.numbers.range", first=first, last=last)
        for first, last in ranges[:_MOST_RANGES]
    ]
    some = ", ".join(said)
    return words("kiosks.numbers.more", some=some) if len(ranges) > _MOST_RANGES else some


def _moment(at: datetime | None, context: Context) -> str:
    return "" if at is None else moment_in(at, context)


def moment_in(at: datetime, context: Context) -> str:
    """Day and time within a sentence, such as "today 17:38"."""
    said = context.words.moment(at, zone=context.sites.zone, now=context.clock.now())
    return said[:1].lower() + said[1:]


def count_states(healths: list[Health]) -> dict[str, int]:
    """How many are well, offline but working, and to be looked at."""
    names = [_state(find_trouble(health))[0] for health in healths]
    well, offline = names.count("well"), names.count("offline")
    return {"well": well, "offline": offline, "look": len(names) - well - offline}
