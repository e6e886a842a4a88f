"""Nothing fails silently: uncaught exceptions of every thread and Qt's own warnings reach the log."""

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
# The offscreen platform says this for each window; it has no meaning there.
_HARMLESS = "This plugin does not support propagateSizeHints"


def install_crash_handlers(on_error: Callable[[BaseException], None] = lambda _: None) -> Callable[[], None]:
    """Log what nobody caught, then call ``on_error`` (any thread). Returns a function that puts everything back."""

    def caught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        error = error or kind()
        log.critical("Uncaught error", exc_info=(kind, error, trace))
        on_error(error)

    def caught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            caught(args.exc_type, args.exc_value, args.exc_traceback)

    before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = caught, caught_in_thread
    before_qt = qInstallMessageHandler(log_qt_message)

    def uninstall() -> None:
        sys.excepthook, threading.excepthook = before
        qInstallMessageHandler(before_qt)

    return uninstall


def log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:  # noqa: ARG001 - Qt's signature
    """Write one message of Qt to the log ``qt``."""
    if _HARMLESS not in message:
        _qt_log.log(_LEVELS.get(kind, logging.WARNING), message)
