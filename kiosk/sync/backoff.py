"""How long to wait after a failure: full jitter, and never less than the other side asked for."""

import random

from shared.errors import FitError, Unavailable

_LONGEST_WISH_S = 15 * 60.0


class Backoff:
    """Counts failures running. Seconds everywhere."""

    def __init__(self, *, base_s: float = 1.0, most_s: float = 60.0, rng: random.Random | None = None) -> None:
        self._base_s = base_s
        self._most_s = most_s
        self._rng = rng or random.Random()
        self._failures = 0

    def reset(self) -> None:
        self._failures = 0

    def after(self, error: FitError | None, *, most_s: float | None = None) -> float:
        """The wait after one more failure. ``most_s`` makes it shorter for a failure that waiting does not mend."""
        ceiling = min(most_s or self._most_s, self._base_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        wish = error.retry_after_s if isinstance(error, Unavailable) else None
        return min(wish or 0.0, _LONGEST_WISH_S) + self._rng.uniform(0, ceiling)
