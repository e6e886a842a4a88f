"""A file on its way into the gym: opened, read, tried out and sent, all of it off the GUI thread."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from admin_desktop.imports.checking import Entry, check_lines
from admin_desktop.imports.drafting import Draft, House, look_again, open_file
from admin_desktop.imports.fields import Field
from admin_desktop.imports.mapping import PlanChoice, Reading
from admin_desktop.imports.sending import Run
from admin_desktop.shell.context import Context
from admin_desktop.shell.progress import Progress, Stopped

_LANE = "lines"


class Work(QObject):
    """One file at a time. ``changed`` is anything that is shown; ``opened`` another file, or the same read anew."""

    opened = Signal()
    changed = Signal()
    refused = Signal(object)
    """The file cannot be taken: a FileProblem."""
    sent = Signal(object)
    """All went in: a :class:`Run`."""
    stopped = Signal(object)
    """It went in so far: a :class:`Run`, of which more can be sent."""

    def __init__(self, context: Context, house: Callable[[], House]) -> None:
        super().__init__()
        self._context, self._house = context, house
        self.draft: Draft | None = None
        self.entries: list[Entry] = []
        self.problem: Exception | None = None
        self.progress: Progress | None = None
        self.run: Run | None = None
        self.is_sending = self.is_checked = self.is_done = False

    def open(self, path: Path, *, encoding: str = "", delimiter: str = "") -> None:
        house = self._house()
        work = lambda: open_file(path, house, encoding=encoding, delimiter=delimiter)  # noqa: E731  # said where it is used
        self._stop()
        self._context.ask(work, self._opened, failed=self.refused.emit, owner=self, lane=_LANE, local=True)

    def close(self) -> None:
        """Let go of the file."""
        self._stop()
        self.draft, self.entries, self.run = None, [], None
        self.changed.emit()

    def take_column(self, place: int, field: Field | None) -> None:
        """Take a column for something else; another one that was the same is left out then."""
        assert self.draft is not None  # noqa: S101  # there is a column
        columns = [None if each is field and field is not Field.CODE else each for each in self.draft.reading.columns]
        columns[place] = field
        draft, house = self.draft, self._house()
        self._check(lambda: look_again(draft, columns, house))

    def take_words(self, plans: dict[str, PlanChoice], sites: dict[str, UUID | None]) -> None:
        """What names in the file stand for."""
        draft = self.draft
        assert draft is not None  # noqa: S101  # it was asked about
        for text, choice in plans.items():
            draft = draft.with_plan(text, choice)
        for text, site_id in sites.items():
            draft = draft.with_site(text, site_id)
        self._check(lambda: draft)

    def take_reading(self, reading: Reading) -> None:
        """Other days, another home, other codes."""
        assert self.draft is not None  # noqa: S101  # it was asked about
        draft = replace(self.draft, reading=reading, order_is_known=True)
        self._check(lambda: draft)

    def check(self) -> None:
        """Try out once more, such as when the cloud was away."""
        if self.draft is not None:
            draft = self.draft
            self._check(lambda: draft)

    def send(self) -> None:
        """Import what can be, or go on with it."""
        assert self.draft is not None  # noqa: S101  # it was tried out
        if self.run is None:
            self.run = self._new_run(dry_run=False)
        run, progress, desk = self.run, self._begin(), self._context.desk
        self.is_sending = True
        self.changed.emit()
        self._context.ask(lambda: run.go(desk, progress.tell), self._all_sent, failed=self._not_sent)

    def stop(self) -> None:
        """Send no more."""
        if self.progress is not None:
            self.progress.stop()

    def _opened(self, draft: Draft) -> None:
        self.draft, self.run = draft, None
        self.opened.emit()
        self._check(lambda: draft)

    def _check(self, look: Callable[[], Draft]) -> None:
        """Read the lines, then have the cloud say what would become of them; what was asked before counts no more."""
        self._stop()
        self.is_checked = self.is_done = False
        self.problem = self.run = None

        def work() -> tuple[Draft, list[Entry]]:
            draft = look()
            return draft, check_lines(draft.table, draft.reading)

        self._context.ask(work, self._read, failed=self._not_checked, owner=self, lane=_LANE, local=True)
        self.changed.emit()

    def _read(self, read: tuple[Draft, list[Entry]]) -> None:
        self.draft, self.entries = read
        run, progress, desk = self._new_run(dry_run=True), self._begin(), self._context.desk
        self.changed.emit()
        self._context.ask(
            lambda: run.go(desk, progress.tell), self._checked, failed=self._not_checked, owner=self, lane=_LANE
        )

    def _checked(self, entries: list[Entry]) -> None:
        self.entries, self.progress, self.is_checked = entries, None, True
        self.changed.emit()

    def _not_checked(self, error: Exception) -> None:
        self.progress = None
        self.problem = None if isinstance(error, Stopped) else error
        self.changed.emit()

    def _all_sent(self, entries: list[Entry]) -> None:
        self.entries, self.progress, self.is_sending, self.is_done = entries, None, False, True
        self.changed.emit()
        self.sent.emit(self.run)

    def _not_sent(self, error: Exception) -> None:
        self.progress, self.is_sending = None, False
        self.problem = None if isinstance(error, Stopped) else error
        self.changed.emit()
        self.stopped.emit(self.run)

    def _new_run(self, *, dry_run: bool) -> Run:
        draft = self.draft
        assert draft is not None  # noqa: S101  # it is being worked on
        return Run(self._context.new_id(), draft.table.name, self.entries, draft.reading.symbology, dry_run)

    def _begin(self) -> Progress:
        self.progress = Progress()
        self.progress.moved.connect(self.changed)
        return self.progress

    def _stop(self) -> None:
        if self.progress is not None:
            self.progress.stop()
            self.progress = None
