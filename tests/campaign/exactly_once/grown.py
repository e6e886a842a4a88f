"""The simulated world with two API processes on MySQL, Kafka and Redis, and what must hold of events there."""

import json
from collections import Counter
from uuid import UUID

from cloud_api.reports.drift import Drift, recompute
from tests.campaign.exactly_once.cloud import Cloud
from tests.campaign.exactly_once.history import Violation
from tests.campaign.exactly_once.processes import GrownCloud
from tests.campaign.exactly_once.slots import COMPONENTS, database_kind
from tests.campaign.exactly_once.world import World


class GrownWorld(World):
    """Relays, consumers and caches are at work in it when the scenario says so; all of them at the end."""

    cloud: GrownCloud
    kind_of_cloud: type[Cloud] = GrownCloud

    def relay(self, process: int) -> None:
        """A process sends what waits in the outbox."""
        self.cloud.relay(process)

    def hear(self, process: int, consumer: int, dies: bool) -> None:
        """A consumer takes in what there is, in one of the processes, which may die before it has said so."""
        self.cloud.hear(process, consumer, dies=dies)

    def look(self, process: int) -> None:
        """Somebody asks a process who is inside."""
        _told_as_it_is(self.cloud, process)

    def check_what_was_told(self) -> None:
        self.cloud.come_to_rest()
        _each_is_counted_once(self)
        _visits_hold_each_once(self.cloud)
        _reports_agree(self)
        for process in range(len(self.cloud.processes)):
            _told_as_it_is(self.cloud, process)


def new_world(seed: int) -> World:
    """On what the tests' environment names."""
    return GrownWorld(seed) if database_kind() == COMPONENTS else World(seed)


def _told_as_it_is(cloud: GrownCloud, process: int) -> None:
    """Whatever process and cache are asked: who is inside is who the visits say is."""
    told = cloud.inside(process)
    really = cloud.really_inside(told.as_of)
    if [(item.member_id, item.since) for item in told.items] != [(item.member_id, item.since) for item in really.stays]:
        raise Violation(f"process {process} says {told.items} are inside, the visits {really.stays}")
    if told.stale:
        raise Violation("stale, with the database there")


def _each_is_counted_once(world: GrownWorld) -> None:
    """Whoever counts has each stored event, and nothing that no restore took back."""
    if kept := world.cloud.query("SELECT consumer, error FROM common_failed_message"):
        raise Violation(f"messages were not taken in: {kept}")
    counted, stored = _ids(world.cloud, "SELECT id FROM gym_attendance"), world.cloud.event_ids()
    if missing := stored - counted:
        raise Violation(f"{len(missing)} events are stored and not counted")
    if invented := counted - stored - world.history.excused:
        raise Violation(f"{len(invented)} events are counted and not stored")


def _visits_hold_each_once(cloud: GrownCloud) -> None:
    """Each entry that stands is in one visit, which stands."""
    rows = cloud.query("SELECT check_ins FROM gym_visit WHERE is_void = 0")
    held = Counter(UUID(item) for (check_ins,) in rows for item in json.loads(check_ins))
    taken_back = _ids(cloud, "SELECT refers_to FROM gym_attendance WHERE kind = 'void' AND refers_to IS NOT NULL")
    entries = _ids(
        cloud,
        "SELECT id FROM gym_attendance WHERE kind = 'scan' AND outcome = 'granted' AND is_held = 0"
        " AND member_id IS NOT NULL",
    )
    if max(held.values(), default=1) > 1 or not entries - taken_back <= held.keys() <= entries:
        raise Violation(f"visits hold {held}, entries are {entries}, of which {taken_back} were taken back")


def _reports_agree(world: GrownWorld) -> None:
    """The owner's reports have each refusal and each visit once, at its newest state."""
    cloud = world.cloud
    refused = _ids(cloud, "SELECT id FROM gym_attendance WHERE outcome = 'denied' AND reason <> '' AND is_held = 0")
    told = _ids(cloud, "SELECT event_id FROM reports_refusal_fact")
    if wrong := (refused ^ told) - world.history.excused:
        raise Violation(f"{len(wrong)} refusals are reported otherwise than counted")
    visits = {tuple(row) for row in cloud.query("SELECT id, is_void, version FROM gym_visit")}
    facts = {tuple(row) for row in cloud.query("SELECT visit_id, is_void, version FROM reports_visit_fact")}
    if visits != facts:
        raise Violation(f"visits are reported otherwise than they are: {visits ^ facts}")
    with cloud.database.transaction() as session:
        if (drift := recompute(session)) != Drift():
            raise Violation(f"sums in reports are wrong: {drift}")


def _ids(cloud: GrownCloud, statement: str) -> set[UUID]:
    return {UUID(bytes=row[0]) for row in cloud.query(statement)}
