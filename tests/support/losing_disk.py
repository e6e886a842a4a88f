"""A disk that forgets: SQLite's writes and syncs recorded through apsw, and what a power cut may leave of them.

The model is that of SQLite's own crash tests. What was synced stays. Of the writes since, any subset may have arrived,
in any order between files, and the last that did may be torn. A file deleted without a sync of its folder may be back.
Overwriting part of a file damages no neighbour (``POWERSAFE_OVERWRITE``, what SQLite assumes of Linux and Windows).
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import apsw

_SYNC_THEIR_FOLDER = ("-journal", "-wal")
"""SQLite syncs the folder with the first sync of these, which makes earlier deletions in it durable too."""

_names = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Write:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    file: str


@dataclass(frozen=True, slots=True)
class Delete:
    file: str
    synced: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something the program under test may rely on from here on, such as a commit that returned."""

    what: object


Change = Write | Truncate
Operation = Change | Sync | Delete | Mark


class Disk(apsw.VFS):
    """An in-memory disk for apsw (``apsw.Connection(path, vfs=disk.name)``) that keeps a log of what was done to it.

    One connection at a time: there is no shared memory, so WAL needs ``locking_mode=EXCLUSIVE``.
    """

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.name = f"losing-disk-{next(_names)}"
        self.files = {name: bytearray(data) for name, data in (files or {}).items()}
        self.log: list[Operation] = []
        super().__init__(name=self.name, base="")

    def mark(self, what: object) -> None:
        self.log.append(Mark(what))

    def xOpen(self, name, flags):  # noqa: N802  # apsw's names
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        flags[1] = flags[0]
        return _OpenFile(self, path)

    def xAccess(self, pathname, flags):  # noqa: N802
        return pathname in self.files

    def xDelete(self, filename, syncdir):  # noqa: N802
        if filename in self.files:
            del self.files[filename]
            self.log.append(Delete(filename, synced=bool(syncdir)))

    def xFullPathname(self, name):  # noqa: N802
        return name

    def xRandomness(self, numbytes):  # noqa: N802
        return random.Random(self.name).randbytes(numbytes)

    def xSleep(self, microseconds):  # noqa: N802
        return microseconds

    def xCurrentTimeInt64(self):  # noqa: N802
        return 2_460_000 * 86_400_000


class _OpenFile:
    """One open file; ``path`` None is a temporary one, of which a power cut leaves nothing."""

    def __init__(self, disk: Disk, path: str | None) -> None:
        self._log = disk.log if path is not None else []
        self._path = path or "temporary"
        self._data = bytearray() if path is None else disk.files.setdefault(path, bytearray())

    def xRead(self, amount, offset):  # noqa: N802
        return bytes(self._data[offset : offset + amount])

    def xWrite(self, data, offset):  # noqa: N802
        change = Write(self._path, offset, bytes(data))
        _apply(self._data, change)
        self._log.append(change)

    def xTruncate(self, newsize):  # noqa: N802
        change = Truncate(self._path, newsize)
        _apply(self._data, change)
        self._log.append(change)

    def xSync(self, flags):  # noqa: N802
        self._log.append(Sync(self._path))

    def xFileSize(self):  # noqa: N802
        return len(self._data)

    def xSectorSize(self):  # noqa: N802
        return 4096

    def xDeviceCharacteristics(self):  # noqa: N802
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xFileControl(self, op, ptr):  # noqa: N802
        return False

    def xLock(self, level):  # noqa: N802
        pass

    def xUnlock(self, level):  # noqa: N802
        pass

    def xCheckReservedLock(self):  # noqa: N802
        return False

    def xClose(self):  # noqa: N802
        pass


def _apply(data: bytearray, change: Change) -> None:
    match change:
        case Write(offset=offset, data=written):
            if len(data) < offset:
                data.extend(bytes(offset - len(data)))
            data[offset : offset + len(written)] = written
        case Truncate(size=size):
            del data[size:]
            data.extend(bytes(size - len(data)))


@dataclass(slots=True)
class _Platter:
    """What a disk surely holds, and what it may hold besides."""

    synced: dict[str, bytearray] = field(default_factory=dict)
    unsynced: dict[str, list[Change]] = field(default_factory=dict)
    ghosts: dict[str, bytearray] = field(default_factory=dict)
    marks: list[object] = field(default_factory=list)

    def take(self, operation: Operation) -> None:
        match operation:
            case Write(file=file) | Truncate(file=file):
                self.unsynced.setdefault(file, []).append(operation)
            case Sync(file=file):
                if file not in self.synced and file.endswith(_SYNC_THEIR_FOLDER):
                    self.ghosts.clear()
                durable = self.synced.setdefault(file, bytearray())
                for change in self.unsynced.pop(file, []):
                    _apply(durable, change)
            case Delete(file=file, synced=synced):
                self.unsynced.pop(file, None)
                gone = self.synced.pop(file, None)
                if gone is not None and not synced:
                    self.ghosts[file] = gone
            case Mark(what=what):
                self.marks.append(what)

    def after_power_cut(self, rng: random.Random) -> dict[str, bytes]:
        """One of the states the disk may be found in."""
        files = {name: bytearray(data) for name, data in self.synced.items()}
        back = {name: data for name, data in self.ghosts.items() if rng.random() < 0.5}
        for name, changes in self.unsynced.items():
            for change in () if name in back else _what_arrived(changes, rng):
                _apply(files.setdefault(name, bytearray()), change)
        files |= back
        return {name: bytes(data) for name, data in files.items()}


def _what_arrived(changes: list[Change], rng: random.Random) -> Iterator[Change]:
    """A subset, from nothing to everything; the last write of it torn."""
    share = rng.choice((0.0, 0.3, 0.7, 1.0))
    arrived = [change for change in changes if rng.random() < share]
    yield from arrived[:-1]
    for change in arrived[-1:]:
        match change:
            case Write(file, offset, data):
                yield Write(file, offset, data[: rng.randint(1, len(data))])
            case _:
                yield change


@dataclass(frozen=True, slots=True)
class Image:
    """A disk after a power cut, and the marks set before it."""

    files: dict[str, bytes]
    marks: tuple[object, ...]


def power_cuts(log: list[Operation], count: int, rng: random.Random) -> Iterator[Image]:
    """``count`` disks after power cuts at random moments of a log."""
    moments = sorted(rng.randint(0, len(log)) for _ in range(count))
    platter, done = _Platter(), 0
    for moment in moments:
        for operation in log[done:moment]:
            platter.take(operation)
        done = moment
        yield Image(platter.after_power_cut(rng), tuple(platter.marks))
