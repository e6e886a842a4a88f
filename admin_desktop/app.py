"""The desk put together: the only place that names its concrete parts."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QSettings, QSize
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow

from admin_desktop.connection import SUFFIX, Connection, read_connection
from admin_desktop.desk import Desk, Me
from admin_desktop.first_run import assistant
from admin_desktop.first_run.link import LinkPage
from admin_desktop.settings import Settings
from admin_desktop.shell.asking import Asking
from admin_desktop.shell.context import Sites
from admin_desktop.shell.failures import explain
from admin_desktop.shell.rooms import RoomSpec
from admin_desktop.shell.sign_in import NoConnectionPage, SignInPage
from admin_desktop.shell.window import Frame
from admin_desktop.shell.words import LANGUAGE_NAMES, Words, load_catalogue
from admin_desktop.widgets.look import wear
from shared.contracts.gym import SiteView
from shared.desktop import tokens
from shared.desktop.drawings import Icon
from shared.desktop.tasks import TaskRunner
from shared.desktop.theme import system_palette
from shared.domain.time import Clock
from shared.secret_store.files import FileSecrets
from shared.secret_store.keyrings import find_keyring, installed_backends
from shared.secret_store.port import SecretStore

ROOMS: Sequence[RoomSpec] = (
    RoomSpec("door", "door.room", Icon.DOOR, "floor", "attendance.read", "admin_desktop.door.room:DoorRoom"),
    RoomSpec("members", "members.room", Icon.PEOPLE, "floor", "member.read", "admin_desktop.members.room:MembersRoom"),
    RoomSpec("passes", "passes.room", Icon.CARD, "floor", "pass.read", "admin_desktop.passes.room:PassesRoom"),
    RoomSpec(
        "machines", "machines.room", Icon.MACHINE, "gym", "machine.read", "admin_desktop.machines.room:MachinesRoom"
    ),
    RoomSpec("kiosks", "kiosks.room", Icon.KIOSK, "gym", "device.list", "admin_desktop.kiosks.room:KiosksRoom"),
    RoomSpec("plans", "plans.room", Icon.PLAN, "gym", "plan.read", "admin_desktop.plans.room:PlansRoom"),
    RoomSpec(
        "payments", "payments.room", Icon.TILL, "money", "payment.read", "admin_desktop.payments.room:PaymentsRoom"
    ),
    RoomSpec("reports", "reports.room", Icon.CHART, "money", "report.read", "admin_desktop.reports.room:ReportsRoom"),
    RoomSpec("staff", "staff.room", Icon.STAFF, "house", "person.list", "admin_desktop.staff.room:StaffRoom"),
    RoomSpec("sites", "sites.room", Icon.SLIDERS, "house", "site.change", "admin_desktop.sites.room:SitesRoom"),
    RoomSpec("imports", "imports.room", Icon.IMPORT, "house", "import.run", "admin_desktop.imports.room:ImportsRoom"),
    RoomSpec("audit", "audit.room", Icon.AUDIT, "house", "audit.read", "admin_desktop.audit.room:AuditRoom"),
)
_SMALLEST, _USUAL = (1180, 720), (1440, 900)
_THREADS = 4


class DeskWindow(QMainWindow):
    """The whole program on the screen: without a gym, signed out, or at work."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        super().__init__()
        self._settings = settings
        self._clock = clock
        self._kept = QSettings(str(settings.data / "desk.ini"), QSettings.Format.IniFormat)
        self._catalogue = load_catalogue()
        self.words = Words(self._catalogue, self._language())
        self.tasks = TaskRunner(threads=_THREADS, parent=self)
        self.ask = Asking(self.tasks, clock)
        self.ask.signed_out.connect(self._signed_out)
        self.desk: Desk | None = None
        self.frame: Frame | None = None
        self.setMinimumSize(*_SMALLEST)
        kept = self._kept.value("size")
        self.resize(kept if isinstance(kept, QSize) else QSize(*_USUAL))
        self.setWindowTitle(self.words("app.name"))
        self._begin(settings.connection or _kept_connection(settings.data))

    def closeEvent(self, event: object) -> None:  # noqa: ARG002, N802 - Qt's name and signature
        self._kept.setValue("size", self.size())
        self.tasks.close()
        if self.desk is not None:
            self.desk.close()

    def _begin(self, connection: Path | None) -> None:
        if connection is None:
            self.setCentralWidget(NoConnectionPage(self.words, self._choose_connection))
            return

        def work() -> Desk:
            known = read_connection(connection)
            secrets = _choose_secrets(known, self._settings.data)
            return Desk(known, secrets, self._settings.data, name=self._settings.name)

        self.ask(work, self._show_gym, failed=self._no_gym)

    def _no_gym(self, error: Exception) -> None:
        problem = explain(error, self.words).detail
        self.setCentralWidget(NoConnectionPage(self.words, self._choose_connection, problem=problem))

    def _show_gym(self, desk: Desk) -> None:
        self.desk = desk
        self.setWindowTitle(f"{desk.connection.gym_name} – {self.words('app.name')}")
        self._show_sign_in()
        self._resume(desk)

    def _resume(self, desk: Desk) -> None:
        """Go on with the sign-in that this PC keeps, if it still counts; the page stands there meanwhile."""

        def work() -> Me | None:
            return desk.me() if desk.authenticator.resume() else None

        self.ask(work, lambda me: None if me is None else self._come_in(me), failed=lambda _: None)

    def _choose_connection(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.words("sign_in.no_file"), "", f"*{SUFFIX}")
        if name:
            self.ask(lambda: _keep_connection(Path(name), self._settings.data), self._begin, failed=self._no_gym)

    def _show_sign_in(self, *, said: str = "", email: str = "") -> None:
        assert self.desk is not None  # noqa: S101  # there is a gym by now
        page = SignInPage(self.desk, self.ask, self.words, said=said, email=email)
        page.signed_in.connect(self._come_in)
        page.has_link.connect(self._show_link)
        self.setCentralWidget(page)
        (page.password if email else page.email).line.setFocus()

    def _show_link(self) -> None:
        assert self.desk is not None  # noqa: S101  # there is a gym by now

        def done(email: str) -> None:
            self._show_sign_in(said=self.words("first.link.done"), email=email)

        page = LinkPage(self.desk, self.ask, self.words, done=done, back=self._show_sign_in)
        self.setCentralWidget(page)
        page.link.line.setFocus()

    def _come_in(self, me: Me, *, room: str | None = None) -> None:
        desk = self.desk
        assert desk is not None  # noqa: S101  # somebody signed in at it
        self.ask(desk.staff.sites, lambda sites: self._open_frame(me, sites, room))

    def _take_over(self, me: Me) -> None:
        """Somebody with other rights: the same room where they may enter it."""
        self._come_in(me, room=None if self.frame is None else self.frame.room_name)

    def _open_frame(self, me: Me, sites: list[SiteView], room: str | None) -> None:
        assert self.desk is not None  # noqa: S101  # somebody signed in at it
        kept = self._kept.value("site")
        chosen = Sites(sites, UUID(str(kept)) if kept else None)
        chosen.changed.connect(lambda: self._kept.setValue("site", str(chosen.current.id)))
        self.frame = Frame(
            desk=self.desk,
            ask=self.ask,
            words=self.words,
            me=me,
            sites=chosen,
            clock=self._clock,
            rooms=ROOMS,
            sign_out=self._sign_out,
            first=room,
            set_up=assistant.show,
            camera=self._settings.camera,
        )
        self.frame.other_rights.connect(self._take_over)
        self.frame.locked.connect(lambda on: self._kept.setValue("locked", on))
        self.setCentralWidget(self.frame)
        if self._kept.value("locked", False, type=bool):  # it was locked when the program was ended
            self.frame.lock()
        else:
            assistant.offer(self.frame.context)

    def _sign_out(self) -> None:
        assert self.desk is not None  # noqa: S101  # somebody signed in at it
        self.ask.quietly(self.desk.authenticator.sign_out, lambda _: None)
        self._kept.setValue("locked", False)
        self.frame = None
        self._show_sign_in()

    def _signed_out(self) -> None:
        """The cloud knows this sign-in no more."""
        if self.frame is not None:
            self.frame.sign_in_again()

    def _language(self) -> str:
        wanted = self._settings.language or str(self._kept.value("language") or "en")
        return wanted if wanted in LANGUAGE_NAMES else "en"


def _kept_connection(data: Path) -> Path | None:
    path = data / f"gym{SUFFIX}"
    return path if path.is_file() else None


def _keep_connection(chosen: Path, data: Path) -> Path:
    """Raises InvalidInput: it is no sign-in file."""
    read_connection(chosen)
    data.mkdir(parents=True, exist_ok=True)
    kept = data / f"gym{SUFFIX}"
    kept.write_bytes(chosen.read_bytes())
    return kept


def _choose_secrets(known: Connection, data: Path) -> SecretStore:
    """A real keyring that answers, under the gym's address, else files."""
    keyring = find_keyring(installed_backends(), service=f"fit-monitor-desk {known.base_url}")
    return keyring or FileSecrets(data / "secrets")


def dress(app: QApplication, settings: Settings) -> None:
    """Put the theme of this PC on. Raises FontMissingError."""
    by_name = {"light": tokens.LIGHT, "dark": tokens.DARK}
    wear(app, by_name.get(settings.theme or "system") or system_palette())
