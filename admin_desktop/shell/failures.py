"""What went wrong, in plain words: what did not happen, whether to try again, what is kept."""

from dataclasses import dataclass

from admin_desktop.shell.words import Words
from shared.client.errors import ServerFailed
from shared.errors import InvalidInput, Rejected, Unavailable


@dataclass(frozen=True, slots=True)
class Failure:
    """``again`` says that trying again is safe and may help; ``conflict`` that somebody else was faster."""

    title: str
    detail: str
    again: bool
    conflict: bool = False


_CHANGED = "_changed"


def explain(error: Exception, words: Words) -> Failure:
    """Tell a failure. What the cloud says in its own words is shown as it is when the desk has none for its code."""
    match error:
        case ServerFailed():
            return Failure(words("failure.server"), words("failure.server.detail"), again=True)
        case Unavailable():
            return Failure(words("failure.away"), words("failure.away.detail"), again=True)
        case Rejected():
            code = error.code or ""
            known = words(f"refused.{code}") if words.knows(f"refused.{code}") else str(error)
            conflict = code.endswith(_CHANGED)
            return Failure(words("failure.changed") if conflict else words("failure.refused"), known, False, conflict)
        case InvalidInput():
            return Failure(words("failure.input"), str(error), again=False)
        case _:
            return Failure(words("failure.bug"), words("failure.bug.detail"), again=False)
