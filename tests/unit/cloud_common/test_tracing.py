"""One id through a request and what it sets off: a client's trace is continued when it is well formed."""

import pytest
from starlette.responses import PlainTextResponse

from cloud_api.common.middleware import Shell
from cloud_api.common.tracing import Trace, continued, current_trace, tracing
from tests.support.asgi import AsgiLoop
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
