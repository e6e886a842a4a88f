"""One search: so many examples from one seed, until something fails."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import HypothesisWarning
from hypothesis.stateful import get_state_machine_test

from tests.campaign.exactly_once.machine import SEED, machine
from tests.campaign.exactly_once.playing import failure_of
from tests.campaign.exactly_once.scenario import Step
from tests.campaign.exactly_once.shrinking import shrink

STEPS = 30
"""Rules in one example; some are several operations."""


@dataclass(frozen=True, slots=True)
class Search:
    """What a search came to. ``failure`` is None when every promise held; ``found_at`` counts examples from 1.

    ``steps`` counts operations, those of the last part (waiting for quiet) not among them.
    """

    examples: int
    steps: int
    seconds: float
    failure: Exception | None = None
    found_at: int | None = None
    played: tuple[Step, ...] = ()


def search(examples: int, *, seed_number: int) -> Search:
    """Play examples until one fails. The same number gives the same examples."""

    class Machine(machine()):  # type: ignore[misc]
        pass

    limits = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        phases=[Phase.generate],  # what is found is made small by our own shrinker, which plays without Hypothesis
        database=None,
        derandomize=False,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    started = time.perf_counter()
    failure = None
    with quietly():
        try:
            seed(seed_number)(get_state_machine_test(Machine, settings=limits))()
        except Exception as error:  # noqa: BLE001  # whatever it is, it was not injected
            failure = error
    seconds = time.perf_counter() - started
    return Search(Machine.examples, Machine.steps, seconds, failure, Machine.found_at, Machine.played)


def smallest(found: Search) -> tuple[Step, ...]:
    """The scenario of a search that failed, made small."""
    kind = type(found.failure)
    with quietly():
        return tuple(shrink(found.played, lambda steps: isinstance(failure_of(steps, seed=SEED), kind)))


@contextmanager
def quietly() -> Iterator[None]:
    """Without the product's log, which tells of every injected fault, and Hypothesis's reports."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with catch_warnings():
            simplefilter("ignore", HypothesisWarning)
            yield
    finally:
        logging.disable(disabled)
