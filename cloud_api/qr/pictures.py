"""A code's text as a QR code to print or show."""

from io import BytesIO

import segno

from shared.contracts.qr import IssuedCode

_QUIET_ZONE = 4
_PIXELS_A_MODULE = 8


def code_of(text: str) -> IssuedCode:
    """The text with its pictures: error correction M, a quiet zone of four modules, black on white."""
    code = segno.make_qr(text, error="m", boost_error=False)
    svg, png = BytesIO(), BytesIO()
    code.save(svg, kind="svg", scale=_PIXELS_A_MODULE, border=_QUIET_ZONE, light="#fff", xmldecl=False)
    code.save(png, kind="png", scale=_PIXELS_A_MODULE, border=_QUIET_ZONE)
    return IssuedCode(text=text, svg=svg.getvalue().decode("utf-8").strip(), png=png.getvalue())
