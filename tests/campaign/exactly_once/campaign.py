"""The long form: many examples from a new seed, every planted bug found again, and its scenario recorded."""

import secrets

from tests.campaign.exactly_once.machine import SEED
from tests.campaign.exactly_once.planted import PLANTED, Planted
from tests.campaign.exactly_once.scenario import Scenario
from tests.campaign.exactly_once.searching import Search, search, smallest
from tests.campaign.exactly_once.template import template

EXAMPLES = 20_000
PLANTED_WITHIN = 1000


def run(examples: int = EXAMPLES, *, seed_number: int | None = None, record: bool = False) -> bool:
    """Search the product as it is, then each planted bug; True when only the planted ones were found."""
    template()
    chosen = secrets.randbelow(2**31) if seed_number is None else seed_number
    print(f"exactly once: {examples} examples from seed {chosen}", flush=True)
    clean = search(examples, seed_number=chosen)
    rate = clean.steps / clean.seconds
    print(f"  {clean.examples} examples, {clean.steps} operations, {rate:.0f} a second: {clean.failure or 'all held'}")
    if clean.failure is not None:
        for step in smallest(clean):
            print(f"    {step}")
    found = [_find(name, planted, chosen, record=record) for name, planted in PLANTED.items()]
    return clean.failure is None and all(found)


def _find(name: str, planted: Planted, seed_number: int, *, record: bool) -> bool:
    with planted.plant():
        result: Search = search(PLANTED_WITHIN, seed_number=seed_number)
        steps = smallest(result) if record and result.failure is not None else ()
    print(f"  {name}: {f'found by example {result.found_at}' if result.failure else 'NOT FOUND'}", flush=True)
    if steps:
        Scenario(planted.about, SEED, steps).save(name)
    return result.failure is not None
