"""What of the scanner is installed here, in words that say what to do; for ``doctor``."""

import importlib
import sys
from dataclasses import dataclass
from importlib import metadata


@dataclass(frozen=True, slots=True)
class Capability:
    """``missing`` is empty when present, else what does not work and what helps; ``needed`` ones stop the kiosk."""

    name: str
    present: bool
    needed: bool
    missing: str = ""


def capabilities() -> tuple[Capability, ...]:
    """Try every library the scanner uses. Loads them, so it is for ``doctor`` and not for the running kiosk."""
    return (
        _library("reading codes", "zxingcpp", needed=True, help_="install the Python package zxing-cpp"),
        _library("camera and pictures", "cv2", needed=True, help_="install the Python package opencv-python-headless"),
        _one_opencv(),
        _library("second opinion on linear codes", "pyzbar.pyzbar", needed=False, help_=_zbar_help()),
    )


def _library(name: str, module: str, *, needed: bool, help_: str) -> Capability:
    try:
        importlib.import_module(module)
    except (ImportError, OSError) as exc:
        return Capability(name, present=False, needed=needed, missing=f"{exc}. To get it: {help_}.")
    return Capability(name, present=True, needed=needed)


def _zbar_help() -> str:
    without = "linear codes are read without it too, but count only after two frames"
    if sys.platform == "win32":
        return f"install the Python package pyzbar and the Visual C++ 2013 runtime ({without})"
    if sys.platform == "darwin":
        return f"brew install zbar, and the Python package pyzbar ({without})"
    return f"sudo apt install libzbar0, and the Python package pyzbar ({without})"


def _one_opencv() -> Capability:
    """Two OpenCV packages write into the same folder, and the ones with windows bring a Qt that misleads ours."""
    names = ("opencv-python", "opencv-contrib-python", "opencv-python-headless", "opencv-contrib-python-headless")
    installed = [name for name in names if _is_installed(name)]
    others = [name for name in installed if name != "opencv-python-headless"]
    if not others:
        return Capability("no other OpenCV beside the headless one", present=True, needed=False)
    why = f"{', '.join(others)} is installed too and can break the window; pip uninstall it"
    return Capability("no other OpenCV beside the headless one", present=False, needed=False, missing=why)


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
