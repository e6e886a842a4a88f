"""Personal values on their way between services: sealed under the member's own key, lost with it (hard case H12)."""

import json
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cloud_api.common import placement
from cloud_api.common.keys import Keys
from shared.passtoken.sealing import seal, unseal


def seal_with(content_key: bytes, member_id: UUID, purpose: str, content: Any) -> bytes:
    """Seal anything JSON can say. It opens for this member and this ``purpose`` (such as ``contact``) only."""
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return seal(content_key, text.encode(), about=_about(member_id, purpose))


def seal_for(session: Session, keys: Keys, member_id: UUID, purpose: str, content: Any) -> bytes:
    """The same under the key of a living member. Raises Rejected ``member_unknown``, also for an erased one."""
    return seal_with(placement.get_content_key(session, keys, member_id), member_id, purpose, content)


def open_sealed(session: Session, keys: Keys, member_id: UUID, purpose: str, sealed: bytes) -> Any:
    """What was sealed.

    Raises:
        Rejected: ``member_unknown``: the member was erased, and nobody can open it any more.
        ValueError: it was sealed for something else, or changed.
    """
    return open_with(placement.get_content_key(session, keys, member_id), member_id, purpose, sealed)


def open_with(content_key: bytes, member_id: UUID, purpose: str, sealed: bytes) -> Any:
    """The same with the member's key at hand. Raises ValueError as :func:`open_sealed` does."""
    text = unseal(content_key, sealed, about=_about(member_id, purpose))
    if text is None:
        message = f"this does not open as the {purpose} of that member"
        raise ValueError(message)
    return json.loads(text)


def _about(member_id: UUID, purpose: str) -> bytes:
    return member_id.bytes + purpose.encode("ascii")
