"""``make run``: the kiosk on this PC's webcam and display, against a cloud API on this PC. Stop it with Ctrl+C.

The first time it makes a sample gym under ``out/run`` and a few codes as pictures, to be held up on a phone.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import segno

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from programs import BIN, Cloud, DemoFailed, Place, run, tidy_up_on_termination  # noqa: E402  # beside this file


def main() -> int:
    """Run until the window is closed."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
        print("There is no display here. 'make demo' shows the same job without one.")
        return 1
    if sys.platform == "linux" and not list(Path("/dev").glob("video*")):
        print("There is no webcam here: the kiosk will say that its camera is lost, and take it when you plug one in.")
    tidy_up_on_termination()
    place = Place(ROOT / "out" / "run")
    try:
        if not (place.cloud / "server.json").exists():
            _make_gym(place)
        cloud = Cloud(place.cloud, place.logs, {}, port=None)
    except DemoFailed as error:
        print(error)
        return 1
    try:
        if not (place.root / "kiosk" / "kiosk.json").exists():
            _enrol(place)
        print(f"Codes to hold up, as pictures: {place.root / 'codes'}")
        env = {**os.environ, **place.kiosk_env}
        return subprocess.run([str(BIN / "fit-kiosk"), "run", "--window"], env=env, check=False).returncode
    except KeyboardInterrupt:
        return 0
    finally:
        cloud.stop()


def _make_gym(place: Place) -> None:
    site = ["--gym", "Harbour Gym", "--site", "Harbour Hall", "--zone", "Europe/Copenhagen", "--port", "8443"]
    run("fit-cloud", "init", "--data", place.cloud, *site)
    run("fit-cloud", "sample", "--data", place.cloud, "--members", "200", "--out", place.root)
    members: list[dict[str, Any]] = json.loads((place.root / "demo-secrets.json").read_text())["members"]
    codes = place.root / "codes"
    codes.mkdir(exist_ok=True)
    for member in members:
        if member["kind"] == "card":
            picture = codes / f"{member['state']}-{member['number']}.png"
            segno.make_qr(member["text"], error="m").save(str(picture), scale=12, border=4)


def _enrol(place: Place) -> None:
    made = run(
        "fit-cloud", "pair", "--data", place.cloud, "--device", "Main entrance", "--site", "Harbour Hall", "--json"
    )
    print(run("fit-kiosk", "enrol", json.loads(made)["pairing"], env=place.kiosk_env).splitlines()[0])


if __name__ == "__main__":
    sys.exit(main())
