"""What holds for all tests: no window needs a display, no unit test reaches a network, examples are the same each run."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile(
    "fixed", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fixed")

_ALLOWED = ("integration", "e2e", "gui")


class _NoNetwork(socket.socket):
    """A socket that may only stay inside the machine's own kernel."""

    def connect(self, address):
        if self.family != socket.AF_UNIX:
            pytest.fail(f"a unit test tried to connect to {address!r}")
        super().connect(address)


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
