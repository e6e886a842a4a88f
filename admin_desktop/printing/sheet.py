"""The sheet from which cards and stickers are printed, or saved as a PDF for any printer."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QPainter, QPaintEvent, QPen
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from admin_desktop.printing.paper import UNIT, Form, Piece, PrinterAway, print_at, write_pdf
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.progress import Progress, Stopped
from admin_desktop.widgets.forms import ChoiceField
from admin_desktop.widgets.forms import Form as Fields
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.look import palette
from admin_desktop.widgets.sheet import Sheet
from shared.desktop.tokens import WHITE
from shared.errors import InvalidInput

_PREVIEW = 250


class Preview(QWidget):
    """The first piece as it will be on paper."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFixedHeight(_PREVIEW)
        self.setAccessibleName(name)
        self._form: Form | None = None
        self._piece: Piece | None = None

    def show_piece(self, form: Form, piece: Piece) -> None:
        self._form, self._piece = form, piece
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        if self._form is None or self._piece is None:
            return
        painter, size = QPainter(self), self._form.size
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min((self.width() - 2) / size.width(), (self.height() - 2) / size.height())
        paper = QRectF(0, 0, size.width() * scale, size.height() * scale)
        paper.moveCenter(QRectF(self.rect()).center())
        painter.setPen(QPen(QColor(palette().edge), 1))
        painter.setBrush(QColor(WHITE))
        painter.drawRect(paper)
        painter.translate(paper.topLeft())
        painter.scale(scale / UNIT, scale / UNIT)
        self._piece.paint(painter, QRectF(0, 0, size.width() * UNIT, size.height() * UNIT))
        painter.end()


class PrintSheet(Sheet):
    """``make`` gives the pieces in a form; ``title`` names the job and the file. ``printed`` is told when it is done."""

    def __init__(
        self,
        context: Context,
        title: str,
        forms: Sequence[Form],
        make: Callable[[Form], Sequence[Piece]],
        *,
        printed: Callable[[], None] = lambda: None,
    ) -> None:
        words = context.words
        self.fields = Fields()
        self.form = ChoiceField(words("print.form"), [(form, words(f"print.{form.name}")) for form in forms], forms[0])
        self.printer: ChoiceField[str] = ChoiceField(words("print.printer"), [("", words("print.pdf"))])
        self.fields.add("form", self.form)
        self.fields.add("printer", self.printer)
        self.preview = Preview(words("print.preview"))
        self.count = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        for part in (self.preview, self.count, self.fields, self.bar):
            column.addWidget(part)
        super().__init__(context.stage, title, body, leave_text=words("do.cancel"))
        self._context, self._title, self._make, self._printed = context, title, make, printed
        self.progress: Progress | None = None
        self.add_main(words("print.save"), self.go)
        self.form.changed.connect(self._show)
        self.printer.changed.connect(self._show)
        self._show()
        self.form.combo.setFocus()
        context.ask.quietly(QPrinterInfo.availablePrinterNames, self._show_printers)

    def go(self) -> None:
        """Print, or ask where the PDF is to go."""
        name, words = self.printer.value(), self._context.words
        if name:
            self._run(lambda progress: self._print(name, progress), words("print.printed", n=self._n, printer=name))
            return
        dialog = QFileDialog(self._context.stage, self._title, _documents(), words("print.files"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(_file_name(self._title))
        dialog.fileSelected.connect(lambda chosen: self.save_to(Path(chosen)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        words = self._context.words
        self._run(lambda progress: self._save(path, progress), words("print.saved", name=path.name), path=path)

    def leave(self) -> None:
        """While it prints, Esc stops the printing alone."""
        if self.progress is not None:
            self.progress.stop()
        else:
            super().leave()

    @property
    def _n(self) -> int:
        return len(self._pieces)

    def _show(self) -> None:
        form, words = self.form.value(), self._context.words
        self._pieces = self._make(form)
        self.preview.show_piece(form, self._pieces[0])
        pages = len(form.pages_of(self._pieces))
        self.count.setText(words("print.pages.one" if pages == 1 else "print.pages", n=self._n, pages=pages))
        if self.main is not None:
            self.main.setText(words("print.do" if self.printer.value() else "print.save"))

    def _show_printers(self, names: list[str]) -> None:
        self.printer.offer_more([(name, name) for name in names])

    def _run(self, work: Callable[[Progress], object], said: str, *, path: Path | None = None) -> None:
        self.progress = Progress()
        self.progress.moved.connect(self._show_progress)
        self.say("")
        self.work(busy=True)
        self.is_busy = False  # Esc and the button stop it
        self.leave_button.setEnabled(True)
        self.bar.setValue(0)
        self.bar.show()
        progress = self.progress
        self._context.ask(lambda: work(progress), lambda _: self._done(said, path), failed=self._failed)

    def _save(self, path: Path, progress: Progress) -> None:
        content = write_pdf(self.form.value(), self._pieces, title=self._title, tell=progress.tell)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise InvalidInput(self._context.words("print.file_failed", why=error.strerror or "")) from error

    def _print(self, name: str, progress: Progress) -> None:
        print_at(name, self.form.value(), self._pieces, title=self._title, tell=progress.tell)

    def _done(self, said: str, path: Path | None) -> None:
        self.progress = None
        self.close_it()
        toasts, words = self._context.toasts, self._context.words
        if path is None:
            toasts.show(said)
        else:
            toasts.show(said, action=words("print.open"), then=lambda: _open(path))
        self._printed()

    def _failed(self, error: Exception) -> None:
        self.progress = None
        self.work(busy=False)
        self.bar.hide()
        words = self._context.words
        match error:
            case Stopped():
                self.say(words("print.stopped"))
            case PrinterAway():
                self.say(words("print.away"))
            case _:
                self.say(explain(error, words).detail)

    def _show_progress(self) -> None:
        if self.progress is not None:
            self.bar.setValue(self.progress.percent)


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def _file_name(title: str) -> str:
    return "".join(each if each.isalnum() or each in " -_." else "-" for each in title) + ".pdf"
