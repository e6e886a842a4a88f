"""The one place that speaks to zxing-cpp."""

from collections.abc import Sequence
from dataclasses import dataclass

import zxingcpp

from kiosk.scanner.results import Quad
from kiosk.scanner.view import Gray, Suspect

# `BarcodeFormat.QRCode` would be the family with Micro QR, which is found inside ordinary codes: Model 2 only.
QR = zxingcpp.BarcodeFormat.QRCodeModel2
LINEAR = {
    "Code128": zxingcpp.BarcodeFormat.Code128,
    "Code39": zxingcpp.BarcodeFormat.Code39,
    "EAN13": zxingcpp.BarcodeFormat.EAN13,
    "EAN8": zxingcpp.BarcodeFormat.EAN8,
    "ITF": zxingcpp.BarcodeFormat.ITF,
    "Codabar": zxingcpp.BarcodeFormat.Codabar,
}
LOCAL = zxingcpp.Binarizer.LocalAverage
GLOBAL = zxingcpp.Binarizer.GlobalHistogram
SMALLEST_PX = 12.0  # a "code" smaller than this is noise


@dataclass(frozen=True, slots=True)
class Found:
    """A decoded code, in pixels of the picture handed in."""

    text: str
    format: str
    quad: Quad


def find_qr(gray: Gray, binarizer: zxingcpp.Binarizer = LOCAL) -> tuple[list[Found], list[Suspect]]:
    """All QR codes read, and those that were only located."""
    found: list[Found] = []
    suspects: list[Suspect] = []
    for code in _read(gray, zxingcpp.BarcodeFormats(QR), binarizer=binarizer, return_errors=True):
        if code.valid and (text := _text(code)):
            found.append(Found(text, "QRCode", _quad(code)))
        elif not code.valid and _side(_quad(code)) >= SMALLEST_PX:
            suspects.append(Suspect(_quad(code), _version(code)))
    return found, suspects


def find_linear(gray: Gray, names: Sequence[str]) -> list[Found]:
    """All linear codes of these symbologies, with their check digits right where the symbology has any."""
    found = []
    for code in _read(
        gray, zxingcpp.BarcodeFormats([LINEAR[name] for name in names]), binarizer=LOCAL, return_errors=False
    ):
        name = next((name for name in names if code.format == LINEAR[name]), None) or code.format.name
        if code.valid and (text := _text(code)):
            found.append(Found(text, name, _quad(code)))
    return found


def _read(
    gray: Gray, formats: zxingcpp.BarcodeFormats, *, binarizer: zxingcpp.Binarizer, return_errors: bool
) -> list[zxingcpp.Barcode]:
    """Decode with plain text: the default mode writes control characters out, as in ``<GS>``."""
    return list(
        zxingcpp.read_barcodes(
            gray, formats=formats, text_mode=zxingcpp.TextMode.Plain, binarizer=binarizer, return_errors=return_errors
        )
    )


def _text(code: zxingcpp.Barcode) -> str:
    """The payload as text; one character per byte where the library itself can make none of it."""
    try:
        return str(code.text)
    except UnicodeDecodeError:
        return bytes(code.bytes).decode("latin-1")


def _quad(code: zxingcpp.Barcode) -> Quad:
    at = code.position
    corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    first, second, third, fourth = ((float(corner.x), float(corner.y)) for corner in corners)
    return first, second, third, fourth


def _side(quad: Quad) -> float:
    return max(abs(quad[0][0] - quad[2][0]), abs(quad[0][1] - quad[2][1]))


def _version(code: zxingcpp.Barcode) -> int:
    extra: object = code.extra  # a dict, or None where nothing is known
    version = str(extra.get("Version", "")) if isinstance(extra, dict) else ""
    return int(version) if version.isdecimal() else 0
