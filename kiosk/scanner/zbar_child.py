"""The process that runs zbar.

libzbar has crashed on crafted and on plain pictures, so it never shares a process with the door.
Started as ``python -m kiosk.scanner.zbar_child``, in a frozen program as its own command ``zbar-child``. It says
first whether zbar is there, as ``{"missing": why}`` with null for why. A request is the line ``<width> <height>
<names with commas>`` followed by the grey pixels, an answer the line ``[[name, text], …]``. It ends when its input
does. Light to import: no OpenCV, no numpy.
"""

import json
import os
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

ZBAR_NAMES = {
    "Code128": "CODE128",
    "Code39": "CODE39",
    "EAN13": "EAN13",
    "EAN8": "EAN8",
    "ITF": "I25",
    "Codabar": "CODABAR",
}


def main() -> int:
    """Serve on standard input and output, which nothing else in this process may write to."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        from pyzbar import pyzbar  # noqa: PLC0415 - loads libzbar, which is for this process only
    except (ImportError, OSError) as exc:
        _say(answers, {"missing": str(exc) or "zbar cannot be loaded"})
        return 1
    _say(answers, {"missing": None})
    serve(pyzbar, sys.stdin.buffer, answers)
    return 0


def serve(pyzbar: Any, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer one request after the other until there are no more."""
    while line := requests.readline():
        width, height, names = line.decode("ascii").split(" ")
        pixels = requests.read(int(width) * int(height))
        _say(answers, read(pyzbar, (pixels, int(width), int(height)), names.strip().split(",")))


def read(pyzbar: Any, picture: tuple[bytes, int, int], names: Sequence[str]) -> list[tuple[str, str]]:
    """What zbar reads of these symbologies; nothing when it complains."""
    kinds = {getattr(pyzbar.ZBarSymbol, ZBAR_NAMES[name]): name for name in names}
    try:
        codes = pyzbar.decode(picture, symbols=list(kinds))
    except Exception:  # noqa: BLE001 - ctypes glue over a C library: whatever it raises, the answer is "nothing"
        return []
    by_zbar_name = {kind.name: name for kind, name in kinds.items()}
    return [(by_zbar_name[code.type], code.data.decode("latin-1")) for code in codes if code.type in by_zbar_name]


def _say(answers: BinaryIO, message: object) -> None:
    answers.write(json.dumps(message).encode("ascii") + b"\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
