"""From a camera frame to the text of the code in it.

Importing this package loads neither OpenCV nor any decoder: they come with the first `Pipeline`, which is made off the
window's thread.
"""

from kiosk.scanner.pipeline import Pipeline
from kiosk.scanner.results import Hints, Quad, Read, ScanResult
from kiosk.scanner.settings import SYMBOLOGIES, ScannerSettings

__all__ = ["SYMBOLOGIES", "Hints", "Pipeline", "Quad", "Read", "ScanResult", "ScannerSettings"]
