"""``make campaign``: the tests that take long. Each part prints what it does; the exit code is 1 when one fails."""

import argparse
import importlib
import sys
import time
from collections.abc import Callable


def _mutants() -> bool:
    return importlib.import_module("tests.campaign.mutants").main([]) == 0


def _exactly_once() -> bool:
    ran: bool = importlib.import_module("tests.campaign.exactly_once.campaign").run()
    return ran


def _powerloss() -> bool:
    ran: bool = importlib.import_module("tests.campaign.powerloss").run(argparse.Namespace())
    return ran


def _kills() -> bool:
    ran: bool = importlib.import_module("tests.campaign.kills").run(argparse.Namespace())
    return ran


def _components() -> bool:
    ran: bool = importlib.import_module("tests.campaign.component_kills").run()
    return ran


def _mysql() -> bool:
    ran: bool = importlib.import_module("tests.campaign.on_servers").search_on_mysql()
    return ran


def _processes() -> bool:
    ran: bool = importlib.import_module("tests.campaign.on_servers").search_on_components()
    return ran


def _mariadb() -> bool:
    ran: bool = importlib.import_module("tests.campaign.on_servers").integration_on_mariadb()
    return ran


def _fuzz() -> bool:
    ran: bool = importlib.import_module("tests.campaign.fuzz").run()
    return ran


PARTS: dict[str, Callable[[], bool]] = {
    "mutants": _mutants,
    "exactly_once": _exactly_once,
    "powerloss": _powerloss,
    "kills": _kills,
    "components": _components,
    "fuzz": _fuzz,
    "mysql": _mysql,
    "processes": _processes,
    "mariadb": _mariadb,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make campaign", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    failed = []
    for name in parser.parse_args().only or PARTS:
        started = time.perf_counter()
        print(f"== {name}", flush=True)
        if not PARTS[name]():
            failed.append(name)
        print(
            f"== {name}: {'FAILED' if name in failed else 'held'} in {time.perf_counter() - started:.0f} s", flush=True
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
