"""The long form: many examples from a new seed, and every planted bug found anew. All cores work.

``python -m tests.campaign.exactly_once.campaign [--examples N] [--seed N] [--record] [NAME ...]``: ``--record`` writes what
each planted bug needed into ``scenarios/``, which the tests replay; with names only those planted bugs are searched.
"""

import argparse
import multiprocessing
import os
import secrets
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.campaign.exactly_once.history import Violation
from tests.campaign.exactly_once.machine import SEED
from tests.campaign.exactly_once.planted import PLANTED
from tests.campaign.exactly_once.scenario import Scenario
from tests.campaign.exactly_once.searching import search, smallest

EXAMPLES = 20_000
PLANTED_WITHIN = 1000
_SLICE = 500
"""Examples of one search; the next slice begins at another seed, so that no corner is searched for long."""


def run(
    examples: int = EXAMPLES,
    *,
    seed_number: int | None = None,
    record: bool = False,
    names: Sequence[str] = tuple(PLANTED),
) -> bool:
    """Search the product as it is, then each planted bug; True when only the planted ones were found."""
    chosen = secrets.randbelow(2**31) if seed_number is None else seed_number
    print(f"exactly once: {examples} examples from seed {chosen} on", flush=True)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as workers:
        clean = _search_clean(workers, examples, chosen)
        found = list(workers.map(_find, names, [chosen] * len(names), [record] * len(names)))
        for line, _ in found:
            print(f"  {line}", flush=True)
    return clean and all(good for _, good in found)


def _search_clean(workers: ProcessPoolExecutor, examples: int, chosen: int) -> bool:
    """Slice by slice, telling how far it is once a minute or so."""
    sizes = [min(_SLICE, examples - start) for start in range(0, examples, _SLICE)]
    started, told, done, operations, good = time.perf_counter(), 0.0, 0, 0, True
    for size, (tried, played, trouble) in zip(
        sizes, workers.map(_search, sizes, range(chosen, chosen + len(sizes))), strict=True
    ):
        done, operations, good = done + min(size, tried), operations + played, good and not trouble
        seconds = time.perf_counter() - started
        for line in trouble:
            print(f"  {line}", flush=True)
        if seconds - told > 60 or done >= examples:
            told = seconds
            print(f"  {done} examples, {operations} operations, {operations / seconds:.0f} a second", flush=True)
    return good


def _search(examples: int, seed_number: int) -> tuple[int, int, list[str]]:
    """Examples and operations of a slice, and what failed in words."""
    result = search(examples, seed_number=seed_number)
    if result.failure is None:
        return result.examples, result.steps, []
    head = f"FAILED from seed {seed_number} by example {result.found_at}: {result.failure!r}"
    return result.examples, result.steps, [head, *(f"  {step}" for step in smallest(result))]


def _find(name: str, seed_number: int, record: bool) -> tuple[str, bool]:
    """Search the planted product. Only a broken promise counts: a plant that crashes the product proves nothing."""
    planted = PLANTED[name]
    with planted.plant():
        result = search(PLANTED_WITHIN, seed_number=seed_number)
        good = isinstance(result.failure, Violation)
        steps = smallest(result) if record and good else ()
    if steps:
        Scenario(planted.about, SEED, steps).save(name)
    return f"{name}: {f'found by example {result.found_at}' if good else f'NOT FOUND ({result.failure!r})'}", good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", default=list(PLANTED))
    parser.add_argument("--examples", type=int, default=EXAMPLES)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    held = run(options.examples, seed_number=options.seed, record=options.record, names=options.names)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
