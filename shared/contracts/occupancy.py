"""The messages about who is inside a site right now."""

from uuid import UUID

from shared.contracts.base import Instant, Message


class Occupancy(Message):
    """How many members are inside. ``capacity`` is the site's limit, None without one.

    ``as_of`` is when it was counted; ``stale`` says that the cloud cannot count anew right now.
    """

    site_id: UUID
    inside: int
    capacity: int | None
    as_of: Instant
    stale: bool


class Inside(Message):
    """Somebody who came in at ``since``. ``name`` is None for an erased member, and while the database is away."""

    member_id: UUID
    name: str | None
    since: Instant


class InsideList(Message):
    """Who is inside, first come first; ``as_of`` and ``stale`` as in :class:`Occupancy`."""

    site_id: UUID
    items: list[Inside]
    as_of: Instant
    stale: bool
