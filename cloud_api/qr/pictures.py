"""A code's text as a QR code to print or show."""

from cloud_api.common.codes import png_of, svg_of
from shared.contracts.qr import IssuedCode


def code_of(text: str) -> IssuedCode:
    """The text with its pictures."""
    return IssuedCode(text=text, svg=svg_of(text), png=png_of(text))
