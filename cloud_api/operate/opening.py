"""Opening a data folder: the schema brought up to date (a backup first), the database's provenance checked."""

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from cloud_api import migrations
from cloud_api.app import make_cloud
from cloud_api.common.cloud import Cloud
from cloud_api.common.provenance import check_provenance
from cloud_api.gym.announcing import announce_members
from cloud_api.gym.telling import announce_facts
from cloud_api.payments.telling import announce_receipts
from cloud_api.settings import Settings
from shared import faults
from shared.clock import SystemClock
from shared.domain.time import Clock
from shared.errors import InvalidInput

log = logging.getLogger(__name__)


def open_cloud(settings: Settings, *, clock: Clock | None = None) -> Cloud:
    """The cloud of a data folder, ready to serve.

    Raises:
        InvalidInput: the folder holds no gym, or its database is missing.
    """
    if settings.database_file is not None and not settings.database_file.exists():
        raise InvalidInput(f"{settings.database_file} is missing. Run 'fit-cloud init', or restore a backup.")
    cloud = make_cloud(settings, clock=clock or SystemClock())
    if migrations.is_empty(cloud.database.writer):
        raise InvalidInput(
            "The database is empty. Run 'fit-cloud init' for a new gym, or 'fit-cloud copy' to move one."
        )
    if not migrations.is_current(cloud.database.writer):
        _upgrade(settings, cloud)
    if check_provenance(cloud.database):
        log.warning("this database is a copy or was moved: a new epoch begins, kiosks take a snapshot")
    announce_members(cloud.database, cloud.keys)
    announce_facts(cloud.database, cloud.keys)
    announce_receipts(cloud.database)
    return cloud


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy of an SQLite file that may be in use, by SQLite's own backup call."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _upgrade(settings: Settings, cloud: Cloud) -> None:
    """Bring the schema up to date. In a file it is one transaction after a copy: it happens whole or not at all.

    Raises:
        InvalidInput: a step failed; the text says what there is to go back to.
    """
    copy = _copy_before_upgrade(settings, cloud)
    faults.reach("upgrade.after_backup")
    try:
        with cloud.database.unhurried() as engine:
            migrations.upgrade(engine)
    except Exception as error:
        log.exception("the upgrade of the database failed")
        cloud.database.close()
        where = "" if copy is None else f" The file is as it was before; a copy of it is {copy}."
        advice = "Go on with the program's previous release, and report this with the log."
        if copy is None:
            where = " Steps before the failing one have been applied: restore the server's backup to go back."
        raise InvalidInput(f"The database could not be brought up to date: {error}.{where} {advice}") from error
    if copy is not None:
        log.info("the database was brought up to date; what it was before is in %s", copy)


def _copy_before_upgrade(settings: Settings, cloud: Cloud) -> Path | None:
    """The copy; None on a database server, whose own means make backups."""
    file = settings.database_file
    if file is None:
        return None
    stamp = cloud.clock.now().strftime("%Y%m%dT%H%M%SZ")
    copy = settings.data / "backups" / f"before-upgrade-{stamp}.db"
    copy_database(file, copy)
    return copy
