"""A log line: one JSON object for machines, text for people; facts are fields."""

import io
import json
import logging
import sys
import threading
import warnings

import pytest

from cloud_api.common import json_logs
from cloud_api.common.json_logs import FIELDS, JsonLines, Lines
from cloud_api.common.tracing import Trace, tracing

TRACE = Trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")


def record(name="cloud_api.gym", message="member %s moved", arguments=("01a1",), error=None, **facts):
    info = None if error is None else (type(error), error, error.__traceback__)
    made = logging.LogRecord(name, logging.WARNING, __file__, 1, message, arguments, info)
    made.created = 1_795_176_000.25
    if facts:
        setattr(made, FIELDS, facts)
    return made


def test_a_line_is_one_object_with_time_level_trace_and_facts():
    with tracing(TRACE):
        line = JsonLines().format(record(status=200, route="/v1/members/{member_id}"))
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-11-20T12:00:00.250+00:00",
        "level": "warning",
        "logger": "cloud_api.gym",
        "message": "member 01a1 moved",
        "trace_id": TRACE.trace_id,
        "status": 200,
        "route": "/v1/members/{member_id}",
    }


def test_a_traceback_is_in_the_same_line():
    line = JsonLines().format(record(error=KeyError("Nora\nDahl")))
    assert "\n" not in line
    assert json.loads(line)["exception"].endswith("KeyError")


def test_a_line_for_a_person_begins_with_what_happened():
    text = Lines().format(record(status=200, principal=None, error=KeyError("Nora")))
    first, rest = text.split("\n", 1)
    assert first == "2026-11-20T12:00:00.250+00:00 warning member 01a1 moved status=200"
    assert rest.endswith("KeyError")


@pytest.fixture
def configured(monkeypatch):
    """The logging of a process, as the server sets it up; put back afterwards."""
    root = logging.getLogger()
    names = [None, "cloud_api", "shared"]
    before = root.handlers[:], [logging.getLogger(name).level for name in names]
    hooks = warnings.showwarning, threading.excepthook, sys.unraisablehook
    text = io.StringIO()
    monkeypatch.setattr(sys, "stderr", text)
    json_logs.configure(level="info", form="json")
    yield text
    root.handlers[:] = before[0]
    for name, level in zip(names, before[1], strict=True):
        logging.getLogger(name).setLevel(level)
    warnings.showwarning, threading.excepthook, sys.unraisablehook = hooks


def lines(text):
    return [json.loads(line) for line in text.getvalue().splitlines()]


def test_the_level_is_that_of_our_own_loggers(configured):
    logging.getLogger("cloud_api.gym").info("ours")
    logging.getLogger("cloud_api.gym").debug("ours, too much")
    logging.getLogger("botocore").info("theirs, too much")
    assert [line["message"] for line in lines(configured)] == ["ours"]


def test_a_thread_that_fails_is_told_without_the_message(configured):
    def fail():
        raise KeyError("about Nora".upper())

    thread = threading.Thread(target=fail, name="mail")
    thread.start()
    thread.join(30)
    [line] = lines(configured)
    assert line["message"] == "mail ended with an error"
    assert "KeyError" in line["exception"]
    assert "NORA" not in configured.getvalue()


def test_a_warning_is_told_without_what_it_says(configured):
    warnings.showwarning("about Nora", UserWarning, "somewhere.py", 3)
    assert [line["message"] for line in lines(configured)] == ["UserWarning at somewhere.py:3"]


def test_what_cannot_be_cleared_away_is_told_without_the_message(configured):
    class Bad:
        def __del__(self):
            raise KeyError("about Nora".upper())

    Bad()
    assert "KeyError" in configured.getvalue()
    assert "NORA" not in configured.getvalue()
