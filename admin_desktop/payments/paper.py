"""From rows to a PDF that somebody finds again: where to, written off the GUI thread, opened on a press."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from admin_desktop.payments.printing import PrintRow, write_pdf
from admin_desktop.shell.context import Context


def save_pdf(context: Context, name: str, rows: Sequence[PrintRow]) -> None:
    """Ask where, write, and offer to open it."""
    path = choose_path(context, name)
    if path is None:
        return
    words = context.words

    def look() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def done(_: None) -> None:
        context.toasts.show(words("payments.saved", name=path.name), action=words("payments.look"), then=look)

    def failed(_: Exception) -> None:
        context.toasts.show(words("payments.not_saved", name=path.name))

    context.ask(lambda: write_pdf(path, name, rows), done, failed=failed, local=True)


def choose_path(context: Context, name: str) -> Path | None:
    """Where people want the file; None when they do not."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    title = context.words("payments.pdf")
    chosen, _ = QFileDialog.getSaveFileName(context.stage, title, str(Path(folder) / f"{name}.pdf"), "*.pdf")
    return Path(chosen) if chosen else None
