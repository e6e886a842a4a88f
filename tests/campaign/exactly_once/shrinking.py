"""Make a failing scenario small: leave out what it does not need, then make what is left plain."""

from collections.abc import Callable, Iterator, Sequence

from tests.campaign.exactly_once.scenario import Step

Fails = Callable[[Sequence[Step]], bool]
_PLAIN = {
    "fate": "fine", "call": 0, "dies": None, "hit": 0, "kiosk": 0, "member": 0, "image": 0, "backup": 0, "which": 0,
    "by_hand": False, "after_s": 31, "skew_s": 0, "code": "card",
}  # fmt: skip


def shrink(steps: Sequence[Step], fails: Fails) -> list[Step]:
    """A smallest list that still fails, as far as taking away blocks, single steps and arguments gets."""
    small = _without_blocks(list(steps), fails)
    for number in range(len(small)):
        for simpler in _plainer(small[number]):
            tried = [*small[:number], simpler, *small[number + 1 :]]
            if fails(tried):
                small = tried
    return _without_blocks(small, fails)


def _without_blocks(steps: list[Step], fails: Fails) -> list[Step]:
    size = max(1, len(steps) // 2)
    while True:
        start = 0
        while start < len(steps):
            tried = steps[:start] + steps[start + size :]
            if fails(tried):
                steps = tried
            else:
                start += size
        if size == 1:
            return steps
        size = max(1, size // 2)


def _plainer(step: Step) -> Iterator[Step]:
    """The step with more and more of its arguments as plain as can be."""
    operation, arguments = step
    kept = dict(arguments)
    for name in arguments:
        if name in _PLAIN and kept[name] != _PLAIN[name]:
            yield operation, {**kept, name: _PLAIN[name]}
