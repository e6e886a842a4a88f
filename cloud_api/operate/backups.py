"""Backups: one file with the database, the secrets and the journal, read back before it is called a backup.

The file is a zip with a manifest of checksums. It holds the gym's secrets: keep it as safe as the server (0600).
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cloud_api.common.database import Database
from cloud_api.common.objects import PENDING
from cloud_api.common.provenance import mark_as_copy
from cloud_api.operate.opening import copy_database
from cloud_api.settings import Settings
from shared.errors import InvalidInput

_DATABASE, _MANIFEST = "fit.db", "manifest.json"
_FOLDERS = ("secrets", "tls", "objects")
_FORMAT = 1
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself. ``files`` are SHA-256 by name, ``rows`` the number of rows by table."""

    format: int
    gym_id: str
    made_at: str
    files: dict[str, str]
    rows: dict[str, int]


def back_up(settings: Settings, target: Path, *, now: datetime) -> Backup:
    """Write a backup while the server may be running, then read it back and compare.

    Raises:
        InvalidInput: the target exists, there is no gym, or the database is not a file.
    """
    if target.exists():
        raise InvalidInput(f"{target} exists already; nothing was written.", field="file")
    if settings.database_file is None or not settings.database_file.exists():
        raise InvalidInput("Only a gym with its database in a file is backed up here; use the database server's means.")
    draft = target.with_name(f".{target.name}.part")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fit-backup-") as scratch:
        copy = Path(scratch) / _DATABASE
        copy_database(settings.database_file, copy)
        _mark(copy)
        backup = _write(draft, settings, copy, now)
    try:
        with opened(draft):
            pass
    except InvalidInput:
        draft.unlink()
        raise
    draft.replace(target)
    return backup


@contextmanager
def opened(source: Path) -> Iterator[tuple[Backup, Path]]:
    """A backup unpacked in a folder that goes away again, after everything in it was checked.

    Raises:
        InvalidInput: it is no backup of ours, or something in it is damaged.
    """
    with tempfile.TemporaryDirectory(dir=source.parent, prefix=".fit-restore-") as scratch:
        folder = Path(scratch)
        try:
            with zipfile.ZipFile(source) as archive:
                backup = Backup(**json.loads(archive.read(_MANIFEST)))
                for name in backup.files:
                    _unpack(archive, name, folder)
        except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
            raise InvalidInput(f"{source} is not a backup, or is damaged: {error}", field="file") from error
        _check(source, backup, folder)
        yield backup, folder


def _unpack(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        message = f"{name} points out of the backup"
        raise ValueError(message)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with archive.open(name) as packed, _private(path) as plain:
        shutil.copyfileobj(packed, plain)


def _check(source: Path, backup: Backup, folder: Path) -> None:
    for name, digest in backup.files.items():
        if _digest(folder / name) != digest:
            raise InvalidInput(f"{source} is damaged: {name} has changed.", field="file")
    with closing(sqlite3.connect(folder / _DATABASE)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok" or _count(folder / _DATABASE) != backup.rows:
        raise InvalidInput(f"{source} is damaged: the database does not hold what it should ({verdict}).", field="file")


def _mark(copy: Path) -> None:
    """Whatever is started from this copy begins a new epoch."""
    database = Database(f"sqlite:///{copy}")
    with database.transaction() as session:
        mark_as_copy(session)
    database.close()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it


def _write(draft: Path, settings: Settings, copy: Path, now: datetime) -> Backup:
    """Pack everything; the manifest says what was packed, and comes last. Pictures may come and go meanwhile."""
    gym = json.loads((settings.secrets / "gym.json").read_text(encoding="utf-8"))
    with _private(draft) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            files = {_DATABASE: _pack(archive, _DATABASE, copy)}
            for path in _kept_files(settings):
                with suppress(FileNotFoundError):  # a picture that was removed since
                    name = path.relative_to(settings.data).as_posix()
                    files[name] = _pack(archive, name, path)
            backup = Backup(_FORMAT, gym["gym_id"], now.isoformat(), files, _count(copy))
            archive.writestr(_MANIFEST, json.dumps(asdict(backup), indent=2))
        file.flush()
        os.fsync(file.fileno())
    return backup


def _pack(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Add a file; returns the SHA-256 of what was added."""
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo.from_file(path, name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as plain, archive.open(entry, "w", force_zip64=True) as packed:
        while chunk := plain.read(_CHUNK):
            digest.update(chunk)
            packed.write(chunk)
    return digest.hexdigest()


def _kept_files(settings: Settings) -> list[Path]:
    """Uploads that nobody has looked at yet are not kept."""
    folders = [path for name in _FOLDERS for path in sorted((settings.data / name).rglob("*"))]
    pending = settings.objects / PENDING
    files = [path for path in (*folders, settings.data / "server.json") if path.is_file()]
    return [path for path in files if path.parent != pending]


def _count(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as connection:
        names = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  # names from the schema


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _private(path: Path) -> BinaryIO:
    """A new file that only this account can read."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")
