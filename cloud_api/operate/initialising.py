"""Setting up a gym: secrets, certificate, database, first site, and the link of the first Owner."""

import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from cloud_api import migrations
from cloud_api.app import make_cloud
from cloud_api.common.certificate import fingerprint, make_certificate
from cloud_api.common.keys import create_keys
from cloud_api.common.provenance import check_provenance
from cloud_api.gym.sites import open_site
from cloud_api.identity.invitations import invite_first_owner
from cloud_api.identity.welcome import owner_link
from cloud_api.settings import Settings, keep_address
from shared.clock import SystemClock
from shared.domain.time import Clock
from shared.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class NewGym:
    """What ``fit-cloud init`` made. ``owner_link`` counts once, for 24 hours, and is stored nowhere."""

    data: str
    base_url: str
    gym_id: str
    gym_name: str
    site_id: str
    certificate_sha256: str
    owner_link: str


def initialise(settings: Settings, *, gym_name: str, site_name: str, zone: str, clock: Clock | None = None) -> NewGym:
    """Make a gym in an empty or new folder. It appears whole or not at all.

    Raises:
        InvalidInput: the folder or the database is not empty, or the zone is unknown.
        Unavailable: the database server does not answer.
    """
    data = settings.data
    if data.exists() and any(data.iterdir()):
        raise InvalidInput(f"{data} is not empty. Choose a new folder; nothing was changed.", field="data")
    draft = data.with_name(f".{data.name}.{secrets.token_hex(4)}")
    try:
        made = _make(_moved(settings, draft), gym_name, site_name, zone, clock or SystemClock())
        if data.exists():
            data.rmdir()
        draft.rename(data)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return replace(made, data=str(data))


def _moved(settings: Settings, folder: Path) -> Settings:
    url = settings.database_url.replace(str(settings.data), str(folder), 1)
    return replace(settings, data=folder, database_url=url)


def _make(settings: Settings, gym_name: str, site_name: str, zone: str, clock: Clock) -> NewGym:
    create_keys(settings.secrets, gym_name=gym_name)
    make_certificate(
        certificate=settings.certificate, key=settings.certificate_key, host=settings.host, now=clock.now()
    )
    keep_address(settings.data, host=settings.host, port=settings.port, base_url=settings.base_url)
    cloud = make_cloud(settings, clock=clock)
    try:
        if not migrations.is_empty(cloud.database.writer):
            raise InvalidInput(
                "The database is not empty. Give a new one; nothing was changed.", field="FIT_DATABASE_URL"
            )
        with cloud.database.unhurried() as engine:
            migrations.upgrade(engine)
        check_provenance(cloud.database)
        with cloud.database.transaction() as session:
            site_id = open_site(session, keys=cloud.keys, name=site_name, zone=zone, actor="operator")
            secret = invite_first_owner(session)
        cloud.dispatcher.run_pending()  # the other services take in the site
    finally:
        cloud.database.close()
    return NewGym(
        data=str(settings.data),
        base_url=settings.base_url,
        gym_id=str(cloud.keys.gym_id),
        gym_name=gym_name,
        site_id=str(site_id),
        certificate_sha256=fingerprint(settings.certificate),
        owner_link=owner_link(settings.base_url, secret),
    )


def new_owner_link(settings: Settings, *, clock: Clock | None = None) -> str:
    """Another link for the first Owner, when the one of ``init`` was lost or has ended.

    Raises:
        Rejected: ``has_owner``.
    """
    cloud = make_cloud(settings, clock=clock)
    with cloud.database.transaction() as session:
        return owner_link(settings.base_url, invite_first_owner(session))
