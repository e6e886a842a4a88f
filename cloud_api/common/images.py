"""Taking in a picture from outside: trust nothing of it, keep its pixels alone.

What was uploaded is looked at in this order: its size, its first bytes, its dimensions (before a pixel is decoded), its
pixels. It is turned upright, made smaller, and written anew: nothing that stood beside the pixels is left.
"""

import io
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image

from shared.errors import InvalidInput, Unavailable

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
"""What a picture may have of them; decoded, each takes three or four bytes."""
MACHINE_EDGES = (1600, 320, 96)
PHOTO_EDGES = (640, 320, 96)
"""The longer edge of the large, the medium and the small picture, in pixels. A smaller original is not blown up."""

_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_DECODERS = 2
_PATIENCE_S = 2.0
_QUALITY = 85
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DEEP = ("I", "F")

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # of EXIF that some camera wrote wrongly

_slots = threading.BoundedSemaphore(_DECODERS)


@dataclass(frozen=True, slots=True)
class Picture:
    """``content`` is JPEG, or WebP where something of it is transparent, without any metadata."""

    content: bytes
    content_type: str
    width: int
    height: int


def take_in(content: bytes, *, announced: str, edges: Sequence[int]) -> list[Picture]:
    """The picture at each of ``edges`` (largest first). ``announced`` is the content type that was asked for.

    Raises:
        InvalidInput: not a picture of this kind, damaged, or too large; says which.
        Unavailable: too many pictures are being read at the moment.
    """
    if kind_of(content) != announced:
        raise _unfit(f"This file is not the picture that was announced ({announced}).")
    with _one_of_few():
        image = _read(content, announced, edges[0])
        return [_write(image, edge) for edge in edges]


def kind_of(content: bytes) -> str | None:
    """The content type by the first bytes; None for what is not taken."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def _read(content: bytes, content_type: str, edge: int) -> Image.Image:
    """The pixels alone, upright, no larger than ``edge``."""
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[content_type]]) as opened:
            _check_dimensions(opened)
            turn = _TURNS.get(_orientation(opened))
            opened.draft("RGB", (edge, edge))  # a JPEG is decoded at the size that is needed
            opened.thumbnail((edge, edge), Image.Resampling.LANCZOS)
            plain = _plain(opened)
    except InvalidInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # whatever a broken or hostile file makes Pillow raise: the file is to blame
        raise _unfit("This picture is damaged or cut short: it cannot be read.") from error
    return plain if turn is None else plain.transpose(turn)


def _check_dimensions(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    if image.mode.startswith(_DEEP):
        raise _unfit("This picture has more than 8 bits a colour. Save it as an ordinary picture first.")


def _orientation(image: Image.Image) -> int:
    """How the camera was held; upright where that cannot be read."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  # EXIF is written by anybody, and not needed
        return 1
    return found if isinstance(found, int) else 1


def _plain(image: Image.Image) -> Image.Image:
    """A picture that knows nothing but its pixels: Pillow carries comments and profiles along otherwise."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    bare = Image.new(mode, image.size)
    bare.paste(image.convert(mode))
    return bare


def _write(image: Image.Image, edge: int) -> Picture:
    sized = image.copy()
    sized.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    if sized.mode == "RGBA":
        sized.save(file, "WEBP", quality=_QUALITY)
        return Picture(file.getvalue(), "image/webp", *sized.size)
    sized.save(file, "JPEG", quality=_QUALITY, optimize=True)
    return Picture(file.getvalue(), "image/jpeg", *sized.size)


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Decoding takes memory, and threads that kiosks need: few at a time, and nobody waits for long."""
    if not _slots.acquire(timeout=_PATIENCE_S):
        raise Unavailable("The server is busy with other pictures.", retry_after_s=3)
    try:
        yield
    finally:
        _slots.release()


def _unfit(message: str) -> InvalidInput:
    return InvalidInput(message, field="upload")


def _too_many_pixels() -> InvalidInput:
    return _unfit(f"This picture has more than {MAX_PIXELS // 10**6} million pixels. Make it smaller first.")
