from datetime import UTC, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.exc import StatementError

from cloud_api.common.columns import Counted, LongText, Unsigned64, UtcDateTime, Uuid16
from tests.support.builders import NOON

_TABLE = Table(
    "t",
    MetaData(),
    Column("n", Counted, primary_key=True),
    Column("at", UtcDateTime),
    Column("id", Uuid16),
    Column("big", Unsigned64),
    Column("small", Integer),
)


@pytest.fixture(scope="module")
def connection():
    with create_engine("sqlite://").connect() as connection:
        _TABLE.create(connection)
        yield connection


def stored(connection, **values):
    connection.execute(_TABLE.delete())
    connection.execute(insert(_TABLE).values(**values))
    return connection.execute(select(_TABLE)).one()


@given(
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])).filter(
        lambda at: 2 < at.year < 9998
    )
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(connection, at):
    found = stored(connection, at=at).at
    assert found == at
    assert found.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused(connection):
    with pytest.raises(StatementError, match="zone"):
        stored(connection, at=NOON.replace(tzinfo=None))


def test_times_sort_as_text(connection):
    connection.execute(_TABLE.delete())
    times = [NOON, NOON - timedelta(microseconds=1), NOON + timedelta(days=1), NOON.replace(year=900)]
    connection.execute(insert(_TABLE), [{"at": at} for at in times])
    assert list(connection.scalars(select(_TABLE.c.at).order_by(_TABLE.c.at))) == sorted(times)


@given(an_id=st.uuids(), big=st.integers(0, 2**64 - 1))
def test_ids_and_unsigned_numbers_come_back(connection, an_id, big):
    row = stored(connection, id=an_id, big=big)
    assert (row.id, row.big) == (an_id, big)


def test_nothing_stays_nothing(connection):
    row = stored(connection, small=1)
    assert (row.at, row.id, row.big) == (None, None, None)
    assert row.n == 1


def test_an_id_takes_16_bytes(connection):
    stored(connection, id=UUID(int=7))
    assert connection.exec_driver_sql("SELECT typeof(id), length(id) FROM t").one() == ("blob", 16)


@pytest.mark.parametrize(
    ("column_type", "on_mysql", "on_sqlite"),
    [
        (UtcDateTime(), "DATETIME(6)", "VARCHAR(26)"),
        (Uuid16(), "BINARY(16)", "BINARY(16)"),
        (Unsigned64(), "BIGINT", "BIGINT"),
        (LongText(), "MEDIUMTEXT", "TEXT"),
        (Counted(), "BIGINT", "INTEGER"),
    ],
)
def test_each_type_has_its_form_on_each_database(column_type, on_mysql, on_sqlite):
    assert column_type.compile(dialect=mysql.dialect()) == on_mysql
    assert column_type.compile(dialect=sqlite.dialect()) == on_sqlite
