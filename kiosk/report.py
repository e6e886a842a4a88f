"""What ``status`` and ``doctor`` say: facts about this kiosk, and what this machine lacks."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kiosk.enrolment.choosing import choose_secret_store, open_secret_store
from kiosk.enrolment.identity import find_identity
from kiosk.enrolment.keys import find_keys
from kiosk.scanner.capabilities import capabilities
from kiosk.settings import Settings
from kiosk.store.folder import open_store
from shared.clock import SystemClock
from shared.errors import FitError

_MIN_SQLITE = (3, 35, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's. ``stops``: the kiosk cannot run like this."""

    what: str
    words: str
    good: bool
    stops: bool = False

    @property
    def mark(self) -> str:
        return "ok  " if self.good else ("STOP" if self.stops else "note")


def read_status(settings: Settings) -> dict[str, Any]:
    """Who this kiosk is and how it stands, as JSON can carry it. Safe beside a running kiosk.

    Raises:
        FitError: the folder cannot be read.
    """
    identity = find_identity(settings.data)
    if identity is None:
        return {"enrolled": False, "data": str(settings.data)}
    store = open_store(settings.data, SystemClock(), reserve_size=settings.reserve_size)
    try:
        look, queue, head = store.timekeeper.look(), store.outbox.state(), store.roster.head
        stream_id, last_number = store.events.current_stream()
        age = store.roster.age(look)
        return {
            "enrolled": True,
            "data": str(settings.data),
            "gym": identity.gym_name,
            "site": identity.site_name,
            "device": identity.device_name,
            "device_id": str(identity.device_id),
            "direction": identity.direction.value,
            "cloud": identity.base_url,
            "stream": str(stream_id),
            "last_number": last_number,
            "unsent": queue.unsent,
            "set_aside": queue.quarantined,
            "roster_version": None if head is None else head.version,
            "roster_age_s": None if age is None else int(age.total_seconds()),
            "clock": look.door.quality.value,
        }
    finally:
        store.close()


def as_words(facts: dict[str, Any]) -> str:
    """The same for a person."""
    if not facts["enrolled"]:
        return f'Not enrolled yet ({facts["data"]}). Pair it in the gym, then: fit-kiosk enrol "FIT1 ..."'
    age = facts["roster_age_s"]
    return "\n".join(
        (
            f"{facts['device']} at {facts['site']} ({facts['gym']}), {facts['direction']}",
            f"cloud    {facts['cloud']}",
            "roster   none yet" if age is None else f"roster   version {facts['roster_version']}, {age} s old",
            f"events   last number {facts['last_number']}, {facts['unsent']} not sent, {facts['set_aside']} set aside",
            f"clock    {facts['clock']}",
        )
    )


def examine(settings: Settings) -> list[Finding]:
    """Everything a kiosk needs of its machine, each with what to do about it."""
    return [*_libraries(), _sqlite(), _sound(), *_enrolment(settings)]


def _libraries() -> Iterator[Finding]:
    for each in capabilities():
        yield Finding(each.name, "present" if each.present else each.missing, each.present, stops=each.needed)
    try:
        import PySide6.QtWidgets  # noqa: F401, PLC0415  # only to see whether it loads
    except ImportError as error:
        words = f"{error}. On Debian: apt-get install libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3"
        yield Finding("the window (Qt)", words, good=False, stops=True)
    else:
        yield Finding("the window (Qt)", "loads", good=True)


def _sqlite() -> Finding:
    good = sqlite3.sqlite_version_info >= _MIN_SQLITE
    return Finding("SQLite", f"version {sqlite3.sqlite_version}", good, stops=True)


def _sound() -> Finding:
    from shared.desktop.sounds import sound_capability  # noqa: PLC0415  # the screens' room

    found = sound_capability()
    return Finding("sound", found.sentence, found.available)


def _enrolment(settings: Settings) -> Iterator[Finding]:
    yield Finding("data folder", str(settings.data), good=True)
    try:
        identity = find_identity(settings.data)
        if identity is None:
            kind = choose_secret_store(settings.secrets).kind
            yield Finding("enrolment", f"not enrolled yet; keys would go to the {kind} secret store", good=False)
            return
        store = open_secret_store(identity.secret_store, settings.secrets, credentials=settings.credentials)
        if find_keys(store, identity.public_key) is None:
            yield Finding(
                "keys", "the secret store has lost them; enrol again, events are kept", good=False, stops=True
            )
            return
        yield Finding("enrolment", f"{identity.device_name} at {identity.site_name}", good=True)
        yield Finding("keys", f"in the {store.kind} secret store", good=True)
    except FitError as error:
        yield Finding("enrolment", str(error), good=False, stops=True)
