"""Exceptions say who must act. Refusals at the door are values, not these."""


class FitError(Exception):
    """Base of the errors with a sentence for a person."""


class InvalidInput(FitError):  # noqa: N818  # reads as what it is: raise InvalidInput
    """Staff, or whoever gave the input, must correct it. ``field`` names where, when one is to blame."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Unavailable(FitError):  # noqa: N818
    """The environment is not there right now; trying again helps. ``retry_after_s`` is the other side's wish."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Rejected(FitError):  # noqa: N818
    """The other side's final no, never retried. ``code`` is for programs."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code
