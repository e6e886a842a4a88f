"""Pictures as they come: trust nothing of a file but its pixels. Everything here but ``source_of`` is for a worker."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter, QPainter

from admin_desktop.pictures.crop import Crop
from shared.desktop.tokens import WHITE
from shared.errors import InvalidInput

MAX_FILE_BYTES = 40 * 1024 * 1024
MAX_PIXELS = 50_000_000
WORK_EDGE = 2400
"""The longer edge of what is shown and cut out: more than anything that is kept."""
_QUALITY = 88
_KINDS = {b"jpeg", b"png", b"webp"}

Source = Path | QImage
"""A file, or a picture that the clipboard or another program handed over."""


class Unfit(InvalidInput):
    """A picture that cannot be taken; ``picture.<reason>`` says why in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This picture cannot be taken: {reason}.")
        self.reason = reason


def source_of(mime: QMimeData) -> Source | None:
    """The picture in what was dropped or copied: a file of this PC before its preview; None when there is none."""
    files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if files:
        return files[0]
    image = QImage(mime.imageData()) if mime.hasImage() else QImage()
    return None if image.isNull() else image


def read_picture(source: Source) -> QImage:
    """The picture upright, at most :data:`WORK_EDGE` long.

    Raises:
        Unfit: ``gone``, ``large_file``, ``kind``, ``large_picture``, ``damaged``.
    """
    if isinstance(source, QImage):
        return _smaller(source)
    return decode(_content(source))


def decode(content: bytes) -> QImage:
    """Read a JPEG, PNG or WebP. Its size is looked at before a pixel is. Raises Unfit."""
    buffer = QBuffer()
    buffer.setData(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    if bytes(reader.format().data()) not in _KINDS:
        raise Unfit("kind")
    size = reader.size()
    if size.width() * size.height() > MAX_PIXELS:
        raise Unfit("large_picture")
    reader.setAutoTransform(True)
    if max(size.width(), size.height()) > WORK_EDGE:
        reader.setScaledSize(size.scaled(WORK_EDGE, WORK_EDGE, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        raise Unfit("damaged")
    return image


def cut_out(image: QImage, crop: Crop, *, width: int) -> bytes:
    """The kept part as a JPEG, ``width`` pixels wide or as wide as it is; what was transparent becomes white."""
    part = crop.part
    wide = max(1, min(width, round(part.width)))
    made = QImage(QSize(wide, max(1, round(wide / crop.aspect))), QImage.Format.Format_RGB32)
    made.fill(QColor(WHITE))
    painter = QPainter(made)
    inside = QRectF(part.left, part.top, part.width, part.height).toAlignedRect() & QRect(0, 0, crop.width, crop.height)
    small = image.copy(inside).scaled(
        made.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    painter.drawImage(0, 0, small)
    painter.end()
    return _jpeg(made)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise Unfit("large_file")
        return path.read_bytes()
    except OSError as error:
        raise Unfit("gone") from error


def _smaller(image: QImage) -> QImage:
    if image.width() * image.height() > MAX_PIXELS:
        raise Unfit("large_picture")
    if max(image.width(), image.height()) <= WORK_EDGE:
        return image
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(WORK_EDGE, WORK_EDGE, keep, smooth)


def _jpeg(image: QImage) -> bytes:
    made = QByteArray()
    buffer = QBuffer(made)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"jpeg")
    writer.setQuality(_QUALITY)
    writer.write(image)
    buffer.close()
    return bytes(made.data())
