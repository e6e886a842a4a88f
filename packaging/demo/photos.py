"""Real photos of codes, where a checkout of them lies beside the project: members' existing codes to be imported."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.contracts.qr import BarcodeImport, Symbology

SYMBOLOGIES = {"QRCode", "Code128", "Code39", "EAN13", "ITF", "Codabar"}
_BY_SET = {
    "code128": "Code128",
    "code39": "Code39",
    "ean13": "EAN13",
    "itf": "ITF",
    "codabar": "Codabar",
}
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture with one code of known text."""

    path: Path
    text: str
    symbology: str


def find(folder: Path, *, limit: int) -> list[Photo]:
    """Photos with exactly one known code, each code once; empty when the folder is not there."""
    truth = folder / "ground_truth.json"
    if not truth.exists():
        return []
    found: dict[str, Photo] = {}
    for image in json.loads(truth.read_text(encoding="utf-8"))["images"]:
        texts = [code["text"] for code in image["codes"]]
        symbology = _symbology(image)
        usable = len(texts) == 1 and texts[0] and len(texts[0]) <= _LONGEST and symbology is not None
        if usable and texts[0] not in found:
            found[texts[0]] = Photo(folder / image["file"], texts[0], symbology or "")
    return list(found.values())[:limit]


def _symbology(image: dict[str, Any]) -> str | None:
    if image["kind"] == "qr":
        return "QRCode"
    return next((name for part, name in _BY_SET.items() if part in image["set"]), None)


def imports(photos: Sequence[Photo], members: Sequence[dict[str, Any]]) -> list[BarcodeImport]:
    """One line of an import for each photo."""
    return [
        BarcodeImport(member_id=member["member_id"], symbology=Symbology(photo.symbology), text=photo.text)
        for photo, member in zip(photos, members, strict=True)
    ]


def lay_out(photos: Sequence[Photo], folder: Path) -> Path:
    """Link the photos into a folder of their own, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, photo in enumerate(photos):
        (folder / f"{number:03}{photo.path.suffix}").symlink_to(photo.path)
    return folder
