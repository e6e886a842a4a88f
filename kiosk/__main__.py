"""The command ``fit-kiosk``."""

import argparse
import dataclasses
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.settings import Settings, load_settings
from shared.errors import FitError

if TYPE_CHECKING:
    from kiosk.entry.verdict import Answer
    from kiosk.screens.state import Verdict as Shown


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it did what was asked, 1 when it could not, 2 for a wrong call."""
    if argv is None and sys.argv[1:] == ["zbar-child"]:  # a packaged program starts its zbar process as itself
        from kiosk.scanner.zbar_child import main as child  # noqa: PLC0415

        return child()
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        return int(options.command(options))
    except (FitError, ValueError) as error:
        print(f"fit-kiosk: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fit-kiosk",
        description="The kiosk at a gym's door: reads codes with a camera, decides at once, records, syncs.",
        epilog="Settings come from FIT_KIOSK_* variables and the file FIT_KIOSK_CONFIG names. Begin with: fit-kiosk doctor",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands)
    enrol = commands.add_parser("enrol", help="make this machine a kiosk, with the pairing text of the gym")
    enrol.add_argument("pairing", help='"FIT1 https://... CODE FINGERPRINT", in quotes, as the gym shows it')
    _data_option(enrol)
    enrol.set_defaults(command=_enrol)
    status = commands.add_parser("status", help="who this kiosk is, what waits to be sent, how old its roster is")
    status.add_argument("--json", action="store_true", help="one JSON object, for programs")
    _data_option(status)
    status.set_defaults(command=_status)
    sync = commands.add_parser("sync", help="send what waits and take the roster, once, while the kiosk is not running")
    _data_option(sync)
    sync.set_defaults(command=_sync)
    scan = commands.add_parser("scan", help="read pictures or videos through the kiosk's own scanner")
    scan.add_argument("files", nargs="+", metavar="FILE")
    scan.add_argument("--json", action="store_true", help="one JSON line per picture, or per frame of a video")
    scan.add_argument(
        "--linear", default=None, metavar="NAMES", help="barcodes to read, with commas; 'none' for QR only"
    )
    scan.set_defaults(command=_scan)
    doctor = commands.add_parser("doctor", help="say in plain words what this machine lacks for a kiosk")
    _data_option(doctor)
    doctor.set_defaults(command=_doctor)
    return parser


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="open the door: window, camera, decisions, sync")
    run.add_argument("--camera", help="0, /dev/video0, file:door.avi, dir:pictures or seq:pictures/*.png")
    run.add_argument("--offscreen", action="store_true", help="without a display; the window is painted in memory")
    run.add_argument("--window", action="store_true", help="in a window instead of the full screen")
    run.add_argument("--until-camera-ends", action="store_true", help="stop when a recording is over")
    run.add_argument("--print-answers", action="store_true", help="one JSON line per answer (ids only) on the output")
    run.add_argument("--screenshots", type=Path, metavar="DIR", help="keep pictures of the screens; recordings only")
    _data_option(run)
    run.set_defaults(command=_run)


def _data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="the kiosk's data folder")
    parser.add_argument("--secrets", type=Path, help="the folder of the file-based secret store")


def _settings(options: argparse.Namespace) -> Settings:
    settings = load_settings()
    changes = {name: getattr(options, name, None) for name in ("data", "secrets", "camera")}
    given = {name: value for name, value in changes.items() if value is not None}
    for name in ("data", "secrets"):
        if name in given:
            given[name] = given[name].absolute()
    return dataclasses.replace(settings, **given)


def _run(options: argparse.Namespace) -> int:
    settings = _settings(options)
    recording = settings.camera.partition(":")[0] in ("file", "dir", "seq")
    if options.screenshots is not None and not recording:
        message = "--screenshots is for recordings only: no picture of a camera is ever written"
        raise ValueError(message)
    if options.offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"} & set(os.environ):
        message = "there is no display here; --offscreen runs without one"
        raise ValueError(message)
    from kiosk.screens.program import run_window  # noqa: PLC0415  # Qt

    code = run_window(
        settings,
        full_screen=settings.full_screen and not options.window and not options.offscreen,
        until_camera_ends=options.until_camera_ends,
        screenshots=options.screenshots,
        on_answer=_print_answer if options.print_answers else None,
    )
    # Everything is on the disk. A thread may still wait at the server for seconds, and Python cannot end it: leave.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


def _print_answer(answer: "Answer", shown: "Shown") -> None:
    """What a program may know of an answer: ids and codes, never a name."""
    from kiosk.entry.verdict import Verdict  # noqa: PLC0415

    facts: dict[str, object] = {"shown": shown.kind.value, "offline": answer.offline}
    if isinstance(answer, Verdict):
        reason = getattr(answer.decision, "reason", None)
        facts |= {
            "id": None if answer.event_id is None else str(answer.event_id),
            "number": answer.number,
            "reason": None if reason is None else reason.value,
            "decide_ms": round(answer.timings.decide_ms, 3),
            "commit_ms": round(answer.timings.commit_ms, 3),
        }
    print(json.dumps(facts), flush=True)


def _enrol(options: argparse.Namespace) -> int:
    from kiosk import app  # noqa: PLC0415
    from shared.clock import SystemClock  # noqa: PLC0415

    settings = _settings(options)
    identity = app.enrol(settings, SystemClock(), options.pairing)
    print(f"This is now {identity.device_name} at {identity.site_name} ({identity.gym_name}).")
    print(f"Its keys are in the {identity.secret_store} secret store. Start it with: fit-kiosk run")
    return 0


def _status(options: argparse.Namespace) -> int:
    from kiosk.report import as_words, read_status  # noqa: PLC0415

    facts = read_status(_settings(options))
    print(json.dumps(facts) if options.json else as_words(facts))
    return 0


def _sync(options: argparse.Namespace) -> int:
    from kiosk import app  # noqa: PLC0415
    from shared.clock import SystemClock  # noqa: PLC0415

    kiosk = app.open_kiosk(_settings(options), SystemClock())
    if isinstance(kiosk, app.NoKiosk):
        print("fit-kiosk: this machine is not enrolled", file=sys.stderr)
        return 1
    try:
        unsent = kiosk.sync_now()
    finally:
        kiosk.stop()
    print("Everything is sent." if unsent == 0 else f"{unsent} events are still not sent.")
    return 0 if unsent == 0 else 1


def _scan(options: argparse.Namespace) -> int:
    from kiosk.scanner.command import run_scan  # noqa: PLC0415
    from kiosk.scanner.settings import ScannerSettings  # noqa: PLC0415

    chosen = load_settings().scanner
    settings = ScannerSettings(budget_ms=chosen.budget_ms, second_opinion=chosen.second_opinion)
    if options.linear is not None:
        names = () if options.linear == "none" else options.linear.split(",")
        settings = dataclasses.replace(settings, linear=frozenset(names))
    return run_scan(options.files, as_json=options.json, settings=settings, out=sys.stdout)


def _doctor(options: argparse.Namespace) -> int:
    from kiosk.report import examine  # noqa: PLC0415

    findings = examine(_settings(options))
    for finding in findings:
        print(f"{finding.mark}  {finding.what}: {finding.words}")
    return 1 if any(finding.stops for finding in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
