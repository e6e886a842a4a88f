"""The machine's clocks behind the :class:`shared.domain.time.Clock` port. The only module that reads them."""

import time
import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """Wall clock, and the boot clock with its id. Thread-safe."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # this is the clock

    def boot_ns(self) -> int:
        """CLOCK_BOOTTIME; where there is none (Windows, macOS), the monotonic clock."""
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic_ns() if boottime is None else time.clock_gettime_ns(boottime)

    def boot_id(self) -> str:
        return _read_boot_id()


@cache
def _read_boot_id() -> str:
    """The kernel's boot id; elsewhere one for this process, which makes every start a reboot: safe, if strict."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return str(uuid.uuid4())
