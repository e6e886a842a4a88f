"""The time a verdict has left."""

import time

from PySide6.QtCore import QEasingCurve, QObject, QTimer, QVariantAnimation, Signal

from shared.desktop.tokens import MOTION


class Countdown(QObject):
    """Counts a verdict down by the monotonic clock. ``stepped`` carries the share left and the plate's scale."""

    stepped = Signal(float, float)
    ended = Signal()

    def __init__(self, parent: QObject | None = None, *, still: bool = False) -> None:
        """``still`` is reduced motion: the plate does not grow and the ring stands full until the end."""
        super().__init__(parent)
        self._still = still
        self._began = self._seconds = 0.0
        self._timer = QTimer(self, interval=MOTION.ring_step_ms)
        self._timer.timeout.connect(self._step)
        self._plate = QVariantAnimation(self, startValue=MOTION.plate_from, endValue=1.0, duration=MOTION.plate_ms)
        self._plate.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._plate.valueChanged.connect(self._show)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    @property
    def left(self) -> float:
        """Share of the time left, 1 to 0."""
        if self._still:
            return 1.0
        return max(0.0, 1 - (time.monotonic() - self._began) / self._seconds)

    def start(self, seconds: float) -> None:
        """Begin anew, also while running."""
        self._began, self._seconds = time.monotonic(), seconds
        self._timer.start()
        if self._still:
            self.stepped.emit(1.0, 1.0)
        else:
            self._plate.start()

    def stop(self) -> None:
        self._timer.stop()
        self._plate.stop()

    def _step(self) -> None:
        if time.monotonic() - self._began >= self._seconds:
            self.stop()
            self.ended.emit()
        elif self._plate.state() is not QVariantAnimation.State.Running:
            self.stepped.emit(self.left, 1.0)

    def _show(self, plate_scale: float) -> None:
        self.stepped.emit(self.left, plate_scale)
