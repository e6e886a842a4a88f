"""The light that says whether somebody meddled with the log: the server checks it part by part."""

from datetime import datetime, timedelta

from PySide6.QtWidgets import QHBoxLayout, QWidget

from admin_desktop.shell.context import Context
from admin_desktop.shell.progress import Progress, Stopped
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.chips import Tone
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.lights import Lamp
from shared.contracts.audit import AuditBreak, AuditState

_GOOD_FOR = timedelta(minutes=10)


class ChainLight(QWidget):
    """``broken`` is where, by service; None while nobody knows."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._progress: Progress | None = None
        self._checked_at: datetime | None = None
        self.broken: list[AuditBreak] | None = None
        words = context.words
        self.lamp, self.text = Lamp(), label("", "muted", wrap=True)
        self.again = button(words("audit.chain.again"), kind="quiet")
        self.again.clicked.connect(lambda _=False: self.check())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.lamp)
        row.addWidget(self.text, 1)
        row.addWidget(self.again)

    def check_when_due(self) -> None:
        """On entering the room: a long log is not read anew each time."""
        at = self._checked_at
        if at is None or self._context.clock.now() - at > _GOOD_FOR:
            self.check()

    def check(self) -> None:
        """Begin; a check that is running goes on."""
        if self._progress is not None:
            return
        audit, progress, found = self._context.desk.audit, Progress(), 0
        self._progress = progress
        self.again.setEnabled(False)
        progress.moved.connect(lambda: self._show_how_far(progress))
        self._show_how_far(progress)

        def work() -> tuple[list[AuditBreak], int]:
            nonlocal found

            def told(state: AuditState) -> None:
                nonlocal found
                found = state.rows
                progress.count(state.checked)

            return audit.check(told=told), found

        self._context.ask(work, lambda result: self._done(*result), failed=self._failed)

    def stop(self) -> None:
        """Nobody looks any more."""
        if self._progress is not None:
            self._progress.stop()

    def _show_how_far(self, progress: Progress) -> None:
        if progress is self._progress and progress.can_stop:
            self.lamp.show_tone(Tone.OVER)
            words = self._context.words
            self.text.setText(words("audit.chain.checking", n=words.number(progress.counted)))

    def _done(self, breaks: list[AuditBreak], rows: int) -> None:
        words = self._context.words
        self.broken, self._progress, self._checked_at = breaks, None, self._context.clock.now()
        self.again.setEnabled(True)
        self.lamp.show_tone(Tone.BAD if breaks else Tone.GOOD)
        if not breaks:
            self.text.setText(words("audit.chain.holds", n=words.number(rows)))
            return
        places = [words("audit.chain.place", service=each.service, n=words.number(each.number)) for each in breaks]
        said = words("audit.chain.broken", place=", ".join(places))
        self.text.setText(f"{said}. {words('audit.chain.advice')}")

    def _failed(self, error: Exception) -> None:
        self._progress = None
        self.again.setEnabled(True)
        self.lamp.show_tone(Tone.OVER)
        self.text.setText(self._context.words("audit.chain.unknown"))
        if not isinstance(error, Stopped):
            self._context.show_failure(error, again=self.check)
