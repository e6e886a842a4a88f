"""What holds for all tests: no window needs a display, no unit test reaches a network, examples are the same each run."""

import gc
import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.remembering import remember
from tests.support.servers import shared as servers

remember()
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile(
    "fixed", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fixed")


def pytest_configure(config):
    """Servers are started once per run, by whichever test asks first, and named at the end."""
    config.stash[_OWNS_RUN] = servers.open_run()


def pytest_terminal_summary(terminalreporter):
    if started := servers.servers_of_run():
        terminalreporter.write_sep("=", "servers")
        terminalreporter.write_line(", ".join(started))


def pytest_unconfigure(config):
    if config.stash.get(_OWNS_RUN, False):
        servers.close_run()


_OWNS_RUN = pytest.StashKey[bool]()
_ALLOWED = ("integration", "e2e", "gui")


class _NoNetwork(socket.socket):
    """A socket that may only stay inside the machine's own kernel."""

    def connect(self, address):
        if self.family != socket.AF_UNIX:
            pytest.fail(f"a unit test tried to connect to {address!r}")
        super().connect(address)


def pytest_runtest_logfinish(nodeid, location):
    """What is alive after some tests stays alive: the garbage collector looks at it once, and not in between."""
    _finished.append(nodeid)
    if len(_finished) % _TESTS_BETWEEN_FREEZES == 0:
        gc.collect()
        gc.freeze()


_finished: list[str] = []
_TESTS_BETWEEN_FREEZES = 10
gc.set_threshold(20_000, 20, 1_000_000)


@pytest.fixture(autouse=True)
def _block_sockets(request, monkeypatch):
    folder = Path(str(request.node.path)).parts
    if not any(name in folder for name in _ALLOWED) and "network" not in request.keywords:
        monkeypatch.setattr(socket, "socket", _NoNetwork)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where everything can be had (CI=true), a skipped test is a failed one."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {call.excinfo.value if call.excinfo else ''}"
    return report
