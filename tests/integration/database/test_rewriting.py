"""Rows written anew: whoever waits for one gets it as it is now, however much it grew."""

from concurrent.futures import ThreadPoolExecutor

import pymysql
import pytest
from sqlalchemy import make_url
from sqlmodel import SQLModel, col, select

from cloud_api.common.rewriting import rewrite
from cloud_api.notifications.tables import ContactRow
from tests.support.builders import an_id
from tests.support.cloud import a_gym
from tests.support.servers.base import wait_until

CONTACTS = SQLModel.metadata.tables["notifications_contact"]
IDS = [an_id(number) for number in range(1, 201)]


@pytest.fixture
def database(gym_database, tmp_path):
    with a_gym(tmp_path) as gym:
        yield gym.cloud.database


def write(session, *, version, size):
    """Hold the rows, as a consumer does, and write them."""
    session.exec(select(ContactRow.version).where(col(ContactRow.member_id).in_(IDS)).with_for_update()).all()
    rewrite(session, CONTACTS, [{"member_id": each, "version": version, "sealed": bytes(size)} for each in IDS])


def test_whoever_waits_for_a_row_gets_it_as_it_is_now(database):
    def seen(member_id):
        with database.transaction() as session:
            row = session.get(ContactRow, member_id, with_for_update=True)
            return row.version, len(row.sealed)

    with database.transaction() as session:
        write(session, version=1, size=1)
    with ThreadPoolExecutor(2) as pool:
        with database.transaction() as session:
            write(session, version=2, size=2)
            waiting = [pool.submit(seen, member_id) for member_id in (IDS[0], IDS[-1])]
            _let_wait(database, 2)
            write(session, version=3, size=900)
        assert [each.result(30) for each in waiting] == [(3, 900), (3, 900)]


def _let_wait(database, count):
    """On a server until they are seen waiting; the writers of a file wait before they ask it anything."""
    if database.file is not None:
        return
    url = make_url(database.url)
    waiting = "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE %s"
    with pymysql.connect(host=url.host, port=url.port, user=url.username, password=url.password or "") as asking:

        def are_waiting():
            with asking.cursor() as cursor:
                cursor.execute(waiting, ("%notifications_contact%",))
                return cursor.fetchone()[0] >= count

        wait_until(are_waiting, "nobody waits for the rows")
