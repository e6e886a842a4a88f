"""A code's text as a picture: error correction M, a quiet zone of four modules, black on white."""

from io import BytesIO

import segno

_QUIET_ZONE = 4
_PIXELS_A_MODULE = 8


def svg_of(text: str) -> str:
    svg = BytesIO()
    _code(text).save(svg, kind="svg", scale=_PIXELS_A_MODULE, border=_QUIET_ZONE, light="#fff", xmldecl=False)
    return svg.getvalue().decode("utf-8").strip()


def png_of(text: str) -> bytes:
    png = BytesIO()
    _code(text).save(png, kind="png", scale=_PIXELS_A_MODULE, border=_QUIET_ZONE)
    return png.getvalue()


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", boost_error=False)
