"""One id through a request and what it sets off: a client's trace is continued when it is well formed."""

import json
import logging
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.responses import PlainTextResponse

from cloud_api.common.dispatcher import Dispatcher
from cloud_api.common.json_logs import JsonLines
from cloud_api.common.middleware import Shell
from cloud_api.common.outbox import Consumer, Event, publish, unpack
from cloud_api.common.tables import OutboxMessage
from cloud_api.common.tracing import Trace, continued, current_trace, tracing
from tests.support.asgi import AsgiLoop
from tests.support.builders import an_id
from tests.support.cloud import StillClock

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
GOOD = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


async def tell_trace(scope, receive, send):
    await receive()
    await PlainTextResponse(current_trace().traceparent)(scope, receive, send)


@pytest.fixture
def client():
    loop = AsgiLoop(Shell(tell_trace, clock=StillClock()))
    with loop.client() as client:
        yield client
    loop.close()


def test_a_clients_trace_is_continued_with_a_step_of_our_own(client):
    answer = client.get("/", headers={"traceparent": GOOD})
    assert answer.headers["X-Request-Id"] == TRACE_ID
    version, trace_id, span_id, flags = answer.text.split("-")
    assert (version, trace_id, flags) == ("00", TRACE_ID, "01")
    assert span_id != "00f067aa0ba902b7"
    assert len(span_id) == 16


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nora@fit.example",
        TRACE_ID,
        f"01-{TRACE_ID}-00f067aa0ba902b7-01",
        f"00-{TRACE_ID.upper()}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"{GOOD}-more",
        f"{GOOD} ",
        f"00-{TRACE_ID}\u0661-00f067aa0ba902b7-01",
    ],
)
def test_what_is_no_trace_begins_a_new_one(header):
    trace = continued(header)
    assert trace.trace_id != TRACE_ID
    assert len(trace.trace_id) == 32
    assert continued(trace.traceparent).trace_id == trace.trace_id


def test_two_traces_at_once_are_none(client):
    answer = client.get("/", headers=[("traceparent", GOOD), ("traceparent", GOOD)])
    assert answer.headers["X-Request-Id"] != TRACE_ID


def test_a_trace_ends_with_its_work():
    assert current_trace() is None
    with tracing(Trace(TRACE_ID, "00f067aa0ba902b7")) as trace:
        assert current_trace() is trace
    assert current_trace() is None


class Taker:
    """Takes in events and remembers under which trace; fails so many times first."""

    def __init__(self, fails=0):
        self.fails = fails
        self.traces = []
        self.consumer = Consumer(topic="member", name="taker", handler=self.take)

    def take(self, session, event):
        trace = current_trace()
        self.traces.append(None if trace is None else trace.trace_id)
        publish(session, topic="visit", type="visit.opened", key=event.key, payload={})
        if self.fails:
            self.fails -= 1
            raise KeyError("about Nora")


def send(database, traceparent):
    with database.transaction() as session, tracing(continued(traceparent)) if traceparent else nullcontext():
        publish(session, topic="member", type="member.changed", key=an_id(1), payload={})


def traces_of(database, topic):
    with database.reading() as session:
        rows = session.exec(select(OutboxMessage.traceparent).where(OutboxMessage.topic == topic)).all()
    return [None if row is None else row.split("-")[1] for row in rows]


def test_the_events_of_one_request_are_taken_in_under_its_trace(database):
    taker = Taker()
    send(database, GOOD)
    Dispatcher(database, [taker.consumer]).run_pending()
    assert taker.traces == [TRACE_ID]
    assert traces_of(database, "visit") == [TRACE_ID]


def test_events_of_several_requests_are_taken_in_at_once_under_none_of_their_traces(database):
    taker = Taker()
    send(database, GOOD)
    send(database, continued(None).traceparent)
    Dispatcher(database, [taker.consumer]).run_pending()
    assert taker.traces == [None, None]


def test_a_message_that_is_tried_again_keeps_its_trace_and_so_do_its_log_lines(database, clock, caplog):
    taker, lines = Taker(fails=2), []
    handler = logging.StreamHandler()
    handler.emit = lambda record: lines.append(json.loads(JsonLines().format(record)))
    logging.getLogger("cloud_api.common.intake").addHandler(handler)
    send(database, GOOD)
    dispatcher = Dispatcher(database, [taker.consumer])
    for _ in range(3):
        dispatcher.run_pending()
        clock.advance(timedelta(minutes=5))
    logging.getLogger("cloud_api.common.intake").removeHandler(handler)
    assert taker.traces == [TRACE_ID] * 3
    assert [line["trace_id"] for line in lines] == [TRACE_ID] * 2
    assert not any("Nora" in line["message"] for line in lines)


def test_the_envelope_carries_it_over_a_bus(database):
    send(database, GOOD)
    with database.reading() as session:
        [event] = unpack(session, session.exec(select(OutboxMessage)).one(), {})
    envelope = event.envelope()
    assert envelope["traceparent"].split("-")[1] == TRACE_ID
    assert Event.from_envelope(json.loads(json.dumps(envelope))) == event
    assert "traceparent" not in replace(event, traceparent=None).envelope()
