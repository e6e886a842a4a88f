"""The imports' room: a file moves in on one page; below the drop, the imports so far."""

from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QFileDialog, QStackedWidget

from admin_desktop.exporting.sheet import ExportSheet
from admin_desktop.imports.drafting import House
from admin_desktop.imports.going_out import A_PAGE, errors_export, members_export
from admin_desktop.imports.page import FilePage
from admin_desktop.imports.problems import FileProblem
from admin_desktop.imports.reading import titles_of
from admin_desktop.imports.sending import Run
from admin_desktop.imports.sheets import NamesSheet, ReadingSheet
from admin_desktop.imports.start import StartPage
from admin_desktop.imports.values import DayOrder
from admin_desktop.imports.working import Work
from admin_desktop.shell.context import Context
from admin_desktop.shell.rooms import Room
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.pages import Page
from shared.contracts.gym import MemberView, PlanView
from shared.desktop.drawings import Icon


class ImportsRoom(Room):
    """Name ``imports``."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.words("imports.room"))
        words = context.words
        self.sentence.setText(words("imports.what"))
        self.out = button(words("imports.export"), icon=Icon.RECEIPT)
        self.out.clicked.connect(self.export)
        self.choose = button(words("imports.choose"), kind="main", icon=Icon.IMPORT)
        self.choose.clicked.connect(self.make_new)
        for press in (self.out, self.choose):
            self.acts.addWidget(press)
        self.plans: dict[UUID, PlanView] = {}
        self.work = Work(context, self._house)
        acts = {
            "match": self.match,
            "change": self.change,
            "other": self.make_new,
            "errors": self.save_errors,
            "away": self.put_away,
            "send": self.send,
        }
        self.page = FilePage(context, self.work, acts)
        self.pages = QStackedWidget()
        self.start = StartPage(context, self._know)
        self.start.drop.asked.connect(self.make_new)
        self.start.drop.dropped.connect(self.take)
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.page)
        self.body.addWidget(self.pages, 1)
        self.work.opened.connect(self._opened)
        self.work.refused.connect(self._refused)
        self.work.sent.connect(self._sent)
        self.work.stopped.connect(self._stopped)

    def entered(self) -> None:
        self.start.load()
        if self.pages.currentIndex() == 0:
            self.start.drop.setFocus()

    def make_new(self) -> None:
        """Choose a file."""
        if self.work.is_sending:
            return
        words = self.context.words
        name, _ = QFileDialog.getOpenFileName(self, words("imports.choose"), "", words("imports.files"))
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Open a file, whatever it is."""
        if not self.work.is_sending:
            self.start.complain("")
            self.work.open(path)

    def put_away(self) -> None:
        """Back to the imports so far."""
        self.work.close()
        self._show(file=False)
        self.start.drop.setFocus()

    def send(self) -> None:
        """Import; when that is done, put the file away."""
        if self.work.is_done:
            self.put_away()
        else:
            self.work.send()

    def match(self) -> None:
        """Say what names in the file stand for."""
        if self.work.draft is not None:
            NamesSheet(self.context, self.work.draft, self.plans, self.work.take_words)

    def change(self) -> None:
        """Say how the file is to be read."""
        draft = self.work.draft
        if draft is None:
            return

        def again(encoding: str, delimiter: str) -> None:
            self.work.open(draft.path, encoding=encoding, delimiter=delimiter)

        ReadingSheet(self.context, draft, again=again, done=self.work.take_reading)

    def save_errors(self) -> None:
        draft, words = self.work.draft, self.context.words
        if draft is not None:
            ExportSheet(
                self.context, errors_export(draft.table, self.work.entries, words, zone=self.context.sites.zone)
            )

    def export(self) -> None:
        """All members as a file that can move in again."""
        staff, context = self.context.desk.staff, self.context

        def fetch(after: str | None) -> Page[MemberView]:
            page = staff.members(after=after, limit=A_PAGE)
            return Page(page.items, page.next)

        ExportSheet(context, members_export(context.words, context.sites.all, fetch, zone=context.sites.zone))

    def _house(self) -> House:
        context = self.context
        return House(
            context.sites.all,
            list(self.plans.values()),
            titles_of(context.words),
            context.sites.current.id,
            DayOrder.DAY_FIRST,
        )

    def _know(self, plans: list[PlanView]) -> None:
        self.plans = {plan.id: plan for plan in plans}
        self.page.plan_names = {plan.id: plan.name for plan in plans}

    def _opened(self) -> None:
        self._show(file=True)

    def _show(self, *, file: bool) -> None:
        self.pages.setCurrentIndex(1 if file else 0)
        for press in (self.out, self.choose):
            press.setVisible(not file)

    def _refused(self, error: Exception) -> None:
        """The file cannot be taken; one that is open stays."""
        if not isinstance(error, FileProblem):
            self.context.show_failure(error)
            return
        said = self.context.words(f"imports.file.{error.code}")
        if self.work.draft is None:
            self.start.complain(said)
        else:
            self.context.toasts.show(said)

    def _sent(self, run: Run) -> None:
        words = self.context.words
        self.start.load()
        self._tell(run, words("imports.done", n=words.number(run.made), name=run.file_name))

    def _stopped(self, run: Run) -> None:
        words = self.context.words
        self.start.load()
        if run.made:
            self._tell(run, words("imports.stopped", n=words.number(run.made)))

    def _tell(self, run: Run, said: str) -> None:
        def undo() -> None:
            view = next((each for each in self.start.model.rows if each.id == run.import_id), None)
            if view is not None:
                self.start.open_import(view)

        self.context.toasts.show_undoable(said, action=self.context.words("do.undo"), undo=undo)
