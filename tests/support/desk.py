"""The admin desktop at a real gym: a server process on SQLite, a sample of members, a window, and hands on it."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from admin_desktop.app import DeskWindow, dress
from admin_desktop.settings import Settings
from admin_desktop.shell.window import Frame
from admin_desktop.widgets.sheet import Overlay
from cloud_api.common.cloud import Cloud
from cloud_api.common.tokens import Tokens
from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.identity.passwords import hash_password
from cloud_api.operate.desk_files import make_desk_file
from cloud_api.operate.opening import open_cloud
from cloud_api.sample.making import make_sample
from shared.clock import SystemClock
from shared.domain.roles import Group
from shared.secret_store.files import FileSecrets
from tests.support.live import LiveGym

Shown = TypeVar("Shown", bound=QWidget)

DEADLINE_MS = 30_000
PASSWORD = "a long password of the desk"
_GUARDED = ("open", "sqlite3.connect", "socket.connect")
_WATCHED = ("/admin_desktop/", "/shared/client/")
_guard: dict[str, bool] = {"on": False, "hooked": False}


class DeskGym:
    """A gym that a desk signs in to; one server process for many tests."""

    def __init__(
        self,
        folder: Path,
        stack: contextlib.ExitStack,
        *,
        members: int = 40,
        environ: Mapping[str, str] | None = None,
        fill: Callable[[Cloud], None] = lambda _: None,
    ) -> None:
        """``environ`` are settings of the server; ``fill`` puts more in, beside the sample."""
        self.folder = folder
        self.live = LiveGym(folder / "cloud", stack, environ=environ)
        cloud = open_cloud(self.live.settings)
        self.sample = make_sample(cloud, members=members, seed=1, out=folder)
        while cloud.dispatcher.run_pending():
            pass
        fill(cloud)
        cloud.database.close()
        self.live.start()
        self.connection = folder / "gym.fitdesk"
        self.connection.write_text(make_desk_file(self.live.settings).text(), encoding="utf-8")

    def sign_in(self, role: Group, data: Path, *, name: str = "Ulla Holm", password: str | None = None) -> None:
        """Leave a sign-in of a new person with a role in the desk's folder, as if made yesterday."""
        cloud = open_cloud(self.live.settings)
        with cloud.database.transaction() as session:
            new = NewPerson(name=name, email=f"desk-{uuid4().hex}@fit.test", groups=[role])
            person_id = people.create_person(session, new, actor="system")
            if password is not None:
                sessions.set_password(session, person_id, hash_password(password))
            tokens = Tokens(cloud.keys, SystemClock())
            signed_in = sessions.open_session(session, person_id, tokens=tokens)
        cloud.database.close()
        FileSecrets(data / "secrets").put("sign-in", signed_in.refresh_token.encode())


class DeskAtWork:
    """A window, and what a person does with it. Everything waits until the cloud has answered."""

    def __init__(self, window: DeskWindow) -> None:
        self.window = window
        self._pressed_ms = 10_000

    @property
    def frame(self) -> Frame:
        assert self.window.frame is not None, "nobody is signed in"
        return self.window.frame

    def room(self, name: str) -> Any:
        """Enter a room and wait for it."""
        made = self.frame.open(name)
        self.settle()
        return made

    def settle(self) -> None:
        """Wait until nothing is asked any more, no short timer (typing, arrows) runs, and what came is shown."""
        _let_things_happen(1)
        self.wait_until(self._is_quiet_and_shown)

    def wait_until(self, true: Callable[[], bool]) -> None:
        deadline = QDeadlineTimer(DEADLINE_MS)
        while not true():
            assert not deadline.hasExpired(), f"{true} never became true"
            _let_things_happen(5)

    def click(self, press: QPushButton) -> None:
        """Click with the left button, in its middle."""
        assert press.isVisible(), f"{press.text()!r} is not on the screen"
        assert press.isEnabled(), f"{press.text()!r} is off"
        QTest.mouseClick(press, Qt.MouseButton.LeftButton)
        self.settle()

    def type(self, line: QLineEdit, text: str) -> None:
        line.setFocus()
        line.selectAll()
        QTest.keyClick(line, Qt.Key.Key_Delete)
        QTest.keyClicks(line, text)
        self.settle()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)
        self.settle()

    def scan(self, text: str, *, pace_ms: int = 5, end: str = "\r") -> None:
        """Type into the window as a hand scanner does, or at the pace of hands; it goes to whatever has the focus."""
        for character in text + end:
            self._pressed_ms += pace_ms
            key = Qt.Key.Key_Return if character == "\r" else Qt.Key(ord(character.upper()))
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                event.setTimestamp(self._pressed_ms)
                QApplication.sendEvent(self.window.windowHandle(), event)
        self._pressed_ms += 1_000

    def button(self, text: str, within: QWidget | None = None) -> QPushButton:
        """The button on the screen that says this."""
        found = [
            each
            for each in (within or self.window).findChildren(QPushButton)
            if each.isVisible() and each.text().strip() == text
        ]
        assert found, f"there is no button {text!r}"
        return found[-1]

    def says(self, text: str, within: QWidget | None = None) -> bool:
        """Whether a text on the screen contains this."""
        return any(text in each.text() for each in (within or self.window).findChildren(QLabel) if each.isVisible())

    def on_top(self, kind: Callable[..., Shown]) -> Shown:
        """The last one of its kind that is on the screen, such as the sheet above another."""
        shown = [each for each in self.window.findChildren(kind) if each.isVisible()]
        assert shown, f"no {kind.__name__} is on the screen"
        return shown[-1]

    def tidy(self) -> None:
        """Close whatever a test left open, for the next test at the same desk."""
        for each in self.window.findChildren(Overlay):
            if each.isVisible():
                each.close_it()
        self.settle()

    @property
    def toast(self) -> str:
        return self.frame.toasts.text

    def _is_quiet_and_shown(self) -> bool:
        if not self._is_quiet():
            return False
        QApplication.processEvents()  # Qt shows what joins a page only with a later event
        return self._is_quiet()

    def _is_quiet(self) -> bool:
        short = [
            t for t in self.window.findChildren(QTimer) if t.isActive() and t.isSingleShot() and t.interval() < 500
        ]
        return self.window.ask.is_idle and not short


def _let_things_happen(milliseconds: int) -> None:
    """As ``QTest.qWait``, which holds the interpreter's lock: other threads would stand still meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


@contextlib.contextmanager
def a_desk(
    gym: DeskGym,
    app: QApplication,
    data: Path,
    *,
    role: Group | None = Group.OWNER,
    theme: str = "light",
    language: str = "en",
    size: tuple[int, int] = (1440, 900),
    camera: str = "0",
) -> Iterator[DeskAtWork]:
    """A desk of its own folder, signed in with a role; None leaves the sign-in to the test. The guard is on."""
    if role is not None:
        gym.sign_in(role, data)
    settings = Settings(data=data, connection=gym.connection, theme=theme, language=language, camera=camera)
    dress(app, settings)
    with nothing_slow_on_the_gui_thread():
        window = DeskWindow(settings, SystemClock())
        window.resize(*size)
        window.show()
        desk = DeskAtWork(window)
        desk.settle()
        if role is not None:
            desk.wait_until(lambda: window.frame is not None)
            desk.settle()
        try:
            yield desk
        finally:
            window.close()
            window.deleteLater()
            app.processEvents()


@contextlib.contextmanager
def nothing_slow_on_the_gui_thread() -> Iterator[None]:
    """Network, SQLite and files of the product refuse to run on the GUI thread while this is open."""
    if not _guard["hooked"]:
        sys.addaudithook(_refuse)
        _guard["hooked"] = True
    _guard["on"] = True
    try:
        yield
    finally:
        _guard["on"] = False


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if not _guard["on"] or event not in _GUARDED or threading.current_thread() is not threading.main_thread():
        return
    if event == "open" and str(arguments[0]).endswith((".py", ".pyc", ".so")):
        return  # a module that is loaded late
    frame = sys._getframe(1)
    while frame is not None:
        if any(room in frame.f_code.co_filename for room in _WATCHED):
            message = f"{event} {arguments[0]!r} on the GUI thread, in {frame.f_code.co_filename}:{frame.f_lineno}"
            raise AssertionError(message)
        frame = frame.f_back  # type: ignore[assignment]
