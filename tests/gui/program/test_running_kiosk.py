"""The real window over a real kiosk: store, door, scanner and threads; only the camera's pictures are made up."""

import json
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
import segno

from kiosk import app as kiosk_app
from kiosk.app import Kiosk, NoKiosk, hold
from kiosk.camera import CameraUnavailable, Frame
from kiosk.enrolment.keys import KIOSK, put_keys
from kiosk.screens.presenter import Presenter
from kiosk.screens.state import Badge, CameraLost, Idle, Locked, NotEnrolled, Place, Verdict, VerdictKind
from kiosk.screens.window import KioskWindow
from kiosk.settings import ScannerOptions, Settings
from kiosk.store.folder import open_store
from kiosk.sync.wipe import Wipe
from shared.errors import InvalidInput, Unavailable
from tests.support.kiosk import DEVICE_KEYS, RESERVE, FakeSecretStore, a_kiosk, a_wipe_order, an_identity
from tests.support.small_gym import SmallGym, a_person

PATIENCE_MS = 30_000


def a_frame(text: str | None) -> np.ndarray:
    picture = np.full((720, 1280, 3), 200, np.uint8)
    if text is not None:
        matrix = np.array(
            [[255 * (not dark) for dark in row] for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
        )
        code = cv2.resize(matrix.astype(np.uint8), (400, 400), interpolation=cv2.INTER_NEAREST)
        picture[160:560, 440:840] = code[..., None]
    return picture


class ShownCodes:
    """A source that shows what a test puts in front of it; ``None`` in ``texts`` is an empty hall."""

    def __init__(self, *texts: str | None, finished: bool = False) -> None:
        self._frames = [a_frame(text) for text in texts]
        self._ends = finished
        self._number = -1
        self.broken = False
        self.finished = False
        self._turn = threading.Event()

    def open(self) -> None:
        if self.broken:
            raise CameraUnavailable("unplugged")

    def read(self) -> Frame | None:
        self._turn.wait(0.03)  # a camera's pace
        self._number += 1
        if self.broken:
            return None
        if self._ends and self._number >= 4 * len(self._frames):
            self.finished = True
            return None
        return Frame(self._frames[self._number // 4 % len(self._frames)], self._number * 0.03, self._number)

    def close(self) -> None:
        pass


class Scene:
    """A window, a kiosk behind it, and what it answered."""

    def __init__(self, qtbot, folder: Path, person, source: ShownCodes) -> None:
        seeded = a_kiosk(folder / "data", SmallGym(person))
        self.clock = seeded.clock
        seeded.store.close()
        self.store = open_store(folder / "data", self.clock, reserve_size=RESERVE)
        self.secrets = FakeSecretStore()
        put_keys(self.secrets, KIOSK, DEVICE_KEYS)
        self.identity = an_identity(base_url="https://127.0.0.1:9")
        self.source = source
        self.settings = Settings(folder / "data", folder / "secrets", scanner=ScannerOptions(second_opinion=False))
        self.shown: list[Verdict] = []
        self.presenter: Presenter | None = None
        self.window = KioskWindow(place=Place(site=""), local_time=self.local_time)
        self.presenter = Presenter(self.window, open_kiosk=self.open, report=lambda _, shown: self.shown.append(shown))
        qtbot.addWidget(self.window, before_close_func=lambda _: self.presenter.close())

    def local_time(self):
        return None if self.presenter is None else self.presenter.local_time()

    def open(self) -> Kiosk:
        kiosk = Kiosk(
            store=self.store,
            identity=self.identity,
            keys=DEVICE_KEYS,
            secrets=self.secrets,
            settings=self.settings,
            lock=hold(self.settings.data),
        )
        start = kiosk.start
        kiosk.start = lambda listener: start(listener, source=self.source)
        return kiosk

    def events(self) -> list[dict]:
        with self.store.database.read() as connection:
            return [json.loads(body) for (body,) in connection.execute("SELECT body FROM event ORDER BY seq")]


@pytest.fixture
def scene(app, qtbot, tmp_path):
    return lambda person, *texts, **changes: Scene(qtbot, tmp_path, person, ShownCodes(*texts, **changes))


def test_a_card_before_the_camera_turns_the_screen_green_with_its_name_and_is_on_the_disk(scene, qtbot):
    nora = a_person("Nora B.")
    it = scene(nora, None, nora.card.text)
    it.window.show()
    qtbot.waitUntil(lambda: bool(it.shown), timeout=PATIENCE_MS)
    assert it.shown[0].kind is VerdictKind.GRANTED
    assert it.shown[0].name == "Nora B."
    assert it.window.view.state == it.shown[0]
    assert [event["member_id"] for event in it.events()] == [str(nora.id)]


def test_without_a_network_the_screen_says_offline_and_the_staff_line_counts_what_waits(scene, qtbot):
    nora = a_person()
    it = scene(nora, None, nora.card.text)
    it.window.show()
    qtbot.waitUntil(lambda: bool(it.window.view.staff_line and it.window.view.staff_line.unsent), timeout=PATIENCE_MS)
    assert Badge.OFFLINE in it.window.view.badges
    assert it.window.view.staff_line.unsent == 1


def test_the_window_rests_in_idle_with_the_site_named(scene, qtbot):
    it = scene(a_person(), None)
    it.window.show()
    qtbot.waitUntil(lambda: it.window.view.state == Idle() and it.window.view.clock != "", timeout=PATIENCE_MS)
    assert it.window.view.place == Place(site="Harbour", door="Front door")


def test_a_lost_camera_is_said_and_comes_back_by_itself(scene, qtbot):
    nora = a_person()
    it = scene(nora, None)
    it.source.broken = True
    it.window.show()
    qtbot.waitUntil(lambda: it.window.view.state == CameraLost(), timeout=PATIENCE_MS)
    it.source.broken = False
    qtbot.waitUntil(lambda: it.window.view.state == Idle(), timeout=PATIENCE_MS)


def test_a_recording_that_ends_is_told_once_all_of_it_was_looked_at(scene, qtbot):
    nora = a_person()
    it = scene(nora, None, nora.card.text, finished=True)
    with qtbot.waitSignal(it.presenter.finished, timeout=PATIENCE_MS):
        it.window.show()
    assert len(it.events()) == 1


def test_a_kiosk_that_its_gym_took_back_is_locked_and_looks_at_nothing(scene, qtbot):
    nora = a_person()
    it = scene(nora, nora.card.text)
    Wipe(it.store, it.identity, it.secrets, None).accept(a_wipe_order())
    it.window.show()
    qtbot.waitUntil(lambda: it.window.view.state == Locked(), timeout=PATIENCE_MS)
    assert it.shown == []
    assert it.source._number == -1


def test_a_machine_that_is_no_kiosk_says_so(app, qtbot):
    window = KioskWindow(place=Place(site=""), local_time=lambda: None)
    presenter = Presenter(window, open_kiosk=lambda: NoKiosk.NOT_ENROLLED)
    qtbot.addWidget(window, before_close_func=lambda _: presenter.close())
    window.show()
    qtbot.waitUntil(lambda: window.view.state == NotEnrolled(), timeout=PATIENCE_MS)


def test_a_kiosk_that_cannot_open_is_tried_again(app, qtbot, monkeypatch, caplog):
    monkeypatch.setattr("kiosk.screens.presenter._TRY_AGAIN_MS", 1)
    tries = []

    def fail_once():
        tries.append(1)
        if len(tries) == 1:
            raise Unavailable("the keyring does not answer")
        return NoKiosk.NOT_ENROLLED

    window = KioskWindow(place=Place(site=""), local_time=lambda: None)
    presenter = Presenter(window, open_kiosk=fail_once)
    qtbot.addWidget(window, before_close_func=lambda _: presenter.close())
    window.show()
    qtbot.waitUntil(lambda: window.view.state == NotEnrolled(), timeout=PATIENCE_MS)
    assert "the keyring does not answer" in caplog.text


def test_two_programs_never_share_a_data_folder(tmp_path):
    with hold(tmp_path), pytest.raises(InvalidInput, match="Another kiosk program"):
        hold(tmp_path)
    hold(tmp_path).close()


def test_a_folder_without_an_enrolment_is_no_kiosk(tmp_path):
    settings = Settings(tmp_path / "data", tmp_path / "secrets")
    assert kiosk_app.open_kiosk(settings, None) is NoKiosk.NOT_ENROLLED
    hold(settings.data).close()
