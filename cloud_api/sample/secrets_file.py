"""What a demo needs to show the sample members' codes: secrets that a real gym never has in one place."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

FILE_NAME = "demo-secrets.json"
_WARNING = "Demo secrets of sample members: whoever has this file can open the sample gym's doors."


@dataclass(frozen=True, slots=True)
class SampleMember:
    """A member with one pass.

    ``kind`` is live, card or barcode. A card or barcode has its ``text`` (a barcode its ``symbology``); a phone has
    ``credential_id`` (base64url), ``algorithm`` and ``private_key_pem`` (PKCS 8). ``expected`` is what a door of the
    first site should say when the sample is fresh: granted, or a reason.
    """

    member_id: UUID
    number: str
    name: str
    state: str
    expected: str
    pass_id: UUID
    kind: str
    symbology: str | None = None
    text: str | None = None
    credential_id: str | None = None
    algorithm: str | None = None
    private_key_pem: str | None = None


@dataclass(frozen=True, slots=True)
class SampleGym:
    """What was made. ``file`` holds all of it as JSON."""

    file: Path
    gym_id: UUID
    gym_number: int
    site_id: UUID
    other_site_id: UUID
    members: Sequence[SampleMember]


def write_secrets(gym: SampleGym) -> None:
    """Write the file, for its owner's eyes only."""
    content = {"warning": _WARNING, **asdict(gym)}
    del content["file"]
    gym.file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(gym.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1, default=str, ensure_ascii=False)
