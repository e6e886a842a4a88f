"""Where in a frame a code may be: boxes dense in edges of both directions."""

import cv2
import numpy as np
import numpy.typing as npt

from kiosk.scanner.view import Box, Gray, View, box_of

EdgeMap = npt.NDArray[np.float32]
WINDOW = 13  # thumb pixels over which edges are counted
FAINTEST = 8.0  # mean edge below which a box is no candidate
SMALLEST = 10  # thumb pixels
FORGET = 0.002  # share of the background learned anew per frame: a poster is known after some ten seconds
SAME = 0.6  # overlap above which two boxes are one


def edge_maps(thumb: Gray) -> tuple[EdgeMap, EdgeMap]:
    """Density of edges met when going across and when going down."""
    across = cv2.blur(cv2.convertScaleAbs(cv2.Sobel(thumb, cv2.CV_16S, 1, 0)), (WINDOW, WINDOW))
    down = cv2.blur(cv2.convertScaleAbs(cv2.Sobel(thumb, cv2.CV_16S, 0, 1)), (WINDOW, WINDOW))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def find_bars(view: View) -> Box | None:
    """The part with the most edges of one direction only, as a linear code has; None when nothing is worth a look."""
    across, down = edge_maps(view.thumb)
    boxes = _boxes_in(np.asarray(cv2.absdiff(across, down), np.float32), view.thumb_scale)
    return boxes[0] if boxes else None


class Regions:
    """Finds candidate boxes, best first, and learns what always hangs in the picture."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._background: EdgeMap | None = None

    def find(self, view: View) -> list[Box]:
        """Codes located but not decoded come first, then the last hit's place, then dense boxes; none twice."""
        boxes = [box_of(suspect.quad) for suspect in view.suspects]
        if view.last_box is not None:
            boxes.append(view.last_box)
        boxes += self._dense(view)
        height, width = view.gray.shape
        chosen: list[Box] = []
        for box in [*boxes, Box(0, 0, width, height)]:
            if all(box.overlap(other) < SAME for other in chosen):
                chosen.append(box)
        return chosen[: self._limit]

    def _dense(self, view: View) -> list[Box]:
        """Edges of both directions, so that lines of one direction (shelves, blinds) count little."""
        across, down = edge_maps(view.thumb)
        edges = np.asarray(cv2.min(across, down), np.float32)
        return _boxes_in(self._without_background(edges), view.thumb_scale)

    def _without_background(self, edges: EdgeMap) -> EdgeMap:
        if self._background is None or self._background.shape != edges.shape:
            self._background = np.zeros_like(edges)
        news = np.asarray(np.maximum(edges - self._background, 0), np.float32)
        cv2.accumulateWeighted(edges, self._background, FORGET)
        return news


def _boxes_in(density: EdgeMap, scale: float) -> list[Box]:
    """The dense parts of a map, heaviest first, in frame pixels."""
    strongest = float(density.max())
    if strongest < FAINTEST:
        return []
    level, mask = cv2.threshold(cv2.convertScaleAbs(density, alpha=255 / strongest), 0, 255, cv2.THRESH_OTSU)
    if level * strongest / 255 < FAINTEST:
        _, mask = cv2.threshold(density, FAINTEST, 255, cv2.THRESH_BINARY)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(mask, np.uint8))
    weights = np.bincount(labels.ravel(), weights=density.ravel(), minlength=len(stats))
    parts = [stats[part][:4] for part in np.argsort(-weights[1:]) + 1]
    return [Box(*(float(value) * scale for value in part)) for part in parts if max(part[2:]) >= SMALLEST]
