"""``full_disk FOLDER tmpfs|limit``: a kiosk on a disk that fills up, at every page of its writing in turn.

``tmpfs`` mounts a small file system on FOLDER (in a mount namespace of its own) and leaves a few pages of it free;
``limit`` forbids files to grow beyond a size, which SQLite meets as a plain I/O error. Prints one JSON line for each
number of pages left: what was answered, what the log holds afterwards, and what was put right once there was room.
"""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.entry.verdict import NotRecorded, Verdict
from kiosk.sync.loops import keep_reserve
from shared.contracts.devices import EventRecord
from shared.domain.attendance import Outcome
from shared.domain.decision import Granted
from tests.support.kiosk import Kiosk, a_kiosk
from tests.support.small_gym import SmallGym, a_person

PAGE = 4096
DISK_MIB = 3
PEOPLE = 30
RESERVE = 60 * PAGE
MEMBERS = [a_person() for _ in range(PEOPLE)]
GYM = SmallGym(*MEMBERS)


@contextmanager
def pages_left(kiosk: Kiosk, pages: int, how: str) -> Iterator[None]:
    """Leave room for so many pages, and take the obstacle away again."""
    if how == "limit":
        largest = max(path.stat().st_size for path in kiosk.folder.glob("events.db*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + pages * PAGE, resource.RLIM_INFINITY))
        yield
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return
    filler = kiosk.folder / "filler"
    with filler.open("wb") as file:
        free = shutil.disk_usage(kiosk.folder).free
        file.write(bytes(max(0, free - pages * PAGE)))
    yield
    filler.unlink()


def session(folder: Path, pages: int, how: str) -> dict[str, Any]:
    """Some scans with room, many without, and then room again."""
    kiosk = a_kiosk(folder, GYM, reserve=RESERVE)
    assert kiosk.store.reserve.ensure()
    for one in MEMBERS[:3]:
        kiosk.scan(one.card)
    answers: list[Verdict | NotRecorded | None] = []
    with pages_left(kiosk, pages, how):
        for one in MEMBERS[3:]:
            kiosk.clock.advance(4)
            answers.append(kiosk.door.scan(one.card))
        reserve_held = kiosk.store.reserve.is_there
    counted = kiosk.door.not_recorded
    before = _log(kiosk)
    kiosk.door.tick()
    after = _log(kiosk)
    restored = keep_reserve(kiosk.store.reserve)() > 0 and kiosk.store.reserve.is_there
    kiosk.restart()
    report = {
        "pages": pages,
        "green": [
            str(one.event_id) for one in answers if isinstance(one, Verdict) and isinstance(one.decision, Granted)
        ],
        "amber": sum(isinstance(one, NotRecorded) for one in answers),
        "amber_opens": sum(isinstance(one, NotRecorded) and one.opens for one in answers),
        "other": [repr(one) for one in answers if not isinstance(one, Verdict | NotRecorded)],
        "order": "".join("a" if isinstance(one, NotRecorded) else "g" for one in answers),
        "counted": counted,
        "counted_after_restart": kiosk.door.not_recorded,
        "granted_before": [str(event.id) for event in before[3:]],
        "put_right": sum(event.outcome is Outcome.NOT_RECORDED for event in after),
        "numbers": [event.number for event in after] == list(range(1, len(after) + 1)),
        "sound": _is_sound(kiosk),
        "reserve_held": reserve_held,
        "reserve_restored": restored,
        "same_after_restart": _log(kiosk) == after,
    }
    kiosk.store.close()
    return report


def _log(kiosk: Kiosk) -> list[EventRecord]:
    return kiosk.events()


def _is_sound(kiosk: Kiosk) -> bool:
    with kiosk.store.database.read() as connection:
        return [tuple(row) for row in connection.execute("PRAGMA integrity_check")] == [("ok",)]


def main() -> int:
    folder, how = Path(sys.argv[1]), sys.argv[2]
    if how == "tmpfs":
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)], check=True)
    for pages in range(48):
        place = folder / f"kiosk-{pages}"
        print(json.dumps(session(place, pages, how)), flush=True)
        shutil.rmtree(place)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
