"""The long forms on servers: the state machine on MySQL, alone and with Kafka and Redis, all integration tests on MariaDB."""

import os
import secrets
import subprocess
import sys
import time

from tests.campaign.exactly_once.searching import search
from tests.campaign.exactly_once.slots import COMPONENTS
from tests.support.cloud import GYM_DATABASE
from tests.support.servers import shared as servers

EXAMPLES = 1000


def search_on_mysql(examples: int = EXAMPLES) -> bool:
    """The state machine with the cloud on MySQL, from a new seed."""
    return _search("mysql", examples)


def search_on_components(examples: int = EXAMPLES) -> bool:
    """The state machine with two processes on MySQL, Kafka and Redis, from a new seed."""
    return _search(COMPONENTS, examples)


def _search(kind: str, examples: int) -> bool:
    seed = secrets.randbelow(2**31)
    is_own_run = servers.open_run()
    os.environ[GYM_DATABASE] = kind
    try:
        started = time.perf_counter()
        result = search(examples, seed_number=seed)
        took = time.perf_counter() - started
        on = ", ".join(servers.servers_of_run())
        print(f"{result.examples} examples on {on} from seed {seed} ({took:.0f} s)", flush=True)
        if result.failure is not None:
            print(f"FAILED: {result.failure!r}: {result.played}", flush=True)
        return result.failure is None
    finally:
        del os.environ[GYM_DATABASE]
        if is_own_run:
            servers.close_run()


def integration_on_mariadb() -> bool:
    """All integration tests that stand on a database server, with MariaDB as that server."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "loadgroup",
        "tests/integration",
        "-k",
        "mysql",
    ]
    with_mariadb = {**os.environ, "FIT_TEST_DB": "mariadb"}
    ended = subprocess.run([*command, "--ignore=tests/integration/exactly_once"], env=with_mariadb, check=False)
    migrations = [sys.executable, "-m", "pytest", "-q", "tests/integration/database"]
    return ended.returncode == subprocess.run(migrations, env=with_mariadb, check=False).returncode == 0
