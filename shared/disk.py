"""Putting things on the disk so that a power cut leaves them there."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in a folder durable. Windows has no such call and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
