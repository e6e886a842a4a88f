"""What the door answers to a scan, once it is written down."""

from dataclasses import dataclass

from shared.domain.decision import Decision, Granted
from shared.domain.ids import EventId
from shared.domain.site import Site


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds from the code's text to the decision, and of the commit."""

    decide_ms: float
    commit_ms: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision; the event of a grant or a refusal is on the disk before this exists.

    ``name`` is the public name, for a grant or a repeat by a pass that unseals one, unless the gym hides names.
    ``event_id`` and ``number`` are None for a repeat, and for an unknown code that was not worth an event.
    ``offline``: the last poll of the roster was not answered. ``site`` is for texts: zone, policies.
    """

    decision: Decision
    site: Site
    name: str | None
    event_id: EventId | None
    number: int | None
    offline: bool
    timings: Timings


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """Nothing could be written down, so this is amber: see the desk. Never green.

    ``opens`` is what the site's setting says for a pass that would have been let in; False for any other.
    """

    opens: bool
    site: Site
    offline: bool


Answer = Verdict | NotRecorded


def opens(answer: Answer) -> bool:
    """Whether the door opens: for who is let in now. A repeat opens nothing; see promise 2 for what is not recorded."""
    return answer.opens if isinstance(answer, NotRecorded) else isinstance(answer.decision, Granted)
