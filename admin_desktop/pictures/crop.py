"""Which part of a picture is kept. No Qt: lengths are pixels of the picture, or shares of it."""

from dataclasses import dataclass, replace

MAX_ZOOM = 8.0


@dataclass(frozen=True, slots=True)
class Part:
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Crop:
    """A frame of one shape on a picture of ``width`` x ``height``. ``aspect`` is the frame's width over its height.

    ``x`` and ``y`` are where its middle lies, as shares; at ``zoom`` 1 it is the largest that fits.
    """

    width: int
    height: int
    aspect: float
    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0

    @property
    def part(self) -> Part:
        """What is kept; never beyond the picture's edges."""
        width = min(self.width, self.height * self.aspect) / self.zoom
        height = width / self.aspect
        left = min(max(self.x * self.width - width / 2, 0.0), self.width - width)
        top = min(max(self.y * self.height - height / 2, 0.0), self.height - height)
        return Part(left, top, width, height)

    def moved(self, dx: float, dy: float) -> "Crop":
        """The frame shifted by pixels of the picture, as far as there is picture."""
        part = self.part
        x = part.left + part.width / 2 + dx
        y = part.top + part.height / 2 + dy
        return _settled(replace(self, x=x / self.width, y=y / self.height))

    def zoomed(self, zoom: float) -> "Crop":
        return _settled(replace(self, zoom=min(max(zoom, 1.0), MAX_ZOOM)))


def _settled(crop: Crop) -> Crop:
    """The same part, told by a middle that is possible."""
    part = crop.part
    x = (part.left + part.width / 2) / crop.width
    return replace(crop, x=x, y=(part.top + part.height / 2) / crop.height)
