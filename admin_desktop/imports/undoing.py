"""One import of before: what came of it, undoing it step by step, and whom that kept."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from admin_desktop.desk import Desk
from admin_desktop.imports.reading import counts, import_chip
from admin_desktop.shell.changing import note_away
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.progress import Progress, Stopped
from admin_desktop.widgets.chips import ChipLabel
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.contracts.imports import ImportLine, ImportView, LineOutcome, UndoStep

MOST_KEPT = 500


def undo_all(desk: Desk, view: ImportView, progress: Progress) -> UndoStep:
    """Step after step until nothing is left; the sum of them. Blocks. Raises Stopped between two steps."""
    erased = kept = done = 0
    while True:
        step = desk.moving.undo_some(view.id)
        erased, kept, done = erased + step.erased, kept + step.kept, done + step.erased + step.kept
        if step.left == 0:
            return UndoStep(erased=erased, kept=kept, left=0)
        progress.tell(done, done + step.left)


class ImportSheet(Sheet):
    """``changed`` is called when something of it was undone."""

    def __init__(self, context: Context, view: ImportView, *, by: str, changed: Callable[[], None]) -> None:
        self._context, self.view, self._changed = context, view, changed
        self.progress: Progress | None = None
        super().__init__(context.stage, view.file_name, self._body(by), leave_text=context.words("do.close"))
        if self._may_undo():
            self.add_main(context.words("imports.undo"), self.ask, kind="danger")
            note_away(context, self, "away.waits")
        if view.kept:
            self._load_kept()

    def _body(self, by: str) -> QWidget:
        words, view, body = self._context.words, self.view, QWidget()
        self._column = column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(ChipLabel(import_chip(view, words)))
        zone, now = self._context.sites.zone, self._context.clock.now()
        column.addWidget(label(words("imports.by", moment=words.moment(view.started_at, zone=zone, now=now), name=by)))
        column.addWidget(label(counts(view, words), wrap=True))
        until = words.moment(view.undo_until, zone=zone, now=now)
        key = "imports.undo.until" if view.undo_until > now else "imports.undo.over"
        column.addWidget(label(words(key, moment=until), "muted", wrap=True))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        column.addWidget(self.bar)
        self.kept = label("", wrap=True)
        self.kept.hide()
        column.addWidget(self.kept)
        return body

    def _may_undo(self) -> bool:
        return self.view.made > 0 and self.view.undo_until > self._context.clock.now()

    def ask(self) -> None:
        """Undo after a question: who is erased is so for good."""
        words, view = self._context.words, self.view
        self._context.question(
            words("imports.undo.title", name=view.file_name),
            [
                words("imports.undo.gone", n=words.number(view.made)),
                words("imports.undo.kept"),
                words("imports.undo.again"),
            ],
            yes=words("imports.undo"),
            then=self.undo,
        )

    def undo(self) -> None:
        desk, view, progress = self._context.desk, self.view, Progress()
        self.progress = progress
        progress.moved.connect(self._show_progress)
        self.say("")
        self.work(busy=True)
        self.is_busy = False  # Esc and the button stop it
        self.leave_button.setEnabled(True)
        self.leave_button.setText(self._context.words("do.cancel"))
        self.bar.show()
        self._context.ask(lambda: undo_all(desk, view, progress), self._undone, failed=self._failed)

    def leave(self) -> None:
        if self.progress is not None:
            self.progress.stop()
        else:
            super().leave()

    def _undone(self, step: UndoStep) -> None:
        words = self._context.words
        self.progress = None
        self._changed()
        self._context.toasts.show(words("imports.undo.done", n=words.number(step.erased), kept=words.number(step.kept)))
        if step.kept == 0:
            self.close_it()
            return
        self._rest()
        if self.main is not None:
            self.main.hide()
        self._load_kept()

    def _failed(self, error: Exception) -> None:
        self.progress = None
        self._changed()
        self._rest()
        words = self._context.words
        if isinstance(error, Stopped):
            self.say(words("imports.undo.stopped"))
        else:
            failure = explain(error, words)
            self.say(f"{failure.title} {failure.detail} {words('imports.undo.stopped')}")

    def _rest(self) -> None:
        self.work(busy=False)
        self.leave_button.setText(self._context.words("do.close"))
        self.bar.hide()

    def _show_progress(self) -> None:
        if self.progress is not None:
            self.bar.setValue(self.progress.percent)

    def _load_kept(self) -> None:
        moving, import_id = self._context.desk.moving, self.view.id

        def work() -> list[ImportLine]:
            return moving.lines(import_id, outcome=LineOutcome.KEPT, limit=MOST_KEPT).items

        self._context.ask.quietly(work, self._show_kept)

    def _show_kept(self, lines: list[ImportLine]) -> None:
        words = self._context.words
        told = [words("imports.kept")]
        for line in lines:
            name = "" if line.member is None else f"{line.member.name} {line.member.number or ''}".strip()
            told.append(f"•  {name}: {words(f'imports.kept.{line.reason}')}")
        self.kept.setText("\n".join(told))
        self.kept.show()
