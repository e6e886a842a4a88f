"""Who comes to the door in the demo, with what in hand, and what the door should say."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import cv2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared.clock import SystemClock
from shared.contracts.base import from_base64
from shared.passtoken.signing import PhoneKey, sign_live
from shared.passtoken.tokens import new_card, to_text
from tests.support.doorcam import render_presentation
from tests.support.doorcam.render import empty_frames

GRANTED = "granted"
FPS = 15
_KEEP_EVERY = 2
_GAP_FRAMES = 6
_PHONES = cycle(("phone_easy", "phone_easy", "rotated", "angle", "darkmode"))
_CARDS = cycle(("card_easy", "card_easy", "near", "noquiet"))

TextAt = Callable[[datetime], str]
"""The text to show at an instant: a live code is signed for it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One person at the door. ``expected`` is granted, repeat, or a reason's code."""

    who: str
    kind: str
    text_at: TextAt
    expected: str
    member_id: str | None = None
    symbology: str = "QRCodeModel2"


def scene_of(member: dict[str, Any], gym_id: UUID) -> Scene:
    """A sample member with the pass that the sample gave them."""
    who, member_id = f"{member['name']} ({member['state'].replace('_', ' ')})", member["member_id"]
    if member["kind"] == "live":
        return Scene(who, next(_PHONES), _live(member, gym_id), member["expected"], member_id)
    symbology = member["symbology"] or "QRCodeModel2"
    kind = next(_CARDS) if member["symbology"] is None else "card_easy"
    return Scene(who, kind, lambda _: member["text"], member["expected"], member_id, symbology)


def expired(member: dict[str, Any], gym_id: UUID) -> Scene:
    """A screenshot of five minutes ago."""
    live = _live(member, gym_id)
    return Scene(
        f"{member['name']} with an old screenshot",
        "phone_easy",
        lambda at: live(at - timedelta(minutes=5)),
        "code_expired",
        member["member_id"],
    )


def forged(member: dict[str, Any], gym_id: UUID) -> Scene:
    """A member's credential id, signed with somebody else's key."""
    key, credential_id = Ed25519PrivateKey.generate(), from_base64(member["credential_id"])

    def text_at(at: datetime) -> str:
        return to_text(sign_live(key, credential_id=credential_id, signed_at=at, gym_id=gym_id))

    return Scene(f"a forger of {member['name']}'s code", "phone_easy", text_at, "bad_signature", member["member_id"])


def stranger() -> Scene:
    """A card of no gym of ours."""
    text = to_text(new_card())
    return Scene("a stranger's card", "card_easy", lambda _: text, "unknown_pass")


def _live(member: dict[str, Any], gym_id: UUID) -> TextAt:
    key = load_pem_private_key(member["private_key_pem"].encode(), password=None)
    credential_id = from_base64(member["credential_id"])

    def text_at(at: datetime) -> str:
        phone: PhoneKey = key  # type: ignore[assignment]  # the sample makes Ed25519 and P-256 only
        return to_text(sign_live(phone, credential_id=credential_id, signed_at=at, gym_id=gym_id))

    return text_at


def film(path: Path, scenes: Sequence[Scene], *, seed: int, tell: Callable[[int], None]) -> None:
    """Render the scenes into a Motion JPEG file, each live code signed for the moment at which it will be shown.

    That moment follows from how fast this machine renders, measured on the first scene.
    """
    warm = time.perf_counter()
    frames = len(list(_shots(scenes[0], datetime.now(UTC), seed)))  # noqa: TID251  # only to measure
    each_s = (time.perf_counter() - warm) * 1.4
    shown_s = (frames + _GAP_FRAMES) / FPS
    starts_at = SystemClock().now() + timedelta(seconds=each_s * len(scenes) + 2)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (1280, 720))
    for number, scene in enumerate(scenes):
        for frame in _shots(scene, starts_at + timedelta(seconds=number * shown_s), seed + number):
            writer.write(frame)
        for frame in empty_frames(_GAP_FRAMES, seed=seed + number):
            writer.write(frame)
        tell(number + 1)
    writer.release()


def _shots(scene: Scene, at: datetime, seed: int) -> Iterator[Any]:
    shots = render_presentation(scene.kind, scene.text_at(at), seed, symbology=scene.symbology)
    return (frame for number, (frame, _) in enumerate(shots) if number % _KEEP_EVERY == 0)
