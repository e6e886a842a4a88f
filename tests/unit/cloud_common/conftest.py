import pytest

from cloud_api.common import roster
from tests.support.builders import SITE_ID
from tests.support.cloud import StillClock
from tests.support.cloud_database import a_database


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture
def database(tmp_path, clock):
    database = a_database(tmp_path, clock=clock)
    yield database
    database.close()


@pytest.fixture
def site(database):
    """A site whose roster is open and empty."""
    with database.transaction() as session:
        roster.open_site(session, SITE_ID)
    return SITE_ID
