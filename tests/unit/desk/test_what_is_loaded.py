"""The desk's window waits for no library that its first page has no use for."""

import subprocess
import sys

HEAVY = ("openpyxl", "numpy", "cv2", "sqlalchemy", "fastapi", "cloud_api", "kiosk")


def test_the_program_loads_no_heavy_library_before_it_is_needed():
    code = f"import sys; import admin_desktop.app; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
