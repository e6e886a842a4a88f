"""``make bench``: run the benchmarks and print one table.

Ratios measured in one run must hold, or the exit code is 1. Absolute times are goals for an idle 2-core machine: they
are shown beside the load average and judged by the reader.
"""

import argparse
import importlib
import os
import platform
import sys
import time

from tests.bench.report import Report
from tests.support.servers import shared as servers

MODULES = ("scanner", "stream", "kiosk", "ingest", "roster", "members", "moving", "desk", "reports", "server")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(MODULES)} (default: all)")
    parser.add_argument("--rows", metavar="N", help="rows of attendance that the reports are asked of (10 million)")
    asked = parser.parse_args()
    names = asked.only or MODULES
    if asked.rows:
        os.environ["FIT_BENCH_ROWS"] = asked.rows
    report = Report()
    is_own_run = servers.open_run()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", flush=True)
    for name in names:
        started = time.perf_counter()
        load = os.getloadavg()[0]
        report.section(f"{name} (load average {load:.1f} at its start)")
        importlib.import_module(f"tests.bench.{name}").run(report)
        report.note(f"{name} took {time.perf_counter() - started:.0f} s")
    if is_own_run:
        servers.close_run()
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
