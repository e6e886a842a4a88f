"""Pairing a kiosk from the terminal, for a machine without the admin app."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common import roster
from cloud_api.devices.enrolment import create_device, new_code
from cloud_api.devices.pairing import pairing_text
from cloud_api.devices.tables import DeviceRow
from cloud_api.operate.opening import open_cloud
from cloud_api.settings import Settings
from shared.contracts.roster import RowKind, SiteBody
from shared.domain.device import Direction
from shared.domain.time import Clock
from shared.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Pairing:
    """What to give to the kiosk. ``pairing`` holds address, code and certificate; the code counts once, 15 minutes."""

    device_id: str
    pairing: str
    expires_at: str


def pair(
    settings: Settings, *, device: str, site: str | None, direction: Direction, clock: Clock | None = None
) -> Pairing:
    """A code for a new kiosk, or for one of this name at the site that is to enrol again in place.

    Raises:
        InvalidInput: there is no such site, or several and none was named.
    """
    cloud = open_cloud(settings, clock=clock)
    try:
        with cloud.database.transaction() as session:
            site_id = _find_site(session, site)
            device_id = _find_device(session, device, site_id) or create_device(
                session, site_id=site_id, name=device, direction=direction, actor="operator"
            )
            code, expires_at = new_code(session, device_id, keys=cloud.keys, actor="operator")
    finally:
        cloud.database.close()
    return Pairing(str(device_id), pairing_text(cloud, code), expires_at.isoformat())


def _find_site(session: Session, name: str | None) -> UUID:
    sites = {}
    for site_id in roster.list_sites(session):
        body = roster.find_body(session, site_id=site_id, kind=RowKind.SITE, key=str(site_id))
        if body is not None:
            sites[SiteBody.model_validate_json(body).name] = site_id
    if name is None and len(sites) == 1:
        return next(iter(sites.values()))
    if name not in sites:
        raise InvalidInput(f"Which site? There are: {', '.join(sorted(sites))}.", field="site")
    return sites[name]


def _find_device(session: Session, name: str, site_id: UUID) -> UUID | None:
    query = select(DeviceRow.id).where(
        DeviceRow.name == name, DeviceRow.site_id == site_id, col(DeviceRow.revoked_at).is_(None)
    )
    return session.exec(query).first()
