"""Settings of the admin desktop: the only reader of its environment."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.errors import InvalidInput

LANGUAGES = ("en", "da")
THEMES = ("system", "light", "dark")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Settings:
    """``data`` is this PC's folder for the desk; ``connection`` the gym's sign-in file, None while none was given.

    ``language`` and ``theme`` None: as last chosen on this PC, else English and as the system. ``name`` is what this PC
    calls itself, at most 80 characters. ``camera``, for photos, is a device number or path.
    """

    data: Path
    connection: Path | None = None
    language: str | None = None
    theme: str | None = None
    name: str | None = None
    camera: str = "0"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """``FIT_ADMIN_DATA``, ``FIT_ADMIN_CONNECTION``, ``FIT_ADMIN_LANGUAGE`` (en, da), ``FIT_ADMIN_THEME`` (system, light, dark).

    ``FIT_ADMIN_NAME`` is the PC's own name where it is not given, ``FIT_ADMIN_CAMERA`` the first one.

    Raises:
        InvalidInput: a value that is none of these.
    """
    env = os.environ if environ is None else environ
    connection = env.get("FIT_ADMIN_CONNECTION")
    return Settings(
        data=Path(env.get("FIT_ADMIN_DATA") or _home(env) / "fit-monitor-desk").absolute(),
        connection=None if not connection else Path(connection).absolute(),
        language=_one_of(env, "FIT_ADMIN_LANGUAGE", LANGUAGES),
        theme=_one_of(env, "FIT_ADMIN_THEME", THEMES),
        camera=env.get("FIT_ADMIN_CAMERA") or "0",
        name=(env.get("FIT_ADMIN_NAME") or platform.node())[:_LONGEST_NAME] or None,
    )


def _home(env: Mapping[str, str]) -> Path:
    """Where programs of a person keep their data: XDG's folder, or Windows'."""
    return Path(env.get("XDG_DATA_HOME") or env.get("LOCALAPPDATA") or Path.home() / ".local" / "share")


def _one_of(env: Mapping[str, str], name: str, known: tuple[str, ...]) -> str | None:
    value = env.get(name) or None
    if value is not None and value not in known:
        raise InvalidInput(f"{name} must be one of {', '.join(known)}.", field=name)
    return value
