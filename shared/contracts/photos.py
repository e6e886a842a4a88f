"""The messages about members' photos. The picture itself is no message: it is served as it is."""

from enum import Enum
from uuid import UUID

from shared.contracts.base import Instant, Message


class PhotoSize(Enum):
    """The longer edge: 640, 320 or 96 pixels, or that of a smaller original."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"


class PhotoView(Message):
    """Which photo a member has; ``id`` is another one with every new picture."""

    id: UUID
    member_id: UUID
    taken_at: Instant
