"""The sheet with the evacuation list: readable at once, printed with Enter, saved as a PDF."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from admin_desktop.door.evacuation import Paper, print_paper, write_pdf
from admin_desktop.door.inside import Present, present
from admin_desktop.door.keeping import Kept
from admin_desktop.door.live import Picture
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.words import Words
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet


def make_paper(context: Context, picture: Picture, kept: list[Kept]) -> Paper:
    """The list as it is known now, in the words of this desk."""
    words, site = context.words, context.sites.current
    people = present(picture, kept, nameless=words("door.nameless"))
    moment = words.moment(picture.inside.as_of, zone=context.sites.zone, now=context.clock.now())
    return Paper(
        title=words("door.evacuation.title", site=site.name),
        sentence=words("door.evacuation.sentence", n=len(people), moment=moment),
        by_hand=words("door.evacuation.by_hand"),
        page=words("door.evacuation.page", n="{n}", of="{of}"),
        people=people,
        zone=context.sites.zone,
    )


class EvacuationSheet(Sheet):
    """Nothing in it asks the cloud: it works without one."""

    def __init__(self, context: Context, paper: Paper) -> None:
        words = context.words
        self._context, self._paper = context, paper
        super().__init__(context.stage, paper.title, _body(paper, words), leave_text=words("do.close"))
        self.save_button = button(words("door.evacuation.save"))
        self.save_button.clicked.connect(self.save)
        self.foot.addWidget(self.save_button)
        self.print_button = self.add_main(words("door.evacuation.print"), self.print_it)
        self.print_button.setFocus()

    def print_it(self) -> None:
        paper = self._paper
        self.work(busy=True)
        self._context.ask(lambda: print_paper(paper), self._printed, failed=self._failed, local=True)

    def save(self) -> None:
        words, now = self._context.words, self._context.clock.now().astimezone(self._paper.zone)
        suggested = f"{words('door.evacuation.file')} {now:%Y-%m-%d %H.%M}.pdf"
        name, _ = QFileDialog.getSaveFileName(self, words("door.evacuation.save"), suggested, "*.pdf")
        if name:
            path, paper = Path(name).with_suffix(".pdf"), self._paper
            self.work(busy=True)
            self._context.ask(lambda: write_pdf(path, paper), self._saved, failed=self._failed, local=True)

    def _printed(self, printer: str) -> None:
        self.close_it()
        self._context.toasts.show(self._context.words("door.evacuation.printed", printer=printer))

    def _saved(self, path: Path) -> None:
        self.close_it()
        self._context.toasts.show(self._context.words("door.evacuation.saved", file=path.name))

    def _failed(self, error: Exception) -> None:
        self.work(busy=False)
        failure = explain(error, self._context.words)
        self.say(f"{failure.title} {failure.detail}")


def _body(paper: Paper, words: Words) -> QWidget:
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(label(paper.sentence, "muted", wrap=True))
    for each in paper.people:
        column.addWidget(label(_line(each, paper, words), wrap=True))
    column.addStretch(1)
    return body


def _line(each: Present, paper: Paper, words: Words) -> str:
    text = f"{each.since.astimezone(paper.zone):%H:%M}   {each.name}"
    return f"{text} ({words('door.evacuation.by_hand')})" if each.by_hand else text
