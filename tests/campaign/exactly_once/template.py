"""Where every simulation begins: a gym with a roster and two kiosks just enrolled, made once in a process."""

import atexit
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from cloud_api import migrations
from cloud_api.common import roster
from cloud_api.common.journal import Journal
from cloud_api.common.keys import Keys, create_keys
from cloud_api.common.provenance import check_provenance
from cloud_api.gym.tables import MemberRow, SiteRow
from kiosk.enrolment.enrolling import become, move_in
from kiosk.enrolment.pairing import Pairing
from kiosk.store.folder import open_store
from shared.contracts.roster import SiteBody
from shared.secret_store.files import FileSecrets
from tests.campaign.exactly_once.clocks import KioskClock, TrueTime, seeded_chance
from tests.campaign.exactly_once.cloud import Cloud, Known, write_rows
from tests.campaign.exactly_once.disk import Image, take_image
from tests.campaign.exactly_once.gym import PEOPLE, Standing, common_rows, rows_of
from tests.campaign.exactly_once.slots import database_kind, new_folder
from tests.support.builders import NOON, SITE_ID, a_site

KIOSKS = 2
DATA, SECRETS = "data", "secrets"
"""The two folders of a kiosk's disk."""
RESERVE = 1
"""Bytes; how the reserve is given back is a matter of other tests."""


@dataclass(frozen=True, slots=True)
class Template:
    keys: Keys
    cloud: bytes
    kiosks: tuple[Image, ...]


def template() -> Template:
    """On the database that the tests' environment names."""
    return _template(database_kind())


@cache
def _template(_kind: str) -> Template:
    folder = new_folder("fit-template-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with seeded_chance(0):
        keys = create_keys(folder / "gym" / "secrets", gym_name="Harbour Gym", gym_number=7)
        time = TrueTime()
        known = Known((Standing(),) * len(PEOPLE), {})
        cloud = Cloud(time, keys, Journal(folder / "journal.jsonl"), known, b"")
        _furnish(cloud)
        kiosks = tuple(_enrol(cloud, folder / f"kiosk-{number}", time) for number in range(KIOSKS))
        return Template(keys, cloud.back_up().content, kiosks)


def enrol_in_place(cloud: Cloud, folder: Path, clock: KioskClock, device_id: UUID) -> None:
    """Make a kiosk's disk that of a device, with a code by staff; what is on it stays."""
    code = cloud.new_code(device_id)
    store = open_store(folder / DATA, clock, reserve_size=RESERVE)
    pairing = Pairing("http://127.0.0.1:1", code, None)
    identity = become(
        cloud.enrol,
        pairing=pairing,
        certificate=None,
        store=store,
        secrets=FileSecrets(folder / SECRETS),
        program_version="1.0",
    )
    move_in(store, identity)
    store.close()


def _furnish(cloud: Cloud) -> None:
    migrations.upgrade(cloud.database.writer)
    check_provenance(cloud.database)
    people = [row for one in PEOPLE for row in rows_of(one, Standing(), pepper=cloud.keys.pepper)]
    with cloud.database.transaction() as session:
        roster.open_site(session, SITE_ID)
        write_rows(session, common_rows() + people)
        session.add(SiteRow(id=SITE_ID, number=1, body=SiteBody.from_domain(a_site()).model_dump_json()))
        session.add_all(MemberRow(id=one.id, home_site_id=SITE_ID, joined_at=NOON) for one in PEOPLE)


def _enrol(cloud: Cloud, folder: Path, time: TrueTime) -> Image:
    enrol_in_place(cloud, folder, KioskClock(time, folder.name), cloud.new_device())
    return take_image(folder)
