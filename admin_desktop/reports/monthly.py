"""The sheet that makes the month's PDF: which month, of which site, where to. Names of members are not in it."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QProgressBar

from admin_desktop.exporting.files import NotSaved, put_whole
from admin_desktop.reports import bars, pictures
from admin_desktop.reports.figures import tiles
from admin_desktop.reports.month import MonthFigures, load_month, month_up_to
from admin_desktop.reports.month_paper import Block, Document, write_pdf
from admin_desktop.reports.naming import month_name
from admin_desktop.reports.periods import Period, month_back, month_of
from admin_desktop.reports.takings import main_currency, revenue
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.progress import Progress, Stopped
from admin_desktop.widgets.forms import ChoiceField, Form
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet

_MONTHS = 12
_HEAT, _REVENUE = 250, 220


class MonthlySheet(Sheet):
    """Begins with the last month that is over."""

    def __init__(self, context: Context, site_id: UUID | None) -> None:
        words = context.words
        today = context.today
        months = [month_back(today, back) for back in range(_MONTHS)]
        named = [(month, month_title(month_of(month), context)) for month in months]
        sites: list[tuple[UUID | None, str]] = [(None, words("reports.all_sites"))]
        sites += [(site.id, site.name) for site in context.sites.all]
        self.form = Form()
        self.month = ChoiceField(words("reports.month.field"), named, months[1])
        self.site = ChoiceField(words("reports.month.site"), sites if len(sites) > 2 else sites[1:], site_id)  # noqa: PLR2004  # with one site there is no choice
        self.form.add("month", self.month)
        self.form.add("site", self.site)
        self.form.column.insertWidget(0, label(words("reports.month.what"), "muted", wrap=True))
        self.count = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.form.column.addWidget(self.count)
        self.form.column.addWidget(self.bar)
        self.form.column.setAlignment(Qt.AlignmentFlag.AlignTop)
        super().__init__(context.stage, words("reports.month.title"), self.form, leave_text=words("do.cancel"))
        self._context, self._today = context, today
        self.progress: Progress | None = None
        self.bar.hide()
        self.add_main(words("reports.month.save"), self.go)
        self.month.combo.setFocus()

    @property
    def period(self) -> Period:
        return month_up_to(self.month.value(), self._today)

    def go(self) -> None:
        """Ask where the PDF is to go."""
        words, folder = self._context.words, QStandardPaths.StandardLocation.DocumentsLocation
        where = QStandardPaths.writableLocation(folder)
        dialog = QFileDialog(self._context.stage, self.heading.text(), where, words("reports.month.files"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        title = f"{self._name()}, {month_title(self.period, self._context)}"
        dialog.selectFile("".join(each if each.isalnum() or each in " -_." else "-" for each in title) + ".pdf")
        dialog.fileSelected.connect(lambda chosen: self.save_to(Path(chosen)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Ask for the numbers, paint and write them, off the GUI thread."""
        progress, context, period = Progress(), self._context, self.period
        site_id, name, today = self.site.value(), self._name(), self._today

        def work() -> None:
            figures = load_month(context.desk, site_id, period, progress.tell)
            put_whole(path, write_pdf(document(figures, name, context, today=context.words.date(today))))

        progress.moved.connect(self._show_progress)
        self.progress = progress
        self.say("")
        self.work(busy=True)
        self.is_busy = False  # Esc and the button stop it
        self.leave_button.setEnabled(True)
        self.bar.setValue(0)
        self.bar.show()
        context.ask(work, lambda _: self._done(path), failed=lambda error: self._failed(error, path))

    def leave(self) -> None:
        if self.progress is not None:
            self.progress.stop()
        else:
            super().leave()

    def _name(self) -> str:
        gym, site_id = self._context.desk.connection.gym_name, self.site.value()
        words, sites = self._context.words, self._context.sites
        return f"{gym}, {words('reports.all_sites') if site_id is None else sites.name_of(site_id)}"

    def _done(self, path: Path) -> None:
        self.progress = None
        self.close_it()
        words = self._context.words
        self._context.toasts.show(
            words("reports.month.saved", name=path.name), action=words("export.open"), then=lambda: _open(path)
        )

    def _failed(self, error: Exception, path: Path) -> None:
        self.progress = None
        self.work(busy=False)
        self.bar.hide()
        self.count.setText("")
        words = self._context.words
        match error:
            case Stopped():
                self.say(words("export.stopped"))
            case NotSaved():
                self.say(words(f"export.failed.{error.why}", name=path.name))
            case _:
                failure = explain(error, words)
                self.say(f"{failure.title} {failure.detail}")

    def _show_progress(self) -> None:
        if self.progress is not None:
            self.bar.setValue(self.progress.percent)
            self.count.setText(self._context.words("reports.month.asking"))


def month_title(period: Period, context: Context) -> str:
    """Month and year."""
    month = month_name(period.first, context.words).capitalize()
    return context.words("reports.month.head", month=month, year=str(period.first.year))


def document(figures: MonthFigures, name: str, context: Context, *, today: str) -> Document:
    """What stands on the paper, in order."""
    words, period = context.words, figures.period
    lines = [words("reports.month.compared", n=period.days, day=today)]
    if period.last < month_of(period.first).last:
        lines.insert(0, words("reports.month.so_far", day=words.date(period.last)))
    numbers = [Block("", "", tile, "") for tile in tiles(figures.summary, words)]
    return Document(
        title=month_title(period, context),
        name=name,
        lines=lines,
        rows=[numbers[:3], numbers[3:], *_charts(figures, context)],
        made=words("reports.month.made", day=today),
        pages=words("reports.month.page", n="{n}", whole="{whole}"),
    )


def _charts(figures: MonthFigures, context: Context) -> Sequence[Sequence[Block]]:
    words, currency = context.words, main_currency(figures.revenue)

    def block(name: str, picture: object, second: str = "", height: int = 0) -> Block:
        title, nothing = words(f"reports.{name}.head"), words(f"reports.{name}.nothing")
        return Block(title, second, picture, nothing, height)  # type: ignore[arg-type]

    leaving = words("reports.month.leaving", n=words.number(figures.leaving))
    return [
        [block("heat", pictures.heat_map(figures.heat, words), pictures.busiest(figures.heat, words), _HEAT)],
        [block("taken", revenue(figures.revenue, currency, words), currency, _REVENUE)],
        [
            block("refusals", bars.refusals(figures.refusals, words)),
            block("plans", bars.plans(figures.plans, words)),
        ],
        [block("retention", pictures.retention(figures.retention, words), leaving)],
        [block("faults", bars.machines(*figures.machines, words))],
        [block("kiosks", bars.doors(*figures.doors, words))],
    ]


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
