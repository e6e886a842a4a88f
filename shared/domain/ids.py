"""Ids are UUIDs, minted by whoever creates the fact (RFC 9562, version 7: they sort by the time of their making)."""

import secrets
from typing import NewType
from uuid import UUID

GymId = NewType("GymId", UUID)
SiteId = NewType("SiteId", UUID)
MemberId = NewType("MemberId", UUID)
PlanId = NewType("PlanId", UUID)
MembershipId = NewType("MembershipId", UUID)
PassId = NewType("PassId", UUID)
DeviceId = NewType("DeviceId", UUID)
EventId = NewType("EventId", UUID)
StreamId = NewType("StreamId", UUID)
PersonId = NewType("PersonId", UUID)

_RANDOM_BITS = 74


def uuid7(unix_ms: int, random_bits: int | None = None) -> UUID:
    """Make a version 7 UUID from milliseconds since 1970 and 74 random bits.

    ``random_bits`` is for tests and test vectors; None draws from the operating system.
    """
    rand = secrets.randbits(_RANDOM_BITS) if random_bits is None else random_bits
    rand_a, rand_b = rand >> 62, rand & ((1 << 62) - 1)
    return UUID(int=(unix_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)
