"""The kiosk's window: takes states and frames, shows them, and puts a verdict away when its time is over."""

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.screens.countdown import Countdown
from kiosk.screens.face import Face
from kiosk.screens.frames import Frame, FrameBox, Picture, as_picture
from kiosk.screens.state import Badge, Idle, Place, RestingState, ScreenState, StaffLine, Starting, Verdict, VerdictKind
from kiosk.screens.texts import LANGUAGE_NAMES
from kiosk.screens.view import View
from shared.desktop import tokens
from shared.desktop.sounds import Sounds
from shared.desktop.tokens import MOTION, STAY, Palette, Stay


class KioskWindow(QWidget):
    """The only window of the kiosk. GUI thread, except ``set_frame``, which any thread may call.

    It rests in the last state that was no verdict (``Starting`` at first). A verdict interrupts whatever is shown at
    once, stays as long as ``tokens.STAY`` says, and gives way to the resting state by itself. Language and text size
    go back to the site's after each person, and a while after they were chosen when nobody scans.
    """

    language_changed = Signal(str)
    text_size_changed = Signal(bool)
    verdict_ended = Signal()
    first_painted = Signal()
    """Emitted once, after the window's first paint: the moment to load what is slow."""

    def __init__(
        self,
        *,
        place: Place,
        local_time: Callable[[], datetime | None],
        language: str = "en",
        languages: Iterable[str] = tuple(LANGUAGE_NAMES),
        palette: Palette = tokens.LIGHT,
        sounds: Sounds | None = None,
        stay: Stay = STAY,
        reduced_motion: bool = False,
    ) -> None:
        """``local_time`` gives the door's time in the site's zone, None while it is lost; asked once a second."""
        super().__init__()
        self.setWindowTitle("FIT Monitor")
        self._place, self._local_time, self._palette = place, local_time, palette
        self._site_language = self._language = language
        self._sounds, self._stay = sounds, stay
        self._large = False
        self._resting: RestingState = Starting()
        self._verdict: Verdict | None = None
        self._badges: frozenset[Badge] = frozenset()
        self._staff_line: StaffLine | None = None
        self._frames = FrameBox(self)
        self._picture: Picture | None = None
        self._face = Face(self._view(), self, languages=tuple(languages))
        self.resize(self._face.sizeHint())
        self._countdown = Countdown(self, still=reduced_motion)
        self._clock = QTimer(self, interval=MOTION.clock_step_ms)
        self._choice = QTimer(self, singleShot=True, interval=round(stay.choice_s * 1000))
        self._connect()
        self._clock.start()

    def show_state(self, state: ScreenState) -> None:
        """Show a state now; during a verdict a resting state waits for its end."""
        if isinstance(state, Verdict):
            self._begin_verdict(state)
            return
        self._resting = state
        if not isinstance(state, Idle):
            self._forget_picture()
        if self._verdict is None:
            self._refresh()

    def set_frame(self, frame: Frame) -> None:
        """The camera's newest frame: a QImage or a BGR (or grey) array that nobody writes to any more. Any thread.

        Frames are dropped, never queued. Ignored unless the resting state is ``Idle``. ValueError for another shape.
        """
        self._frames.put(as_picture(frame))

    def set_badges(self, badges: Iterable[Badge]) -> None:
        """The conditions to say in the top line, on every state."""
        self._badges = frozenset(badges)
        self._refresh()

    def set_staff_line(self, line: StaffLine | None) -> None:
        self._staff_line = line
        self._refresh()

    def set_place(self, place: Place) -> None:
        self._place = place
        self._refresh()

    def set_language(self, lang: str) -> None:
        """The site's own language; a choice that someone made stands until it goes back."""
        unchosen = self._language == self._site_language
        self._site_language = lang
        if unchosen:
            self._set_choice(lang, large=self._large)

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._refresh()

    @property
    def view(self) -> View:
        """What is on the screen now."""
        return self._face.stage.view

    def _connect(self) -> None:
        self._frames.arrived.connect(self._take_frame)
        self._countdown.stepped.connect(self._face.stage.show_time_left)
        self._countdown.ended.connect(self._end_verdict)
        self._clock.timeout.connect(self._refresh)
        self._choice.timeout.connect(self._forget_choice)
        self._face.languages.chosen.connect(self._choose_language)
        self._face.text_size.clicked.connect(self._choose_text_size)
        self._face.stage.first_painted.connect(self.first_painted, Qt.ConnectionType.QueuedConnection)

    def _view(self) -> View:
        now = self._local_time()
        return View(
            state=self._verdict or self._resting,
            place=self._place,
            lang=self._language,
            large=self._large,
            palette=self._palette,
            badges=self._badges,
            staff_line=self._staff_line,
            clock="" if now is None else f"{now:%H:%M}",
        )

    def _refresh(self, *, alert: bool = False) -> None:
        self._face.show_view(self._view(), alert=alert)

    def _begin_verdict(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self._choice.stop()
        self._refresh(alert=True)
        self._countdown.start(stay_of(verdict.kind, large=self._large, stay=self._stay))
        if self._sounds is not None:
            self._sounds.play(verdict.kind)

    def _end_verdict(self) -> None:
        self._verdict = None
        self._forget_choice()
        self._refresh()
        self.verdict_ended.emit()

    def _take_frame(self) -> None:
        picture = self._frames.take()
        if picture is not None and isinstance(self._resting, Idle):
            self._picture = picture
            self._face.stage.show_picture(picture.image)

    def _forget_picture(self) -> None:
        self._picture = None
        self._face.stage.show_picture(None)

    def _choose_language(self, lang: str) -> None:
        self._set_choice(lang, large=self._large)
        self._choice.start()

    def _choose_text_size(self) -> None:
        self._set_choice(self._language, large=not self._large)
        self._choice.start()

    def _forget_choice(self) -> None:
        self._choice.stop()
        self._set_choice(self._site_language, large=False)

    def _set_choice(self, lang: str, *, large: bool) -> None:
        changed_lang, changed_size = lang != self._language, large is not self._large
        self._language, self._large = lang, large
        self._refresh()
        if changed_lang:
            self.language_changed.emit(lang)
        if changed_size:
            self.text_size_changed.emit(large)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self._face.resize(self.size())
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self._verdict is not None:
            self._countdown.stop()
            self._end_verdict()
        else:
            super().keyPressEvent(event)


def stay_of(kind: VerdictKind, *, large: bool, stay: Stay = STAY) -> float:
    """How long a verdict stays, in seconds; longer for those who read large text."""
    seconds = {
        VerdictKind.GRANTED: stay.granted_s,
        VerdictKind.REPEAT: stay.repeat_s,
        VerdictKind.NOTICE: stay.notice_s,
        VerdictKind.DENIED: stay.denied_s,
        VerdictKind.NOT_RECORDED: stay.not_recorded_s,
    }[kind]
    return seconds * (stay.large_text_factor if large else 1)
