import cv2
import numpy as np
import pytest
import segno

from kiosk.scanner import Pipeline, ScannerSettings
from tests.support.doorcam.holders import code_picture

QR_ONLY = ScannerSettings(linear=frozenset())


def qr(text, *, module_px=6, quiet=4, error="m"):
    """A clean QR code, grey."""
    bare = np.array(list(segno.make(text, error=error, micro=False).matrix_iter(border=quiet)))
    return cv2.resize(
        np.where(bare > 0, 0, 255).astype(np.uint8), None, fx=module_px, fy=module_px, interpolation=cv2.INTER_NEAREST
    )


def bars(text, symbology="Code128", *, scale=3):
    """A clean linear code, grey, with white all around."""
    tall = np.repeat(code_picture(text, symbology), 2, axis=0)
    drawn = cv2.resize(tall, None, fx=scale, fy=1, interpolation=cv2.INTER_NEAREST)
    return cv2.copyMakeBorder(drawn, 40, 40, 60, 60, cv2.BORDER_CONSTANT, value=255)


def on_frame(picture, *, left=400, top=150, shape=(720, 1280), background=150):
    """The picture somewhere in an even frame."""
    frame = np.full(shape, background, np.uint8)
    frame[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return frame


@pytest.fixture
def pipeline():
    return Pipeline(QR_ONLY)
