"""``make desk``: the admin desktop on this PC's display, against a cloud API on this PC. Close the window to stop it.

The first time it makes a sample gym under ``out/desk`` and an Owner, whose address and password it prints.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import owner  # noqa: E402  # beside this file
from programs import BIN, Cloud, DemoFailed, Place, run, tidy_up_on_termination  # noqa: E402  # beside this file


def main() -> int:
    """Run until the window is closed."""
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
        print("There is no display here. The screens are in docs/screens; the tests paint them without a display.")
        return 1
    tidy_up_on_termination()
    place = Place(ROOT / "out" / "desk")
    file = place.root / "harbour.fitdesk"
    try:
        link = None if (place.cloud / "server.json").exists() else _make_gym(place, file)
        cloud = Cloud(place.cloud, place.logs, {}, port=None)
    except DemoFailed as error:
        print(error)
        return 1
    try:
        if link is not None:
            owner.sign_in(cloud.port, place.cloud / "tls" / "server.crt", link)
        print(f"Sign in as {owner.EMAIL} with the password: {owner.PASSWORD}")
        arguments = [str(BIN / "fit-admin"), str(file), "--data", str(place.root / "pc")]
        return subprocess.run(arguments, check=False).returncode
    except KeyboardInterrupt:
        return 0
    finally:
        cloud.stop()


def _make_gym(place: Place, file: Path) -> str:
    """The link of its first Owner."""
    site = ["--gym", "Harbour Gym", "--site", "Harbour Hall", "--zone", "Europe/Copenhagen", "--port", "8444"]
    made = json.loads(run("fit-cloud", "init", "--data", place.cloud, *site, "--json"))
    run("fit-cloud", "sample", "--data", place.cloud, "--members", "200", "--out", place.root)
    run("fit-cloud", "desk-file", "--data", place.cloud, file)
    return str(made["owner_link"])


if __name__ == "__main__":
    sys.exit(main())
