"""The live picture: soft all over, sharp where a code is awaited.

Privacy: a queue sees itself as shapes only. The soft picture is one smooth scale far down, drawn up again by the
painter; the sharp middle is laid over it through a feathered mask that is made once. No frame is kept or written.
"""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from shared.desktop import tokens

_FEATHER = 34.0  # logical pixels from sharp to soft, outside the aiming frame
_LEAST = QSize(2, 2)
_ROUGH = 5
_CORNER_ARM, _CORNER_RADIUS = 24.0, 34.0
_CORNER_WIDTH, _CORNER_SHADOW = 6.0, 10.0
_SHADOW_ALPHA = 0.55


def paint_soft(painter: QPainter, frame: QImage, card: QRectF) -> None:
    """Fill the card with the frame, mirrored, as shapes."""
    shape = (_covering_size(card, frame) * tokens.SOFT_PICTURE_SHARE).toSize().expandedTo(_LEAST)
    # Every so many pixels are enough to begin with: a fifth of the time, and nobody sees it in shapes.
    rough = frame.scaled(shape * _ROUGH, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation)
    # Once more to half and back: drawn up from single pixels, the picture would show them as tiles.
    small = _scaled(_scaled(_scaled(rough, shape), (shape / 2).expandedTo(_LEAST)), shape)
    _draw_mirrored(painter, small, card, covering(QSizeF(shape), card.size()))
    shade = QColor(tokens.BLACK)
    shade.setAlphaF(tokens.SOFT_PICTURE_DARKER)
    painter.fillRect(card, shade)


def paint_sharp(painter: QPainter, frame: QImage, card: QRectF, aim: QRectF) -> None:
    """Lay the sharp frame over the soft one around ``aim``, fading out at its edge."""
    patch = aim.adjusted(-_FEATHER, -_FEATHER, _FEATHER, _FEATHER).intersected(card)
    scale = painter.combinedTransform().m11()
    mask = _feathered(round(patch.width() * scale), round(patch.height() * scale), _FEATHER * scale)
    sharp = QImage(mask.size(), QImage.Format.Format_ARGB32_Premultiplied)
    inner = QPainter(sharp)
    inner.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    source = _part(covering(QSizeF(frame.size()), card.size()), card, patch)
    _draw_mirrored(inner, frame, QRectF(sharp.rect()), source)
    inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    inner.drawImage(0, 0, mask)
    inner.end()
    painter.drawImage(patch, sharp)


def paint_aim(painter: QPainter, aim: QRectF) -> None:
    """Four white corners with a dark rim, so that they show on any picture."""
    path = _corners(aim)
    shadow = QColor(tokens.BLACK)
    shadow.setAlphaF(_SHADOW_ALPHA)
    for colour, width in ((shadow, _CORNER_SHADOW), (QColor(tokens.WHITE), _CORNER_WIDTH)):
        painter.strokePath(path, QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))


def _scaled(image: QImage, size: QSize) -> QImage:
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _covering_size(card: QRectF, frame: QImage) -> QSizeF:
    """The size at which the frame covers the card."""
    return QSizeF(frame.size()).scaled(card.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)


def covering(image: QSizeF, box: QSizeF) -> QRectF:
    """The middle part of an image that fills a box of another shape."""
    size = box.scaled(image, Qt.AspectRatioMode.KeepAspectRatio)
    return QRectF((image.width() - size.width()) / 2, (image.height() - size.height()) / 2, size.width(), size.height())


def _part(source: QRectF, card: QRectF, patch: QRectF) -> QRectF:
    """The part of the (mirrored) source that lies under a patch of the card."""
    scale = source.width() / card.width()
    left = source.right() - (patch.right() - card.left()) * scale
    return QRectF(
        left, source.top() + (patch.top() - card.top()) * scale, patch.width() * scale, patch.height() * scale
    )


def _draw_mirrored(painter: QPainter, image: QImage, box: QRectF, source: QRectF) -> None:
    painter.save()
    painter.translate(2 * box.center().x(), 0)
    painter.scale(-1, 1)
    painter.drawImage(box, image, source)
    painter.restore()


@lru_cache(maxsize=4)
def _feathered(width: int, height: int, feather: float) -> QImage:
    """White where the sharp picture shows, clear at the rim; the blur is a smooth scale up from a small image."""
    step = feather / 2
    size = QSize(round(width / step), round(height / step))
    small = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    small.fill(Qt.GlobalColor.transparent)
    painter = QPainter(small)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.WHITE))
    painter.drawRoundedRect(QRectF(small.rect()).adjusted(1, 1, -1, -1), 3, 3)
    painter.end()
    return small.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _corners(aim: QRectF) -> QPainterPath:
    path = QPainterPath()
    centre, arm, radius = aim.center(), _CORNER_ARM, _CORNER_RADIUS
    half = QPointF(aim.width() / 2, aim.height() / 2)
    for across, down in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        corner = QPointF(centre.x() + across * half.x(), centre.y() + down * half.y())
        path.moveTo(corner.x(), corner.y() - down * (radius + arm))
        path.lineTo(corner.x(), corner.y() - down * radius)
        path.quadTo(corner, QPointF(corner.x() - across * radius, corner.y()))
        path.lineTo(corner.x() - across * (radius + arm), corner.y())
    return path
