"""The steps of a look at one frame, in the order in which they are tried."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from kiosk.scanner.crops import Crops, WholeFrame
from kiosk.scanner.decoder import find_qr
from kiosk.scanner.linear import LinearStage
from kiosk.scanner.results import Read
from kiosk.scanner.second_opinion import SecondOpinion
from kiosk.scanner.settings import ScannerSettings
from kiosk.scanner.view import View


class Stage(Protocol):
    """One way of reading; keeps what it needs to know from frame to frame.

    ``patient`` stages are left out of most frames while nothing moves.
    """

    @property
    def patient(self) -> bool: ...

    def steps(self, view: View) -> Iterator[Sequence[Read]]:
        """Give the codes that count, one attempt per turn; the pipeline stops asking when some came or time is up."""

    def forget(self) -> None:
        """Drop all knowledge of earlier frames."""


class Direct:
    """zxing-cpp on the frame as it is: reads most codes for a millisecond and locates many of the others."""

    patient = False

    def steps(self, view: View) -> Iterator[Sequence[Read]]:
        found, suspects = find_qr(view.gray)
        view.suspects += suspects
        yield [Read(code.text, code.format, code.quad, "direct") for code in found]

    def forget(self) -> None:
        """Nothing is kept."""


def default_stages(settings: ScannerSettings, opinion: SecondOpinion | None) -> tuple[Stage, ...]:
    """All stages of the product, in order."""
    linear = (LinearStage(settings, opinion),) if settings.linear else ()
    return (Direct(), *linear, WholeFrame(settings), Crops(settings))
