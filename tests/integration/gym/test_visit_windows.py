"""Deriving only a window around what changed gives the visits that deriving everything gives."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cloud_api.gym.deriving import Span, find_window
from shared.domain.device import Direction
from shared.domain.visits import derive_visits
from tests.support.builders import NOON, a_check_in, an_id

_DWELL = timedelta(hours=2)
_MINUTES = st.integers(0, 6 * 24 * 60)
_EVENTS = st.lists(
    st.tuples(_MINUTES, st.sampled_from([Direction.ENTRY, Direction.ENTRY, Direction.EXIT])), max_size=14
)
_CLOSE = st.lists(st.tuples(st.integers(0, 700), st.sampled_from(Direction)), max_size=14)


class Keeper:
    """Visits kept the way the cloud keeps them, with everything in memory."""

    def __init__(self) -> None:
        self.check_ins = {}
        self.voided = set()
        self.visits = {}

    def add(self, item) -> None:
        self.check_ins[item.event_id] = item
        if item.event_id not in self.voided:
            self._derive_again(item.at)

    def void(self, event_id) -> None:
        self.voided.add(event_id)
        if event_id in self.check_ins:
            self._derive_again(self.check_ins[event_id].at)

    def _derive_again(self, touched) -> None:
        living = [item for item in self.check_ins.values() if item.event_id not in self.voided]
        reach, window = timedelta(days=2), None
        while window is None:
            loaded = Span(touched, touched).widened(reach)
            known = [item for item in living if loaded.first <= item.at <= loaded.last]
            window = find_window(known, touched=[touched], loaded=loaded, dwell=_DWELL)
            reach *= 2
        inside = [item for item in known if item.at in window]
        kept = {key: visit for key, visit in self.visits.items() if visit.opened_at not in window}
        self.visits = kept | {visit.opened_by: visit for visit in derive_visits(inside, dwell=_DWELL)}


@settings(max_examples=400)
@given(events=st.one_of(_EVENTS, _CLOSE), seed=st.randoms(use_true_random=False), voids=st.integers(0, 4))
def test_a_window_is_enough_in_every_order(events, seed, voids):
    check_ins = [
        a_check_in(NOON + timedelta(minutes=minute), event_id=an_id(number), direction=direction)
        for number, (minute, direction) in enumerate(events)
    ]
    voided = seed.sample([item.event_id for item in check_ins], min(voids, len(check_ins)))
    steps = [("add", item) for item in check_ins] + [("void", event_id) for event_id in voided]
    seed.shuffle(steps)
    keeper = Keeper()
    for step, thing in steps:
        getattr(keeper, step)(thing)
    whole = derive_visits(check_ins, dwell=_DWELL, voided=frozenset(voided))
    assert sorted(keeper.visits.values(), key=lambda visit: visit.opened_at) == list(whole)


def test_a_window_reaches_back_to_the_visit_that_an_exit_belongs_to():
    entry = a_check_in(NOON, event_id=an_id(1))
    exit_at = NOON + timedelta(hours=9)
    loaded = Span(exit_at, exit_at).widened(timedelta(days=2))
    window = find_window([entry], touched=[exit_at], loaded=loaded, dwell=_DWELL)
    assert window is not None
    assert entry.at in window


def test_more_is_asked_for_when_a_chain_of_entries_runs_out_of_what_was_loaded():
    chain = [a_check_in(NOON + timedelta(hours=hour), event_id=an_id(hour)) for hour in range(40)]
    at = NOON + timedelta(hours=20)
    loaded = Span(at, at).widened(timedelta(hours=10))
    known = [item for item in chain if loaded.first <= item.at <= loaded.last]
    assert find_window(known, touched=[at], loaded=loaded, dwell=_DWELL) is None
