"""Pictures for tests: good ones, ones with a secret beside their pixels, and hostile ones."""

import io
import struct
import zlib

from PIL import Image

GPS_SECRET = b"PLANTED-GPS-55.6761N"


def a_picture(kind="JPEG", *, size=(400, 300), colour=(200, 30, 30), mode="RGB", **save):
    """Left half of one colour, right half blue, so that turning shows."""
    image = Image.new(mode, size, colour)
    image.paste((0, 0, 255), (size[0] // 2, 0, *size))
    file = io.BytesIO()
    image.save(file, kind, **save)
    return file.getvalue()


def a_jpeg_with_secrets(*, orientation=1, size=(400, 300)):
    """EXIF with a place, a comment, XMP and a colour profile, each with the secret."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = GPS_SECRET.decode()
    exif.get_ifd(0x8825)[29] = GPS_SECRET.decode()
    return a_picture(
        size=size, exif=exif, comment=GPS_SECRET, xmp=b"<x>" + GPS_SECRET + b"</x>", icc_profile=GPS_SECRET
    )


def a_png_bomb(side=20_000):
    """A few kilobytes that say they are ``side`` times ``side`` pixels, and are."""
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
