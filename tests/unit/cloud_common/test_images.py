"""Pictures from outside: what is taken keeps its pixels and nothing else; what is hostile is refused in plain words."""

import io
import struct
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cloud_api.common import images
from cloud_api.common.images import MACHINE_EDGES, MAX_BYTES, take_in
from shared.contracts.uploads import MAX_IMAGE_BYTES
from shared.errors import InvalidInput, Unavailable
from tests.support.pictures import GPS_SECRET, a_jpeg_with_secrets, a_picture, a_png_bomb

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"


def taken(content, announced=JPEG, edges=MACHINE_EDGES):
    return take_in(content, announced=announced, edges=edges)


def opened(picture):
    return Image.open(io.BytesIO(picture.content))


def is_red(pixel):
    red, green, blue = pixel[:3]
    return red > 150 and green < 100 and blue < 100


@pytest.mark.parametrize(("kind", "announced"), [("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP)])
def test_a_picture_is_kept_in_three_sizes_as_jpeg(kind, announced):
    pictures = taken(a_picture(kind, size=(2400, 1200)), announced)
    assert [(one.width, one.height) for one in pictures] == [(1600, 800), (320, 160), (96, 48)]
    for one in pictures:
        assert one.content_type == JPEG
        assert opened(one).format == "JPEG"
        assert opened(one).size == (one.width, one.height)


def test_a_small_picture_is_not_blown_up():
    assert [one.width for one in taken(a_picture(size=(200, 100)))] == [200, 200, 96]


def test_what_is_transparent_stays_so():
    pictures = taken(a_picture("PNG", mode="RGBA", colour=(200, 30, 30, 0)), PNG)
    assert {one.content_type for one in pictures} == {WEBP}
    assert opened(pictures[0]).convert("RGBA").getpixel((10, 10))[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_ordinary_kind_of_png_is_taken(mode):
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 30)).convert(mode).save(file, "PNG")
    assert taken(file.getvalue(), PNG)[0].width == 64


def test_a_cmyk_jpeg_is_taken():
    file = io.BytesIO()
    Image.new("CMYK", (64, 64), (0, 255, 255, 0)).save(file, "JPEG")
    assert is_red(opened(taken(file.getvalue())[0]).getpixel((30, 30)))


# The picture's left half is red. Turned as the camera was held, red is where the sun was.
RED_AT = {
    1: (0.1, 0.5),
    2: (0.9, 0.5),
    3: (0.9, 0.5),
    4: (0.1, 0.5),
    5: (0.5, 0.1),
    6: (0.5, 0.1),
    7: (0.5, 0.9),
    8: (0.5, 0.9),
}


@pytest.mark.parametrize("orientation", sorted(RED_AT))
def test_a_picture_is_turned_upright(orientation):
    large, *_ = taken(a_jpeg_with_secrets(orientation=orientation))
    across, down = RED_AT[orientation]
    assert (large.width, large.height) == ((400, 300) if orientation < 5 else (300, 400))
    assert is_red(opened(large).getpixel((int(large.width * across), int(large.height * down))))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation):
    assert taken(a_jpeg_with_secrets(orientation=orientation))[0].width == 400


def test_nothing_beside_the_pixels_is_left():
    content = a_jpeg_with_secrets()
    assert content.count(GPS_SECRET) >= 4
    for one in taken(content):
        assert GPS_SECRET not in one.content
        assert not opened(one).getexif()
        assert set(opened(one).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_nothing_beside_the_pixels_of_a_transparent_picture_is_left():
    exif = Image.Exif()
    exif[0x010E] = GPS_SECRET.decode()
    content = a_picture("WEBP", mode="RGBA", colour=(9, 9, 9, 9), exif=exif, xmp=GPS_SECRET, icc_profile=GPS_SECRET)
    assert GPS_SECRET in content
    assert all(GPS_SECRET not in one.content for one in taken(content, WEBP))


def test_the_same_picture_gives_the_same_bytes():
    assert taken(a_picture()) == taken(a_picture())


@pytest.mark.filterwarnings("ignore:.*EXIF.*:UserWarning", "ignore:Truncated File Read:UserWarning")
@pytest.mark.parametrize("inserted", [b"\xff\xff", b"\x00\x00\x00\x01", bytes(40)])
def test_broken_exif_does_no_harm(inserted):
    """As in production, where Pillow's warnings of it are switched off."""
    content = a_jpeg_with_secrets(orientation=6)
    assert b"MM\x00*" in content
    large, *_ = taken(content.replace(b"MM\x00*", b"MM\x00*" + inserted, 1))
    assert large.width in (400, 300)


def test_pillow_s_warnings_are_switched_off_but_for_bombs():
    program = (
        "import warnings, cloud_api.common.images, PIL.Image as i;"
        "found = {(f[0], f[2].__name__) for f in warnings.filters if f[3] is not None or f[2] is i.DecompressionBombWarning};"
        "assert {('ignore', 'UserWarning'), ('error', 'DecompressionBombWarning')} <= found, found"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# -- what is refused ------------------------------------------------------------------------------------------------


def refused(content, announced=JPEG):
    with pytest.raises(InvalidInput) as error:
        taken(content, announced)
    assert error.value.field == "upload"
    return str(error.value)


@pytest.mark.parametrize("guard", ["ours", "pillow's"])
@pytest.mark.parametrize("side", [6_400, 20_000])
def test_a_bomb_is_refused_before_a_pixel_of_it_is_decoded(side, guard, monkeypatch):
    """By either of the two guards alone."""
    if guard == "ours":
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    else:
        monkeypatch.setattr(images, "_check_dimensions", lambda _image: None)
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("it was decoded"))
    bomb = a_png_bomb(side)
    assert len(bomb) < 100_000
    assert "40 million pixels" in refused(bomb, PNG)


def test_a_header_that_lies_about_the_size_is_refused():
    content = bytearray(a_picture("PNG"))
    content[16:24] = struct.pack(">II", 2**31 - 1, 2**31 - 1)
    refused(bytes(content), PNG)


@pytest.mark.parametrize("kept", [3, 20, 200, 0.5, 0.98])
@pytest.mark.parametrize(("kind", "announced"), [("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP)])
def test_a_truncated_picture_is_refused(kind, announced, kept):
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, kind)
    content = file.getvalue()
    cut = content[: int(len(content) * kept)] if isinstance(kept, float) else content[:kept]
    assert "damaged" in refused(cut, announced) or "announced" in refused(cut, announced)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><!DOCTYPE svg><svg/>",
        b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\xf7\x00\x00" + bytes(768) + b"\x3b",
        b"BM" + bytes(60),
        b"II*\x00" + bytes(60),
        b"%PDF-1.4\n",
        b"MZ" + bytes(64),
        b"RIFF\x00\x00\x00\x00AVI LIST",
    ],
)
@pytest.mark.parametrize("announced", [JPEG, PNG, WEBP])
def test_what_is_no_picture_of_ours_is_refused_by_its_first_bytes(content, announced, monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *_args, **_more: pytest.fail("it was opened"))
    assert "announced" in refused(content, announced)


def test_a_picture_of_another_type_than_announced_is_refused():
    assert "image/jpeg" in refused(a_picture("PNG"), JPEG)
    assert "image/png" in refused(a_picture(), PNG)


def test_of_a_polyglot_only_the_picture_is_left():
    tail = b"PK\x03\x04<script>alert(1)</script><?php system($_GET['c']); ?>"
    for one in taken(a_picture() + tail):
        assert tail[4:20] not in one.content
    page = b"\xff\xd8\xff\xe0<html><script>alert(1)</script>" + a_picture()
    refused(page)


def test_deep_colours_are_refused_with_what_to_do():
    file = io.BytesIO()
    Image.new("I;16", (64, 64)).save(file, "PNG")
    assert "8 bits" in refused(file.getvalue(), PNG)


_GOOD = {"JPEG": a_jpeg_with_secrets(size=(80, 60)), "PNG": a_picture("PNG", size=(80, 60)), "WEBP": a_picture("WEBP")}
_ANNOUNCED = {"JPEG": JPEG, "PNG": PNG, "WEBP": WEBP}


@settings(max_examples=300)
@given(
    kind=st.sampled_from(sorted(_GOOD)),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6),
    end=st.integers(20, 4000),
)
def test_whatever_is_changed_in_a_picture_it_is_taken_or_refused(kind, changes, end):
    content = bytearray(_GOOD[kind][:end])
    for place, bytes_ in changes:
        content[place : place + len(bytes_)] = bytes_
    try:
        pictures = taken(bytes(content), _ANNOUNCED[kind])
    except InvalidInput:
        return
    assert all(max(one.width, one.height) <= 1600 for one in pictures)


def test_few_are_decoded_at_once_and_nobody_waits_for_long(monkeypatch):
    monkeypatch.setattr(images, "_PATIENCE_S", 0.0)
    with images._one_of_few(), images._one_of_few(), pytest.raises(Unavailable) as error:
        taken(a_picture())
    assert error.value.retry_after_s
    assert taken(a_picture())


def test_both_sides_agree_on_how_large_a_picture_may_be():
    assert MAX_BYTES == MAX_IMAGE_BYTES
