"""Bench: the desk. How soon one can work with it, its memory, two hundred cards, and how long its window stands still.

The program is the real one, offscreen, at a real server with 200 members and a day's work; the sign-in is kept, as on
any morning.
"""

import contextlib
import os
import statistics
import tempfile
import time
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from admin_desktop.passes.cards import FORMS, PassCard
from admin_desktop.printing.paper import write_pdf
from shared.desktop.fonts import load_fonts
from shared.domain.roles import Group
from shared.passtoken.tokens import new_card, to_text
from tests.bench.report import Report
from tests.gui.desk.busy_day import have_a_busy_day
from tests.support.desk import DeskGym
from tests.support.processes import Program, running

MEMBERS, STARTS, CARDS = 200, 5, 200
USABLE_S, MEMORY_MIB, CARDS_S, GAP_MS = 1.0, 220, 2.0, 50
_PROGRAM = "tests.support.watched_desk"


def run(report: Report) -> None:
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        gym = DeskGym(folder / "gym", stack, members=MEMBERS)
        have_a_busy_day(gym)
        _start(report, gym, folder)
        _walk(report, gym, folder)
    _print(report)


def _arguments(gym: DeskGym, data: Path) -> list[str]:
    gym.sign_in(Group.OWNER, data)
    return [str(gym.connection), "--data", str(data), "--theme", "light", "--language", "en"]


def _start(report: Report, gym: DeskGym, folder: Path) -> None:
    took, worked, memory = [], [], []
    arguments = _arguments(gym, folder / "pc")
    for _ in range(STARTS + 1):
        began = time.perf_counter()
        with running(_PROGRAM, arguments) as desk:
            desk.expect("^usable")
            took.append(time.perf_counter() - began)
            worked.append(desk.cpu_s())
            memory.append(desk.memory_mib())
            desk.stop()
    median = statistics.median(took[1:])  # the first one fills the page cache
    report.row("start to a loaded first room, warm", f"{median:.2f} s", f"<= {USABLE_S} s", None)
    report.note(f"{statistics.median(worked[1:]):.2f} s of CPU, whatever else the machine does")
    report.row("memory then", f"{max(memory):.0f} MiB", f"<= {MEMORY_MIB} MiB", None)


def _walk(report: Report, gym: DeskGym, folder: Path) -> None:
    with running(_PROGRAM, _arguments(gym, folder / "pc-of-the-walk")) as desk:
        desk.expect("^usable")
        for title in ("every room for the first time", "every room again"):
            gaps = _gaps(desk)
            longest, _, room = max(gaps)
            report.row(f"longest standstill of the window: {title}", f"{longest:.0f} ms", f"<= {GAP_MS} ms", None)
            most, busiest = max((worked, name) for _, worked, name in gaps)
            middle = statistics.median(gap for gap, _, _ in gaps)
            report.note(
                f"in {room}; median of {len(gaps)} rooms {middle:.0f} ms; most CPU at once {most:.0f} ms, in {busiest}"
            )
        report.row("memory with every room open", f"{desk.memory_mib():.0f} MiB", f"<= {MEMORY_MIB} MiB", None)
        desk.stop()


def _gaps(desk: Program) -> list[tuple[float, float, str]]:
    """Milliseconds, those of CPU, and the room, for each."""
    desk.say("walk")
    found = []
    while (said := desk.expect(r"^(?:walked|gap (\S+) (\S+) (\S+))$"))[1] is not None:
        found.append((float(said[1]), float(said[2]), str(said[3])))
    return found


def _print(report: Report) -> None:
    _app = QApplication.instance() or QApplication([])
    load_fonts()
    cards = [
        PassCard(uuid4(), to_text(new_card()), f"Nora Bramwell-Sky {number}", f"No. {number}", "Harbour Gym")
        for number in range(CARDS)
    ]
    for form in FORMS:
        began = time.perf_counter()
        content = write_pdf(form, cards, title="bench")
        took = time.perf_counter() - began
        report.row(f"{CARDS} cards to PDF: {form.name}", f"{took:.2f} s", f"<= {CARDS_S} s", None)
        report.note(f"{len(content) // 1024} KiB")
