"""Years of a big gym, straight into the tables of a MySQL server: the same rows whenever they are made.

Attendance is made by the server itself, from numbers counted up and hashed; the facts and sums of ``reports`` follow
from it as its consumers would keep them. Kept in the cache folder: ten million rows take some minutes and 7 GB.
"""

import hashlib
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Table, create_engine, insert
from sqlmodel import SQLModel

from cloud_api.common.database import Database
from cloud_api.gym.plans import create_plan
from cloud_api.gym.sites import create_site
from cloud_api.gym.tables import MemberRow
from cloud_api.operate.initialising import initialise
from cloud_api.operate.opening import open_cloud
from cloud_api.reports import habits
from cloud_api.reports.tables import MemberFact, MembershipFact, PlanFact
from cloud_api.settings import load_settings
from shared.contracts.gym import NewPlan, NewSite
from tests.support.cloud import StillClock
from tests.support.servers.base import cached
from tests.support.servers.mysql import MySql

DAYS, SITES, PLANS, KIOSKS, MACHINES = 730, 20, 5, 40, 400
VISITS_A_MEMBER = 166
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
FIRST = NOW.date() - timedelta(days=DAYS)
ZONE = "Europe/Copenhagen"
_CHUNK = 100_000
DATABASE = "gym"


class BigMySql(MySql):
    """With memory as a server of that size has it."""

    def command(self) -> Sequence[str]:
        return [*super().command(), "--innodb-buffer-pool-size=1G", "--max-heap-table-size=64M"]

    def stop(self) -> None:
        """In good order, so that its files may be put aside."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


@contextmanager
def filled(rows: int) -> Iterator[str]:
    """The URL of a database with so many rows of attendance."""
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    folder = cached(f"reports-{rows}-{recipe}", lambda draft: _make(draft, rows))
    server = BigMySql(folder / "server")
    server.start()
    try:
        yield server.url(DATABASE)
    finally:
        server.stop()


def _make(folder: Path, rows: int) -> None:
    server = BigMySql(folder / "server")
    server.start()
    try:
        _fill(folder, server, rows)
    finally:
        server.stop()


def _fill(folder: Path, server: MySql, rows: int) -> None:
    settings = load_settings(folder / "gym", environ={"FIT_DATABASE_URL": server.create(DATABASE)})
    initialise(settings, gym_name="Big", site_name="Site 0", zone=ZONE, clock=StillClock(NOW))
    cloud = open_cloud(settings, clock=StillClock(NOW))
    with cloud.database.transaction() as session:
        for number in range(1, SITES):
            create_site(session, cloud.keys, NewSite(name=f"Site {number}", zone=ZONE), by="bench")
        for number in range(PLANS):
            draft = NewPlan(name=f"Plan {number}", months=1, price_minor=30_000, currency="DKK", renews=True)
            create_plan(session, draft, by="bench")
    cloud.database.close()
    engine = create_engine(server.url(DATABASE), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        _Filler(connection, rows).fill()
    engine.dispose()
    database = Database(server.url(DATABASE), clock=StillClock(NOW))
    with database.transaction() as session:
        habits.go_on(session)
    database.close()


def _uuid(kind: str, number: int) -> UUID:
    """As the server makes it with :func:`_id`."""
    return UUID(bytes=hashlib.sha256(f"{kind}{number}".encode()).digest()[:16])


def _id(kind: str, number: str) -> str:
    return f"UNHEX(LEFT(SHA2(CONCAT('{kind}', {number}), 256), 32))"


class _Filler:
    """One connection, without transactions: what breaks off is made anew."""

    def __init__(self, connection: Connection, rows: int) -> None:
        self._connection = connection
        self._rows = rows
        self._members = max(100, rows // VISITS_A_MEMBER)
        self._sites = self._ids("SELECT site_id FROM roster_head ORDER BY site_id")
        self._plans = self._ids("SELECT id FROM gym_plan ORDER BY id")

    def fill(self) -> None:
        self._count_up()
        self._insert_members()
        for name in ("gym_attendance", "reports_visit_fact", "reports_refusal_fact"):
            self._insert(name)
        self._insert_money_and_doors()
        for statement in _SUMS:
            self._run(statement)
        self._run("ANALYZE TABLE " + ", ".join(_TABLES))

    def _count_up(self) -> None:
        self._run("CREATE TABLE bench_number (n INT PRIMARY KEY)")
        digits = " CROSS JOIN ".join(
            f"(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 "
            f"UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) t{place}"
            for place in range(5)
        )
        value = " + ".join(f"t{place}.d * {10**place}" for place in range(5))
        self._run(f"INSERT INTO bench_number SELECT {value} FROM {digits} ORDER BY 1")
        self._run("CREATE TABLE bench_site (k INT PRIMARY KEY, id BINARY(16))")
        for number, site_id in enumerate(self._sites):
            self._run(f"INSERT INTO bench_site VALUES ({number}, x'{site_id.hex}')")

    def _insert_members(self) -> None:
        joined = [self._joined(number) for number in range(self._members)]
        facts = list(enumerate(joined))
        self._insert_rows(MemberRow, [self._member(number, on) for number, on in facts])
        self._insert_rows(MemberFact, [self._member_fact(number, on) for number, on in facts])
        self._insert_rows(MembershipFact, [self._membership_fact(number, on) for number, on in facts])
        plans = [
            PlanFact(plan_id=plan_id, version=1, name=f"Plan {number}", price_minor=30_000, currency="DKK")
            for number, plan_id in enumerate(self._plans)
        ]
        self._insert_rows(PlanFact, plans)

    def _insert(self, name: str) -> None:
        """A table of many rows, in the order of its key; its indexes afterwards."""
        table = SQLModel.metadata.tables[name]
        for index in table.indexes:
            index.drop(self._connection)
        if name == "gym_attendance":
            for start in range(0, self._rows, _CHUNK):
                self._run(_attendance(table, start, self._rows, self._members))
        else:
            for month in range(0, DAYS + 31, 31):
                first = FIRST + timedelta(days=month)
                self._run(_FACTS[name].format(first=first, end=first + timedelta(days=31)))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            index.create(self._connection)

    def _insert_money_and_doors(self) -> None:
        for start in range(0, self._rows // 20, _CHUNK):
            self._run(_takings(start, self._rows // 20, self._plans))
        for kiosk in range(KIOSKS):
            self._run(_heard(kiosk))
        self._run(_DOORS)
        self._run(_MACHINES)
        self._run(_SPELLS)
        self._run(_FAULTS)

    def _joined(self, number: int) -> date:
        """As early as the attendance has members of this number."""
        day = max(0, -(-int((number + 1) * 0.9 * DAYS) // self._members) - 60)
        return FIRST + timedelta(days=day)

    def _member(self, number: int, joined_on: date) -> MemberRow:
        return MemberRow(
            id=_uuid("member", number),
            number=str(number),
            home_site_id=self._sites[number % SITES],
            joined_at=datetime(joined_on.year, joined_on.month, joined_on.day, 12, tzinfo=UTC),
        )

    def _member_fact(self, number: int, joined_on: date) -> MemberFact:
        return MemberFact(
            member_id=_uuid("member", number),
            version=1,
            site_id=self._sites[number % SITES],
            joined_on=joined_on,
            left_on=_last_on(number) + timedelta(days=1),
        )

    def _membership_fact(self, number: int, joined_on: date) -> MembershipFact:
        last_on = max(joined_on, _last_on(number))
        return MembershipFact(
            membership_id=_uuid("membership", number),
            version=1,
            member_id=_uuid("member", number),
            plan_id=self._plans[number % PLANS],
            starts_on=joined_on,
            paid_through_on=last_on,
            last_on=last_on,
            renews=True,
        )

    def _insert_rows(self, model: type[SQLModel], rows: Sequence[SQLModel]) -> None:
        table: Table = SQLModel.metadata.tables[str(model.__tablename__)]
        for start in range(0, len(rows), 5000):
            self._connection.execute(insert(table), [row.model_dump() for row in rows[start : start + 5000]])

    def _ids(self, sql: str) -> list[UUID]:
        return [UUID(bytes=bytes(found)) for (found,) in self._connection.exec_driver_sql(sql)]

    def _run(self, sql: str) -> None:
        self._connection.exec_driver_sql(sql.replace("%", "%%"))


def _last_on(number: int) -> date:
    """One in ten has left, one in thirty is overdue."""
    if number % 10 == 9:
        return NOW.date() - timedelta(days=30 + number % 300)
    return NOW.date() + timedelta(days=number % 30 - (20 if number % 30 == 7 else 0))


def _attendance(table: Table, start: int, rows: int, members: int) -> str:
    """100,000 rows: a member of those who had joined by the day, mostly at the home site, at an hour of the day's hump.

    Every seventh member has not come for five weeks.
    """
    day = f"FLOOR(n * {DAYS} / {rows})"
    joined = f"GREATEST(1, FLOOR({members} * LEAST(1, (day + 60) / {0.9 * DAYS})))"
    who = f"FLOOR(POW(CRC32(CONCAT('w', n)) / 4294967296, 1.3) * {joined})"
    numbered = f"SELECT {start} + n AS n FROM bench_number WHERE {start} + n < {rows}"
    dated = f"SELECT n, {day} AS day, CRC32(CONCAT('r', n)) AS r FROM ({numbered}) a"
    drawn = f"SELECT n, day, r, {who} AS w FROM ({dated}) b"
    come = f"""SELECT n, r, DATE_ADD('{FIRST}', INTERVAL day DAY) AS local_on, 6 + r % 9 + (r DIV 16) % 9 AS local_hour,
      IF(day >= {DAYS - 37} AND w % 7 = 3, GREATEST(0, w - 1), w) AS k, r % 31 = 0 AS is_denied FROM ({drawn}) c"""
    values: Mapping[str, str] = {
        "id": "UNHEX(CONCAT('0190', LPAD(HEX(n), 8, '0'), '7000', '8', LPAD(HEX(n), 15, '0')))",
        "site_id": "s.id",
        "device_id": _id("device", "s.k"),
        "number": "n",
        "at": "TIMESTAMP(local_on, MAKETIME(local_hour, n % 60, 0))",
        "door_at": "TIMESTAMP(local_on, MAKETIME(local_hour, n % 60, 0))",
        "received_at": "TIMESTAMP(local_on, MAKETIME(local_hour, n % 60, 0))",
        "local_on": "local_on",
        "local_hour": "local_hour",
        "kind": "'scan'",
        "direction": "'entry'",
        "outcome": "IF(is_denied, 'denied', 'granted')",
        "reason": "IF(is_denied, ELT(1 + r % 4, 'unknown_pass', 'payment_overdue', 'site_full', 'ended'), NULL)",
        "notices": "'[]'",
        "reopened": "0",
        "pass_kind": "'card'",
        "member_id": _id("member", "e.k"),
        "membership_id": _id("membership", "e.k"),
        "flags": "'[]'",
        "is_held": "0",
    }
    names = [column.name for column in table.columns]
    chosen = ", ".join(values.get(name, "NULL") for name in names)
    at = f"s.k = IF(r % 10 = 0, (r DIV 64) % {SITES}, e.k % {SITES})"
    columns = ", ".join(f"`{name}`" for name in names)
    return f"INSERT INTO {table.name} ({columns}) SELECT {chosen} FROM ({come}) e JOIN bench_site s ON {at} ORDER BY n"


def _takings(start: int, rows: int, plans: Sequence[UUID]) -> str:
    plan = ", ".join(f"x'{plan_id.hex}'" for plan_id in plans)
    return f"""INSERT INTO reports_taking_fact
      (receipt_number, line, member_id, site_id, local_on, plan_id, method, currency, amount_minor)
      SELECT n + 1, 1, {_id("member", "n")}, s.id,
        DATE_ADD('{FIRST}', INTERVAL FLOOR(n * {DAYS} / {rows}) DAY), ELT(1 + n % {PLANS}, {plan}), 'terminal', 'DKK',
        IF(n % 50 = 0, -30000, 30000)
      FROM (SELECT {start} + n AS n FROM bench_number WHERE {start} + n < {rows}) a
      JOIN bench_site s ON s.k = n % {SITES}"""


def _heard(kiosk: int) -> str:
    """Every hour but one in 500."""
    return f"""INSERT INTO reports_heard_hour (device_id, hour_at, site_id, local_on, heard_s, losses)
      SELECT {_id("kiosk", str(kiosk))}, TIMESTAMPADD(HOUR, n, '{FIRST}'), s.id,
        DATE(TIMESTAMPADD(HOUR, n + 1, '{FIRST}')), 3600 - (n % 97 = 0) * 300, n % 97 = 0
      FROM bench_number JOIN bench_site s ON s.k = {kiosk % SITES}
      WHERE n < {DAYS * 24} AND (n + {kiosk}) % 500 <> 0"""


_FACTS: Mapping[str, str] = {
    "reports_visit_fact": """INSERT INTO reports_visit_fact
      (visit_id, version, site_id, local_on, local_hour, is_void, member_id)
      SELECT id, 1, site_id, local_on, local_hour, 0, member_id FROM gym_attendance
      WHERE local_on >= '{first}' AND local_on < '{end}' AND outcome = 'granted' ORDER BY id""",
    "reports_refusal_fact": """INSERT INTO reports_refusal_fact (event_id, site_id, local_on, reason, member_id)
      SELECT id, site_id, local_on, reason, member_id FROM gym_attendance
      WHERE local_on >= '{first}' AND local_on < '{end}' AND outcome = 'denied' ORDER BY id""",
}
_SUMS = (
    """INSERT INTO reports_visits_by_hour SELECT site_id, local_on, local_hour, COUNT(*)
      FROM reports_visit_fact GROUP BY 1, 2, 3""",
    """INSERT INTO reports_visits_by_week (member_id, week_on, visits)
      SELECT member_id, DATE_SUB(local_on, INTERVAL WEEKDAY(local_on) DAY), COUNT(*)
      FROM reports_visit_fact GROUP BY 1, 2""",
    """INSERT INTO reports_visits_by_month (member_id, month_on, visits)
      SELECT member_id, DATE_SUB(local_on, INTERVAL DAY(local_on) - 1 DAY), COUNT(*)
      FROM reports_visit_fact GROUP BY 1, 2""",
    """INSERT INTO reports_cohort_by_month (site_id, joined_month_on, month_on, members)
      SELECT m.site_id, DATE_SUB(m.joined_on, INTERVAL DAY(m.joined_on) - 1 DAY), v.month_on, COUNT(*)
      FROM reports_visits_by_month v JOIN reports_member_fact m ON m.member_id = v.member_id GROUP BY 1, 2, 3""",
    """INSERT INTO reports_refusals_by_day SELECT site_id, local_on, reason, COUNT(*)
      FROM reports_refusal_fact GROUP BY 1, 2, 3""",
    """INSERT INTO reports_members_by_day (site_id, local_on, joined, `left`)
      SELECT site_id, day, SUM(joined), SUM(gone) FROM (
        SELECT site_id, joined_on AS day, 1 AS joined, 0 AS gone FROM reports_member_fact
        UNION ALL SELECT site_id, left_on, 0, 1 FROM reports_member_fact) a GROUP BY 1, 2""",
    """INSERT INTO reports_takings_by_day (site_id, local_on, plan_id, currency, amount_minor)
      SELECT site_id, local_on, plan_id, currency, SUM(amount_minor) FROM reports_taking_fact GROUP BY 1, 2, 3, 4""",
    """INSERT INTO reports_heard_by_day (device_id, local_on, heard_s, losses)
      SELECT device_id, local_on, SUM(heard_s), SUM(losses) FROM reports_heard_hour GROUP BY 1, 2""",
)
_DOORS = """INSERT INTO reports_door_fact (device_id, site_id, first_heard_at, last_heard_at)
  SELECT device_id, MIN(site_id), MIN(hour_at), MAX(hour_at) FROM reports_heard_hour GROUP BY device_id"""
_MACHINES = f"""INSERT INTO reports_machine_fact (machine_id, version, site_id, status, open_faults)
  SELECT {_id("machine", "n")}, 20, s.id, 'in_order', n % 40 = 0
  FROM bench_number JOIN bench_site s ON s.k = n % {SITES} WHERE n < {MACHINES}"""
_SPELLS = f"""INSERT INTO reports_machine_spell (machine_id, since_on, status, version)
  SELECT {_id("machine", "n DIV 20")}, DATE_ADD('{FIRST}', INTERVAL (n % 20) * 36 + n % 7 DAY),
    IF(n % 6 = 0, 'out_of_order', 'in_order'), n % 20 + 1 FROM bench_number WHERE n < {MACHINES * 20}"""
_FAULTS = f"""INSERT INTO reports_fault_fact (fault_id, machine_id, site_id, reported_on, resolved_on)
  SELECT {_id("fault", "n")}, {_id("machine", "n DIV 20")}, s.id,
    DATE_ADD('{FIRST}', INTERVAL (n % 20) * 36 DAY), DATE_ADD('{FIRST}', INTERVAL (n % 20) * 36 + 9 DAY)
  FROM bench_number JOIN bench_site s ON s.k = (n DIV 20) % {SITES} WHERE n < {MACHINES * 20}"""
_TABLES = ("gym_attendance", "reports_visit_fact", "reports_visits_by_week", "reports_visits_by_month", "reports_habit")
