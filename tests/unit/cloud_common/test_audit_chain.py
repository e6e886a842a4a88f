import json

import pytest
from sqlalchemy import text
from sqlmodel import select

from cloud_api.common import audit
from cloud_api.common.audit_chain import find_break
from cloud_api.common.principal import Principal, PrincipalKind
from cloud_api.common.tables import AuditRow
from tests.support.builders import NOON, an_id


def record(database, action="thing.changed", *, service="gym", **facts):
    with database.transaction() as session:
        audit.record(session, **{"service": service, "actor": "system", "action": action, "subject": an_id(1), **facts})


def rows(database):
    with database.reading() as session:
        return session.exec(select(AuditRow).order_by(AuditRow.service, AuditRow.number)).all()


def broken_at(database, service="gym"):
    with database.reading() as session:
        return find_break(session, service)


def test_a_row_says_who_did_what_to_what_and_when(database):
    principal = Principal(an_id(7), PrincipalKind.PERSON, frozenset())
    record(database, actor=principal)
    row = rows(database)[0]
    assert (row.actor, row.action, row.subject, row.at) == (f"person:{an_id(7)}", "thing.changed", str(an_id(1)), NOON)


def test_only_the_names_of_fields_that_differ_are_kept(database):
    record(
        database, before={"name": "Ada", "email": "a@b.c", "plan": 1}, after={"name": "Ada", "email": "new", "zip": 2}
    )
    assert json.loads(rows(database)[0].fields) == ["email", "plan", "zip"]
    assert "Ada" not in rows(database)[0].fields


def test_each_service_has_a_chain_of_its_own(database):
    record(database)
    record(database, service="qr")
    record(database)
    assert [(row.service, row.number) for row in rows(database)] == [("gym", 1), ("gym", 2), ("qr", 1)]
    assert broken_at(database) is broken_at(database, "qr") is broken_at(database, "nobody") is None


def test_rows_come_with_the_change_or_not_at_all(database):
    def fail():
        with database.transaction() as session:
            audit.record(session, service="gym", actor="system", action="a", subject=1)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert rows(database) == []


@pytest.mark.parametrize(
    ("tampering", "found_at"),
    [
        ("UPDATE common_audit SET actor = 'nobody' WHERE number = 2", 2),
        ("UPDATE common_audit SET fields = '[]' WHERE number = 3", 3),
        ("DELETE FROM common_audit WHERE number = 1", 1),
        ("DELETE FROM common_audit WHERE number = 2", 2),
        ("DELETE FROM common_audit WHERE number = 3", 3),
        ("UPDATE common_audit SET hash = replace(hash, 'a', 'b') WHERE number = 3", 3),
        ("UPDATE common_audit SET at = '2026-01-01 00:00:00.000000' WHERE number = 1", 1),
    ],
)
def test_whoever_changes_the_log_is_noticed(database, tampering, found_at):
    for _ in range(3):
        record(database, after={"aaa": 1})
    with database.transaction() as session:
        session.execute(text(tampering))
    assert broken_at(database) == found_at
