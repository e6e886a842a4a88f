"""Break the rule book in every small way and see whether its tests notice.

    python -m tests.campaign.mutants [--sample N] [--seed S] [--tests PATH ...]

Each mutant runs in a forked child that has imported nothing of ours yet. Ends with 1 when a mutant lives.
"""

import argparse
import ast
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import CodeType, ModuleType

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"

import hypothesis  # noqa: F401  # before the fork, so that no child has to
import pytest

import shared.contracts.devices  # noqa: F401  # likewise; it rests on most of the domain, but not on the decision
from tests.campaign.mutations import Mutant, mutants_of

ROOT = Path(__file__).resolve().parents[2]
_TESTS = Path("tests/unit/domain")
_TABLES = [str(path.relative_to(ROOT)) for path in sorted((ROOT / _TESTS).glob("test_decision_*.py"))]
_TABLES.remove(str(_TESTS / "test_decision_properties.py"))

TARGETS: dict[str, tuple[frozenset[str], list[str]]] = {
    "decision": (frozenset(), _TABLES),
    "entitlement": (frozenset(), _TABLES),
    "membership": (
        frozenset({"standing_on", "last_day", "thaws_on", "left"}),
        [*_TABLES, str(_TESTS / "test_membership_rules.py")],
    ),
    "member": (frozenset({"holds_at"}), _TABLES),
    "passes": (frozenset({"kind_of"}), _TABLES),
    "plan": (
        frozenset({"minute_of_day", "in_windows", "openings_on", "next_opening"}),
        [str(_TESTS / "test_hours_rules.py")],
    ),
    "roster": (frozenset({"is_older_than"}), _TABLES),
    "site": (frozenset({"_windows_for", "is_open", "opens_next"}), [str(_TESTS / "test_hours_rules.py")]),
    "time": (frozenset({"__contains__", "local_day", "is_lost"}), [*_TABLES, str(_TESTS / "test_time_rules.py")]),
}
"""What ``decide`` is made of: module, its functions (none means all), and the tests that must notice."""

_LIMIT_S = 120
_PASSED, _FAILED, _BROKEN = pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED


def all_mutants() -> list[Mutant]:
    """Every mutant of what ``decide`` is made of, in the order of the modules."""
    return [
        mutant
        for module, (functions, _) in TARGETS.items()
        for mutant in mutants_of(module, _source(module).read_text(), functions)
    ]


def survives(module: str, tree: ast.Module, tests: list[str]) -> bool:
    """Whether all tests pass on a changed module. A test that hangs has noticed."""
    child = os.fork()
    if child == 0:
        os._exit(_run_in_child(module, tree, tests))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (_PASSED, _FAILED, _BROKEN, -signal.SIGALRM):
        message = f"pytest ended with {code} for a mutant of {module}"
        raise RuntimeError(message)
    return code == _PASSED


def _run_in_child(module: str, tree: ast.Module, tests: list[str]) -> int:
    signal.alarm(_LIMIT_S)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    code = compile(tree, str(_source(module)), "exec")
    try:
        _install(f"shared.domain.{module}", code)
    except Exception:  # noqa: BLE001  # a module that cannot even be imported is noticed by any test
        return _BROKEN
    return pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(ROOT), *tests])


def _install(name: str, code: CodeType) -> None:
    """Put a changed module where the tests will import it; what rests on the sound one is forgotten."""
    if name in sys.modules:
        for other in [other for other in sys.modules if other.startswith("shared.")]:
            del sys.modules[other]
    module = sys.modules[name] = ModuleType(name)
    exec(code, module.__dict__)  # noqa: S102  # our own source, changed


def _source(module: str) -> Path:
    return ROOT / "shared" / "domain" / f"{module}.py"


def _check_unbroken(modules: Iterable[str], tests: list[str] | None) -> None:
    for module in modules:
        if not survives(module, ast.parse(_source(module).read_text()), tests or TARGETS[module][1]):
            sys.exit(f"the tests of {module} fail without any mutant")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="only this many mutants, drawn by the seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tests", nargs="+", help="these tests instead of the modules' own")
    options = parser.parse_args(arguments)
    os.chdir(ROOT)
    started, mutants = time.perf_counter(), all_mutants()
    if options.sample is not None:
        mutants = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
    _check_unbroken(dict.fromkeys(mutant.module for mutant in mutants), options.tests)
    survivors = [
        mutant
        for mutant in mutants
        if survives(mutant.module, mutant.tree(), options.tests or TARGETS[mutant.module][1])
    ]
    _report(mutants, survivors, time.perf_counter() - started)
    return 1 if survivors else 0


def _report(mutants: list[Mutant], survivors: list[Mutant], seconds: float) -> None:
    made, left = (Counter(mutant.module for mutant in some) for some in (mutants, survivors))
    print(f"{'module':<14}{'mutants':>9}{'caught':>9}{'alive':>9}")
    for module in made:
        print(f"{module:<14}{made[module]:>9}{made[module] - left[module]:>9}{left[module]:>9}")
    print(f"{'all':<14}{len(mutants):>9}{len(mutants) - len(survivors):>9}{len(survivors):>9}  in {seconds:.0f} s")
    for mutant in survivors:
        print(f"\nalive: shared/domain/{mutant.told()}")


if __name__ == "__main__":
    sys.exit(main())
