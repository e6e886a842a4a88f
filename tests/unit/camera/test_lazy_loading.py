import subprocess
import sys

HEAVY = ("cv2", "numpy", "zxingcpp", "pyzbar")


def test_importing_camera_and_scanner_loads_no_heavy_library():
    code = f"""
import sys
import kiosk.camera, kiosk.scanner, kiosk.scanner.command, kiosk.scanner.zbar_child, kiosk.scanner.capabilities
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
