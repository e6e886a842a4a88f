"""What is over is cleared away in time, and not before."""

import threading
from datetime import timedelta

from sqlmodel import func, select

from cloud_api.common import roster
from cloud_api.common.tables import OutboxMessage, RosterRow
from cloud_api.devices.tables import EnrolmentCodeRow, EventRow
from cloud_api.identity.tables import InvitationRow, SessionRow
from cloud_api.operate import housekeeping
from cloud_api.operate.housekeeping import tidy
from shared.contracts.roster import RowKind
from shared.domain.roles import Group
from tests.support.builders import an_event_record


def count(gym, table):
    with gym.cloud.database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_what_ended_is_forgotten_after_its_time(gym, kiosk):
    kiosk.upload(an_event_record(number=1))
    gym.token_of(Group.STAFF)
    with gym.cloud.database.transaction() as session:
        roster.put(session, site_id=gym.site_id, kind=RowKind.MEMBER, key="a", body="1")
    with gym.cloud.database.transaction() as session:
        roster.remove(session, site_id=gym.site_id, kind=RowKind.MEMBER, key="a")
    gym.dispatch()
    tables = (SessionRow, InvitationRow, EnrolmentCodeRow, OutboxMessage)
    before = [count(gym, table) for table in tables]
    rows = count(gym, RosterRow)
    tidy(gym.cloud)
    assert [count(gym, table) for table in tables] == before
    assert count(gym, RosterRow) == rows
    gym.clock.advance(timedelta(days=31))
    tidy(gym.cloud)
    assert count(gym, RosterRow) == rows - 1
    assert count(gym, OutboxMessage) == 0
    gym.clock.advance(timedelta(days=31))
    tidy(gym.cloud)
    assert [count(gym, table) for table in tables] == [0, 0, 0, 0]
    assert count(gym, EventRow) == 1


def test_the_housekeeper_goes_on_after_a_failure(gym, monkeypatch, caplog):
    rounds, twice = [], threading.Event()

    def failing(_cloud):
        rounds.append(1)
        if len(rounds) == 2:
            twice.set()
        raise OSError("disk")

    monkeypatch.setattr(housekeeping, "tidy", failing)
    with housekeeping.housekeeping(gym.cloud, tidy_s=0.001):
        assert twice.wait(30)
    assert "disk" in caplog.text
