"""What is wrong, in plain words, and what to do about it."""

import shutil
import socket
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from cloud_api import migrations
from cloud_api.app import make_cloud
from cloud_api.common import roster
from cloud_api.common.audit_chain import find_break
from cloud_api.common.certificate import read_certificate
from cloud_api.common.cloud import Cloud
from cloud_api.common.event_types import TOPICS
from cloud_api.common.kafka_place import parse_events_url
from cloud_api.common.objects import PENDING
from cloud_api.common.tables import AuditHead, FailedMessage, RosterHead
from cloud_api.identity.people import has_owner
from cloud_api.settings import Settings
from shared.clock import SystemClock
from shared.domain.time import Clock
from shared.errors import FitError, Unavailable

_LOW_DISK_MIB = 1024
_EXPIRES_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``advice`` says what to do when it is not ``ok``."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


def examine(settings: Settings, *, clock: Clock | None = None) -> list[Finding]:
    """Look at everything a server needs. Changes nothing; may run beside the server."""
    clock = clock or SystemClock()
    findings = [_folder(settings)]
    if not findings[0].ok:
        return findings
    findings += [_secrets(settings), _certificate(settings, clock), _disk(settings), _server(settings)]
    if settings.database_file is not None:
        findings.append(_file(settings.database_file))
    try:
        cloud = make_cloud(settings, clock=clock)
    except FitError as error:
        return [
            *findings,
            Finding("gym", ok=False, detail=str(error), advice="Run 'fit-cloud init', or restore a backup."),
        ]
    findings += [*_database(cloud), _events(settings), _mail(cloud), _cache(cloud), _objects(cloud)]
    cloud.database.close()
    return findings


def _folder(settings: Settings) -> Finding:
    there = (settings.secrets / "gym.json").exists()
    detail = f"{settings.data} holds a gym" if there else f"{settings.data} holds no gym"
    return Finding("data folder", there, detail, "" if there else "Run 'fit-cloud init', or name another folder.")


def _secrets(settings: Settings) -> Finding:
    private = [*settings.secrets.rglob("*"), settings.certificate_key]
    open_to_others = [
        path.name for path in private if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if open_to_others:
        names = ", ".join(sorted(open_to_others))
        return Finding(
            "secrets", ok=False, detail=f"others can read: {names}", advice=f"chmod -R go= {settings.secrets}"
        )
    return Finding("secrets", ok=True, detail="only this account can read them")


def _certificate(settings: Settings, clock: Clock) -> Finding:
    if not settings.certificate.exists():
        return Finding("certificate", ok=False, detail="there is none", advice="Restore a backup.")
    end = read_certificate(settings.certificate).not_valid_after_utc
    ok = end - clock.now() > _EXPIRES_SOON
    return Finding(
        "certificate", ok, f"good until {end:%Y-%m-%d}", "" if ok else "Make a new one and pair the kiosks again."
    )


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data).free // 2**20
    ok = free >= _LOW_DISK_MIB
    return Finding("disk", ok, f"{free} MiB free", "" if ok else "Free some space: a full disk takes in no events.")


def _server(settings: Settings) -> Finding:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104  # compared, not bound
    with closing(socket.socket()) as probe:
        probe.settimeout(2)
        answers = probe.connect_ex((host, settings.port)) == 0
    return Finding("server", ok=True, detail=f"{'answers' if answers else 'does not run'} on {host}:{settings.port}")


def _file(path: Path) -> Finding:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        verdict = str(error)
    ok = verdict == "ok"
    return Finding("database file", ok, "sound" if ok else verdict, "" if ok else "Restore a backup.")


def _database(cloud: Cloud) -> Iterator[Finding]:
    checks: list[Callable[[Cloud], Finding]] = [_schema, _owner, _rosters, _audit, _messages]
    for check in checks:
        finding = check(cloud)
        yield finding
        if finding.name == "schema" and not finding.ok:
            return


def _events(settings: Settings) -> Finding:
    """Whether Kafka answers, and has every topic; nothing is changed."""
    if not settings.events_url:
        return Finding("events", ok=True, detail="within the process")
    from cloud_api.common.topics import missing_topics  # noqa: PLC0415  # only then is Kafka's library needed

    place = parse_events_url(settings.events_url)
    try:
        missing = missing_topics(place, TOPICS)
    except Unavailable as error:
        return Finding("events", ok=False, detail=str(error), advice="They wait in the database. See FIT_EVENTS_URL.")
    if missing:
        return Finding(
            "events", ok=False, detail=f"without {', '.join(missing)}", advice="Run 'fit-cloud events topics'."
        )
    return Finding("events", ok=True, detail=f"Kafka at {place.servers}, {len(TOPICS)} topics")


def _mail(cloud: Cloud) -> Finding:
    words, ok = cloud.mail.describe()
    return Finding(
        "mail", ok, words, "" if ok else "Mails wait and are tried again. See FIT_MAIL_URL, and that server."
    )


def _cache(cloud: Cloud) -> Finding:
    words, ok = cloud.cache.describe()
    return Finding("cache", ok, words, "" if ok else "The database answers alone. See FIT_CACHE_URL, and that server.")


def _objects(cloud: Cloud) -> Finding:
    try:
        next(iter(cloud.objects.list_objects(PENDING, older_than=cloud.clock.now())), None)
    except FitError as error:
        return Finding(
            "pictures", ok=False, detail=str(error), advice="See FIT_OBJECTS_URL (docs/objects.md), and that store."
        )
    return Finding("pictures", ok=True, detail="their store answers")


def _schema(cloud: Cloud) -> Finding:
    ok = migrations.is_current(cloud.database.reader)
    return Finding(
        "schema", ok, "up to date" if ok else "older than this program", "" if ok else "Start the server once."
    )


def _owner(cloud: Cloud) -> Finding:
    with cloud.database.reading() as session:
        ok = has_owner(session)
    return Finding(
        "owner", ok, "there is one" if ok else "nobody yet", "" if ok else "Open the link of 'fit-cloud owner-link'."
    )


def _rosters(cloud: Cloud) -> Finding:
    with cloud.database.reading() as session:
        wrong = [
            str(head.site_id)
            for head in session.scalars(select(RosterHead)).all()
            if roster.recompute_checksum(session, head.site_id) != head.checksum
        ]
        count = len(roster.known_sites(session))
    advice = "Report this as a bug; kiosks go on by snapshots."
    return Finding(
        "rosters",
        not wrong,
        f"{count} add up" if not wrong else f"do not add up: {', '.join(wrong)}",
        "" if not wrong else advice,
    )


def _audit(cloud: Cloud) -> Finding:
    with cloud.database.reading() as session:
        services = session.scalars(select(col(AuditHead.service))).all()
        broken = [f"{service} at {number}" for service in services if (number := find_break(session, service))]
    advice = "Somebody changed the log outside of this program. Keep the file, compare with a backup."
    return Finding(
        "audit log",
        not broken,
        "unbroken" if not broken else f"broken: {', '.join(broken)}",
        "" if not broken else advice,
    )


def _messages(cloud: Cloud) -> Finding:
    with cloud.database.reading() as session:
        parked = session.scalar(select(func.count()).where(col(FailedMessage.parked_at).is_not(None))) or 0
    advice = "See the server's log for the reason; after an update: 'fit-cloud events replay'."
    return Finding("messages", parked == 0, f"{parked} parked" if parked else "none parked", advice if parked else "")
