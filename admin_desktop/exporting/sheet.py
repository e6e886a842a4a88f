"""The sheet that asks for a list as a file: which kind, where to, how far it is. Esc while it writes stops that alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

from admin_desktop.exporting.files import Kind, NotSaved, file_name_of, save
from admin_desktop.exporting.table import Export
from admin_desktop.shell.context import Context
from admin_desktop.shell.failures import explain
from admin_desktop.shell.progress import Progress, Stopped
from admin_desktop.widgets.buttons import button
from admin_desktop.widgets.forms import ChoiceField
from admin_desktop.widgets.labels import label
from admin_desktop.widgets.sheet import Sheet
from shared.desktop.drawings import Icon


def export_button(context: Context, make: Callable[[], Export[Any]], *, brief: bool = False) -> QPushButton:
    """A button that opens the sheet for a list as it is filtered when it is pressed. ``brief`` has its icon alone."""
    text = context.words("export.do")
    press = button("" if brief else text, icon=Icon.RECEIPT, name=text)
    press.clicked.connect(lambda _=False: ExportSheet(context, make()))
    return press


class ExportSheet(Sheet):
    """All rows are fetched from the cloud, a page at a time, whatever is on the screen."""

    def __init__(self, context: Context, export: Export[Any]) -> None:
        words = context.words
        self.kind = ChoiceField(words("export.kind"), [(kind, words(f"export.{kind.value}")) for kind in Kind])
        self.count = label(words("export.all"), "muted", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 0)
        self.bar.hide()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        for part in (self.kind, self.count, self.bar):
            column.addWidget(part)
        super().__init__(context.stage, words("export.title", name=export.name), body, leave_text=words("do.cancel"))
        self._context, self._export = context, export
        self.progress: Progress | None = None
        self.add_main(words("export.save"), self.go)
        self.kind.combo.setFocus()

    def go(self) -> None:
        """Ask where the file is to go."""
        words, kind = self._context.words, self.kind.value()
        dialog = QFileDialog(
            self._context.stage, self.heading.text(), _documents(), words(f"export.{kind.value}.files")
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind.value)
        dialog.selectFile(file_name_of(self._export.name, kind))
        dialog.fileSelected.connect(lambda chosen: self.save_to(Path(chosen)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Write the file, off the GUI thread."""
        progress, kind, export = Progress(), self.kind.value(), self._export
        language = self._context.words.language
        progress.moved.connect(self._show_progress)
        self.progress = progress
        self.say("")
        self.work(busy=True)
        self.is_busy = False  # Esc and the button stop it
        self.leave_button.setEnabled(True)
        self.bar.show()
        self._context.ask(
            lambda: save(export, path, kind, language=language, count=progress.count),
            lambda rows: self._done(path, rows),
            failed=lambda error: self._failed(error, path),
        )

    def leave(self) -> None:
        if self.progress is not None:
            self.progress.stop()
        else:
            super().leave()

    def _done(self, path: Path, rows: int) -> None:
        self.progress = None
        self.close_it()
        words = self._context.words
        said = words("export.saved", name=path.name, n=words.number(rows))
        self._context.toasts.show(said, action=words("export.open"), then=lambda: _open(path))

    def _failed(self, error: Exception, path: Path) -> None:
        self.progress = None
        self.work(busy=False)
        self.bar.hide()
        words = self._context.words
        self.count.setText(words("export.all"))
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
            words = self._context.words
            self.count.setText(words("export.rows", n=words.number(self.progress.counted)))


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _documents() -> str:
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
