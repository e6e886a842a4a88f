"""Named points in the product where a test may strike: kill the process, cut the power, fail a call.

The product only ever calls :func:`reach`; nothing is installed outside tests.
"""

from collections.abc import Callable

_hooks: list[Callable[[str], None]] = []


def reach(point: str) -> None:
    """Say that a point was reached. Does nothing unless a hook is installed."""
    for hook in _hooks:
        hook(point)


def install(hook: Callable[[str], None]) -> Callable[[], None]:
    """Install a hook, called in the thread that reaches a point; returns the function that takes it out again."""
    _hooks.append(hook)
    return lambda: _hooks.remove(hook)
