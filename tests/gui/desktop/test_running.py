"""Work off the GUI thread, uncaught errors, the theme, and the guard against a stolen None."""

import gc
import logging
import subprocess
import sys
import threading

import pytest
from PySide6.QtCore import QObject, QPoint, Signal, qWarning
from PySide6.QtGui import QColor, QImage, QPainter, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from shared.desktop import tokens
from shared.desktop.crashes import install_crash_handlers
from shared.desktop.tasks import TaskRunner
from shared.desktop.theme import qt_palette

DEADLINE_MS = 30_000


@pytest.fixture
def tasks(qapp):
    runner = TaskRunner()
    yield runner
    assert runner.close()


def unexpected(value):
    pytest.fail(f"unexpected call back with {value!r}")


def test_work_runs_elsewhere_and_its_value_comes_back_to_the_gui_thread(qtbot, tasks):
    seen = []
    tasks.run(
        threading.get_ident, on_done=lambda worker: seen.append((worker, threading.get_ident())), on_failed=unexpected
    )
    qtbot.waitUntil(lambda: bool(seen), timeout=DEADLINE_MS)
    ((worker, here),) = seen
    assert here == threading.get_ident()
    assert worker != here


def test_an_error_of_the_work_comes_back_whole(qtbot, tasks):
    failed = []
    tasks.run(lambda: 1 / 0, on_done=unexpected, on_failed=failed.append)
    qtbot.waitUntil(lambda: bool(failed), timeout=DEADLINE_MS)
    assert isinstance(failed[0], ZeroDivisionError)


def test_a_result_that_comes_after_close_calls_nobody_back(qtbot):
    runner, begun, go_on = TaskRunner(), threading.Event(), threading.Event()

    def work():
        begun.set()
        assert go_on.wait(30)

    runner.run(work, on_done=unexpected, on_failed=unexpected)
    assert begun.wait(30)
    assert runner.close(timeout_s=0.01) is False
    go_on.set()
    assert runner.close(timeout_s=30) is True
    qtbot.wait(1)


def test_a_result_that_waits_for_the_gui_thread_when_it_closes_calls_nobody_back(qapp):
    runner, calls = TaskRunner(), []
    runner.run(lambda: 1, on_done=calls.append, on_failed=unexpected)
    assert runner._pool.waitForDone(30_000)
    runner.close()
    qapp.processEvents()
    assert calls == []


@pytest.fixture
def handlers():
    errors = []
    uninstall = install_crash_handlers(errors.append)
    yield errors
    uninstall()


def test_an_uncaught_error_of_any_thread_is_logged_and_handed_on(handlers, caplog):
    def fail():
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(KeyError, KeyError("here"), None)
    assert [type(error) for error in handlers] == [ValueError, KeyError]
    assert [record.message for record in caplog.records] == ["Uncaught error"] * 2
    assert "in a thread" in caplog.text


@pytest.mark.qt_no_exception_capture
@pytest.mark.no_qt_log
def test_qt_messages_reach_the_log_with_their_level(qapp, handlers, caplog):
    caplog.set_level(logging.DEBUG, logger="qt")
    qWarning("the display went away")
    qWarning("This plugin does not support propagateSizeHints()")
    assert [(record.levelname, record.message) for record in caplog.records] == [("WARNING", "the display went away")]


def test_uninstalling_puts_the_old_handlers_back():
    before = sys.excepthook, threading.excepthook
    uninstall = install_crash_handlers()
    assert sys.excepthook is not before[0]
    uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def test_the_palette_follows_the_roles(qapp):
    palette = qt_palette(tokens.DARK)
    assert palette.color(QPalette.ColorRole.Window) == QColor(tokens.DARK.bg)
    assert palette.color(QPalette.ColorRole.Highlight) == QColor(tokens.DARK.accent_soft)
    assert palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) == QColor(tokens.DARK.muted)


class _Source(QObject):
    told = Signal(int)


def test_qt_takes_no_reference_to_none_that_it_was_not_given(qapp):
    """PySide6 6.12 on Python 3.11 steals one per void call: a kiosk would die within a minute."""
    if sys.version_info >= (3, 12):
        return  # None is immortal there: nothing can be taken from it
    calls = 1000
    widget, label, source = QWidget(), QLabel(), _Source()
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    source.told.connect(lambda _: None)
    probes = {
        "update": widget.update,
        "resize": lambda: widget.resize(10, 10),
        "setText": lambda: label.setText("x"),
        "setPen": lambda: painter.setPen(QColor(0, 0, 0)),
        "drawImage": lambda: painter.drawImage(QPoint(0, 0), image),
        "emit": lambda: source.told.emit(1),
    }
    gc.collect()
    drift = {}
    for name, call in probes.items():
        before = sys.getrefcount(None)
        for _ in range(calls):
            call()
        drift[name] = sys.getrefcount(None) - before
    painter.end()
    assert {name: lost for name, lost in drift.items() if lost < -calls // 2} == {}


def test_no_work_begins_after_close(qapp):
    runner, begun = TaskRunner(), []
    assert runner.close()
    runner.run(lambda: begun.append(1), on_done=unexpected, on_failed=unexpected)
    assert runner.close(timeout_s=30)
    assert begun == []


def test_a_runner_ends_while_its_work_goes_on(qapp):
    """In a program of its own, which a dead end would hold for ever: the work needs the interpreter, and so does the end."""
    code = """
import threading
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtTest import QTest
from shared.desktop.tasks import TaskRunner
app = QCoreApplication([])
window, go, done = QObject(), threading.Event(), threading.Event()
runner = TaskRunner(parent=window)
runner.run(lambda: (go.wait(), done.set()), on_done=print, on_failed=print)
assert not runner.close(timeout_s=0)
threading.Timer(0.2, go.set).start()
window.deleteLater()
QTest.qWait(10)  # holds the interpreter while it handles events, as any handler in Python does
assert done.wait(20)
print("ended", flush=True)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert "ended" in ended.stdout, ended.stderr
