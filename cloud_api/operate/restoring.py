"""Putting a backup back: a new epoch begins, and the journal is done again, so that a backup brings nobody back."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from cloud_api.app import after_restore, replays
from cloud_api.common import roster
from cloud_api.common.cloud import Cloud
from cloud_api.common.journal import Journal
from cloud_api.common.outbox import publish_again
from cloud_api.operate.backups import opened
from cloud_api.operate.lock import holding
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import Settings
from shared.clock import SystemClock
from shared.domain.time import Clock
from shared.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Restored:
    """What ``fit-cloud restore`` did. ``aside`` holds the database that was replaced, None when there was none."""

    made_at: str
    replayed: int
    aside: str | None


def restore(settings: Settings, source: Path, *, clock: Clock | None = None) -> Restored:
    """Replace the database with a backup's. Secrets that are there stay, missing ones come from the backup.

    Every kiosk then takes a snapshot and sends again what it keeps, so events since the backup come back by themselves.

    Raises:
        InvalidInput: the backup is damaged, of another gym, or the database is not a file.
        Rejected: ``in_use``: the server is running.
    """
    file = settings.database_file
    if file is None:
        raise InvalidInput("Only a gym with its database in a file is restored here.")
    clock = clock or SystemClock()
    with opened(source) as (backup, folder), holding(settings.data):
        _check_gym(settings, folder)
        _merge_journal(settings.journal, folder / settings.journal.relative_to(settings.data))
        _fill_up(folder, settings.data)
        ready, replayed = _make_ready(settings, folder / "fit.db", file.with_name(f".{file.name}.restored"), clock)
        stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
        aside = _put_aside(file, settings.data / "backups" / f"replaced-{stamp}")
        ready.replace(file)
    return Restored(backup.made_at, replayed, None if aside is None else str(aside))


def declare_restored(settings: Settings, *, clock: Clock | None = None) -> int:
    """Say that a backup of the database server was put back by the server's own means; how many lines were done again.

    The database itself cannot tell when it comes back on the same server. To be called before a server is started on it.

    Raises:
        InvalidInput: the database is a file: ``restore`` is for those.
        Rejected: ``in_use``: a server is running.
    """
    if settings.database_file is not None:
        raise InvalidInput("This gym's database is a file: use 'fit-cloud restore'.")
    with holding(settings.data):
        cloud = open_cloud(settings, clock=clock or SystemClock())
        try:
            replayed = _replay(cloud)
            with cloud.database.transaction() as session:
                roster.new_epoch(session)
        finally:
            cloud.database.close()
    return replayed


def _make_ready(settings: Settings, copy: Path, draft: Path, clock: Clock) -> tuple[Path, int]:
    """Bring the backup's database up to date beside the old one, which stays in use until this is done.

    A backup is marked as a copy, so opening it begins the new epoch.
    """
    _remove(draft)
    shutil.copyfile(copy, draft)
    draft.chmod(0o600)
    cloud = open_cloud(replace(settings, database_url=f"sqlite:///{draft}"), clock=clock)
    try:
        replayed = _replay(cloud)
    finally:
        cloud.database.close()
    return draft, replayed


def _remove(database: Path) -> None:
    """What an interrupted restore left behind."""
    for path in (database, Path(f"{database}-wal"), Path(f"{database}-shm")):
        path.unlink(missing_ok=True)


def _check_gym(settings: Settings, folder: Path) -> None:
    own, theirs = settings.secrets / "gym.json", folder / "secrets" / "gym.json"
    if own.exists() and own.read_bytes() != theirs.read_bytes():
        raise InvalidInput("This backup is of another gym than the data folder; nothing was changed.", field="file")


def _put_aside(file: Path, folder: Path) -> Path | None:
    """Keep the old database. Its log must not be found beside the new one, so it is moved; the file itself is copied."""
    if not file.exists():
        return None
    folder.mkdir(parents=True, mode=0o700)
    for path in (Path(f"{file}-wal"), Path(f"{file}-shm")):
        if path.exists():
            path.rename(folder / path.name)
    shutil.copy2(file, folder / file.name)
    return folder


def _merge_journal(own: Path, theirs: Path) -> None:
    """Lines of the backup's journal that this one lacks, as on a new machine, go before its own."""
    kept = own.read_text(encoding="utf-8").splitlines() if own.exists() else []
    older = theirs.read_text(encoding="utf-8").splitlines() if theirs.exists() else []
    lines = [*(line for line in older if line not in set(kept)), *kept]
    if lines:
        own.parent.mkdir(parents=True, exist_ok=True)
        draft = own.with_suffix(".part")
        draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(own)


def _fill_up(folder: Path, data: Path) -> None:
    for path in sorted(folder.rglob("*")):
        target = data / path.relative_to(folder)
        if path.is_file() and path.name != "fit.db" and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy2(path, target)


def _replay(cloud: Cloud) -> int:
    known = replays(cloud)
    count = 0
    cloud.dispatcher.skip_unheard()
    with cloud.database.transaction() as session:
        for line in Journal(cloud.journal.path).read():
            if line.kind in known:
                known[line.kind](session, line.id, line.at)
                count += 1
        after_restore(session)
        publish_again(session)
    cloud.dispatcher.run_pending()
    return count
