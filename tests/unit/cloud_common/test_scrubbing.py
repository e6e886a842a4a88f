"""An exception is told by its type, its code and where it was raised; never by its message."""

import sqlite3

import pytest
from pydantic import BaseModel, ValidationError
from pymysql.err import IntegrityError as MySqlError
from sqlalchemy.exc import IntegrityError

from cloud_api.common import scrubbing
from shared.errors import InvalidInput, Rejected


class Form(BaseModel):
    age: int


def raised(work):
    with pytest.raises(BaseException) as caught:  # noqa: PT011  # any at all
        work()
    return caught.value


def fail(error, cause=None):
    raise error from cause


def sqlite_error():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    connection.execute("INSERT INTO t VALUES (1)")
    try:
        connection.execute("INSERT INTO t VALUES (1)")
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("error", "summary"),
    [
        (KeyError("Nora"), "KeyError"),
        (Rejected("Nora is gone.", code="member_unknown"), "shared.errors.Rejected (member_unknown)"),
        (InvalidInput("Nora is no date."), "shared.errors.InvalidInput"),
        (OSError(28, "No space left", "/home/nora"), "OSError (28)"),
        (raised(sqlite_error), "sqlite3.IntegrityError (SQLITE_CONSTRAINT_PRIMARYKEY)"),
        (
            IntegrityError("INSERT", {"name": "Nora"}, MySqlError(1062, "Duplicate entry 'Nora'")),
            "sqlalchemy.exc.IntegrityError (1062)",
        ),
    ],
)
def test_type_and_code(error, summary):
    assert scrubbing.summary(error) == summary


def test_a_validation_error_does_not_repeat_its_input():
    given = "nora".upper()  # not in a line of code, which a traceback shows
    error = raised(lambda: Form.model_validate({"age": given}))
    assert isinstance(error, ValidationError)
    assert given in str(error)
    assert given not in scrubbing.trace(error)


def test_the_whole_chain_is_told_with_its_frames():
    text = scrubbing.trace(raised(lambda: fail(ValueError("about Nora"), cause=KeyError("Nora"))))
    assert text.count("Traceback") == 2
    assert "in fail" in text
    assert [name in text for name in ("ValueError", "KeyError", "which came after")] == [True] * 3


def test_a_group_tells_of_each():
    group = ExceptionGroup("Nora and others", [KeyError("Nora"), OSError(5, "Nora")])
    text = scrubbing.trace(group)
    assert "KeyError" in text
    assert "OSError (5)" in text
    assert "Nora" not in text


def test_an_endless_recursion_is_told_briefly():
    def deeper():
        deeper()

    assert len(scrubbing.trace(raised(deeper)).splitlines()) < 200


def test_a_chain_that_bites_its_tail_ends():
    one, two = KeyError(), ValueError()
    one.__cause__, two.__cause__ = two, one
    assert scrubbing.trace(one).count("Traceback") == 2
