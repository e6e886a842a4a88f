"""What busy doors hand in, for the benchmarks of ingest."""

import gzip
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from cloud_api.devices.feed import read_snapshot
from cloud_api.operate.opening import open_cloud
from shared.clock import SystemClock
from shared.contracts.devices import EventUpload
from shared.contracts.roster import CredentialBody, RowKind
from shared.domain.ids import uuid7
from shared.domain.passes import PassStatus
from tests.support.builders import an_event_record
from tests.support.live import Device, LiveGym

Holder = tuple[bytes, UUID]
"""Lookup hash of a pass, and its member."""
PACE = timedelta(seconds=20)
_SPAN = timedelta(days=19)


def holders_at(gym: LiveGym, site_id: UUID, *, status: PassStatus | None = None) -> list[Holder]:
    """Every pass that a site knows with its member, or those of a status."""
    cloud = open_cloud(gym.settings)
    with cloud.database.reading() as session:
        rows = [row for row in read_snapshot(session, site_id).rows if row.kind is RowKind.CREDENTIAL]
    cloud.database.close()
    bodies = [(bytes.fromhex(row.key), CredentialBody.model_validate_json(row.body or "")) for row in rows]
    such = [(lookup, body) for lookup, body in bodies if status in (None, body.status)]
    return [(lookup, body.member_id) for lookup, body in such if body.member_id is not None]


def uploads(gym: LiveGym, device: Device, holders: Sequence[Holder], *, size: int) -> Iterator[bytes]:
    """Gzipped uploads of a busy door: an event every 20 s of the last days, by all members in turn, on today's roster."""
    start, number = SystemClock().now() - timedelta(days=20), 0
    epoch, version, _ = gym.roster_of(device.enrolment.site_id)
    while True:
        events = []
        for _ in range(size):
            number += 1
            lookup, member_id = holders[number % len(holders)]
            at = start + number * PACE % _SPAN
            facts = {"lookup": lookup, "member_id": member_id, "membership_id": None, "door_at": at, "wall_at": at}
            roster = {"roster_epoch": epoch, "roster_version": version}
            events.append(an_event_record(id=uuid7(int(at.timestamp() * 1000)), number=number, **facts, **roster))
        body = EventUpload(stream_id=device.enrolment.stream_id, events=events).model_dump_json()
        yield gzip.compress(body.encode(), compresslevel=5)
