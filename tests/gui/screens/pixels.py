"""Pixels as numbers."""

import numpy as np
from PySide6.QtGui import QImage


def pixels(image: QImage) -> np.ndarray:
    """``height x width x 3`` red, green, blue."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def hexed(pixel: np.ndarray) -> str:
    return "#" + "".join(f"{int(channel):02X}" for channel in pixel)
