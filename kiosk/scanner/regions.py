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


def edge_map(thumb: Gray) -> EdgeMap:
    """Edge density; the smaller of both directions, so that lines of one direction (shelves, blinds) count little."""
    across = cv2.blur(cv2.convertScaleAbs(cv2.Sobel(thumb, cv2.CV_16S, 1, 0)), (WINDOW, WINDOW))
    down = cv2.blur(cv2.convertScaleAbs(cv2.Sobel(thumb, cv2.CV_16S, 0, 1)), (WINDOW, WINDOW))
    return np.asarray(cv2.min(across, down), np.float32)


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
        edges = edge_map(view.thumb)
        news = self._without_background(edges)
        strongest = float(news.max())
        if strongest < FAINTEST:
            return []
        scaled = cv2.convertScaleAbs(news, alpha=255 / strongest)
        level, mask = cv2.threshold(scaled, 0, 255, cv2.THRESH_OTSU)
        if level * strongest / 255 < FAINTEST:
            _, mask = cv2.threshold(news, FAINTEST, 255, cv2.THRESH_BINARY)
        return _boxes(np.asarray(mask, np.uint8), news, view.thumb_scale)

    def _without_background(self, edges: EdgeMap) -> EdgeMap:
        if self._background is None or self._background.shape != edges.shape:
            self._background = np.zeros_like(edges)
        news = np.asarray(np.maximum(edges - self._background, 0), np.float32)
        cv2.accumulateWeighted(edges, self._background, FORGET)
        return news


def _boxes(mask: Gray, weight: EdgeMap, scale: float) -> list[Box]:
    """The connected parts of the mask, heaviest first, in frame pixels."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    sums = np.bincount(labels.ravel(), weights=weight.ravel(), minlength=len(stats))
    order = sorted(range(1, len(stats)), key=lambda part: -sums[part])
    boxes = []
    for part in order:
        left, top, width, height = (float(value) for value in stats[part][:4])
        if max(width, height) >= SMALLEST:
            boxes.append(Box(left * scale, top * scale, width * scale, height * scale))
    return boxes
