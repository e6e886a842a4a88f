"""Exactly once, over the product's own code: searched from fixed seeds, and every planted bug found again."""

import pytest

from tests.campaign.exactly_once.history import Violation
from tests.campaign.exactly_once.planted import PLANTED
from tests.campaign.exactly_once.playing import failure_of
from tests.campaign.exactly_once.scenario import load, names
from tests.campaign.exactly_once.searching import quietly, search
from tests.campaign.exactly_once.slots import COMPONENTS
from tests.campaign.exactly_once.template import template
from tests.support.cloud import GYM_DATABASE
from tests.support.servers import shared as servers
from tests.support.servers.kafka import MockKafka

SEEDS = (5, 6, 7, 8)
EXAMPLES_A_SEED = 250
EXAMPLES_ON_SERVER = 60
EXAMPLES_ON_COMPONENTS = 20


@pytest.fixture(scope="module", autouse=True)
def _the_template():
    template()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_event_whose_light_was_shown_is_in_the_cloud_once(seed):
    result = search(EXAMPLES_A_SEED, seed_number=seed)
    assert result.failure is None, result.played
    assert result.examples >= EXAMPLES_A_SEED


def test_the_same_holds_with_the_cloud_on_a_database_server(monkeypatch):
    monkeypatch.setenv(GYM_DATABASE, "mysql")
    result = search(EXAMPLES_ON_SERVER, seed_number=9)
    assert result.failure is None, result.played
    assert result.examples >= EXAMPLES_ON_SERVER


def test_the_same_holds_with_two_processes_on_mysql_kafka_and_redis(monkeypatch):
    """And each event is counted once, in visits, in reports and in who is inside."""
    if isinstance(servers.kafka(), MockKafka):
        pytest.skip("the mock cluster keeps no offsets")
    monkeypatch.setenv(GYM_DATABASE, COMPONENTS)
    result = search(EXAMPLES_ON_COMPONENTS, seed_number=10)
    assert result.failure is None, result.played
    assert result.examples >= EXAMPLES_ON_COMPONENTS


@pytest.mark.parametrize("name", names())
def test_the_product_holds_in_the_scenario_that_a_planted_bug_fails(name):
    scenario = load(name)
    with quietly():
        assert failure_of(scenario.steps, seed=scenario.seed) is None
        with PLANTED[name].plant():
            failure = failure_of(scenario.steps, seed=scenario.seed)
        assert isinstance(failure, Violation), failure  # a plant that crashes the product would prove nothing


REQUIRED = {
    "sent_marked_before_the_answer",
    "no_idempotency",
    "cursor_before_rows",
    "no_epoch",
    "reused_number_taken_as_duplicate",
    "answers_matched_by_position",
    "upload_blocks_download",
    "half_snapshot_swapped",
    "wipe_before_salvage",
    "checksum_ignored",
    "acknowledged_events_pruned_too_early",
    "tombstone_lost",
}


def test_the_bugs_that_matter_most_have_their_scenarios():
    assert set(names()) >= REQUIRED
    assert set(names()) <= set(PLANTED)
