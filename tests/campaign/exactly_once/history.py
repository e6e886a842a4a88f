"""What happened, as the model remembers it: every event ever written down, and which of them may be missing in the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from tests.campaign.exactly_once.disk import Fact


class Violation(AssertionError):
    """A promise was broken."""


@dataclass(slots=True)
class History:
    """``made``: every event that was ever on a kiosk's disk.

    ``forgotten``: those that a disk lost to an older image, or to a wipe that was carried out; the cloud alone has them.
    ``excused``: those that may be missing in the cloud: forgotten before they were sent, or by a restored cloud
    after that.
    """

    made: dict[UUID, Fact] = field(default_factory=dict)
    forgotten: set[UUID] = field(default_factory=set)
    excused: set[UUID] = field(default_factory=set)

    def note(self, events: Mapping[UUID, Fact]) -> None:
        """See what a disk holds.

        Raises:
            Violation: an event is not what it was.
        """
        for event_id, fact in events.items():
            if self.made.setdefault(event_id, fact) != fact:
                raise Violation(f"event {event_id} changed on the disk")

    def roll_back(self, vanished: set[UUID], in_cloud: set[UUID]) -> None:
        """A disk was put back to an older state."""
        self.forgotten |= vanished
        self.excused |= vanished - in_cloud

    def wipe(self, vanished: set[UUID]) -> None:
        """A kiosk was wiped after it handed its events in."""
        self.forgotten |= vanished

    def restore(self, vanished: set[UUID], being_wiped: set[UUID]) -> None:
        """The cloud was put back to an older state; kiosks send again what they keep.

        One that is being wiped may just have handed in its events, and keeps nothing for the time after that.
        """
        self.excused |= vanished & (self.forgotten | being_wiped)
