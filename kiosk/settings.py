"""The kiosk's settings: the only reader of the environment and of ``kiosk.toml``.

The environment wins over the file, the file over the defaults. Where the kiosk belongs (gym, site, keys) is not a
setting: that comes with the enrolment.
"""

import math
import os
import shlex
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.domain.device import Direction
from shared.errors import InvalidInput

PREFIX = "FIT_KIOSK_"
_MIB = 1024 * 1024
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True, slots=True)
class ScannerOptions:
    """How hard to look for codes: CPU milliseconds per frame, and whether pyzbar gives its second opinion."""

    budget_ms: float = 30.0
    second_opinion: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """``camera`` is a device number, a device path, or a file or folder of pictures to play instead.

    ``direction`` overrides what the gym said at the enrolment. ``secrets`` is the folder of the file-based secret store; ``credentials`` is systemd's, if it runs the kiosk.
    ``door`` is the command that opens the door, as its words; empty without one.
    ``reserve_mib`` is held back on the disk for the day it is full. Timeouts are seconds.
    """

    data: Path
    secrets: Path
    credentials: Path | None = None
    camera: str = "0"
    direction: Direction | None = None
    language: str | None = None
    full_screen: bool = True
    door: tuple[str, ...] = ()
    reserve_mib: int = 64
    connect_timeout_s: float = 5.0
    answer_timeout_s: float = 20.0
    scanner: ScannerOptions = field(default_factory=ScannerOptions)

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming the setting."""
        if self.secrets.resolve().is_relative_to(self.data.resolve()):
            raise InvalidInput(
                "The secrets must not lie in the data folder: copies of it would carry them.", field="secrets"
            )
        numbers = {
            "reserve_mib": self.reserve_mib,
            "connect_timeout_s": self.connect_timeout_s,
            "answer_timeout_s": self.answer_timeout_s,
            "scanner_budget_ms": self.scanner.budget_ms,
        }
        for name, number in numbers.items():
            if number <= 0:
                raise InvalidInput(f"{name} must be above zero, not {number}.", field=name)

    @property
    def reserve_size(self) -> int:
        """Bytes."""
        return self.reserve_mib * _MIB


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``FIT_KIOSK_<NAME>`` variables and the file ``FIT_KIOSK_CONFIG`` names (TOML, the same names in lower case).

    Raises:
        InvalidInput: a value cannot be used, or a name is unknown; ``field`` says which.
    """
    environ = os.environ if environ is None else environ
    given = {**_from_file(environ), **_from_environment(environ)}
    unknown = sorted(given.keys() - _READERS.keys())
    if unknown:
        raise InvalidInput(f"There is no setting {unknown[0]!r}; known are {', '.join(_READERS)}.", field=unknown[0])
    values = {name: _READERS[name](value, name) for name, value in given.items()}
    options = {name.removeprefix("scanner_"): values.pop(name) for name in list(values) if name.startswith("scanner_")}
    folders: dict[str, Any] = {"data": _data_folder(environ), "secrets": _secrets_folder(environ)}
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    return Settings(
        **{**folders, **values},
        credentials=None if credentials is None else Path(credentials),
        scanner=ScannerOptions(**options),
    )


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {key.removeprefix(PREFIX).lower(): value for key, value in environ.items() if key.startswith(PREFIX)}
    names.pop("config", None)
    return names


def _from_file(environ: Mapping[str, str]) -> dict[str, Any]:
    path = environ.get(PREFIX + "CONFIG")
    if path is None:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The settings file {path} cannot be read: {error}", field="config") from error


def _data_folder(environ: Mapping[str, str]) -> Path:
    """Where the service manager says, else where the platform keeps a user's data."""
    if "STATE_DIRECTORY" in environ:
        return Path(environ["STATE_DIRECTORY"].split(":")[0]) / "data"
    return _home(environ, "XDG_DATA_HOME", ".local/share") / "fit-kiosk" / "data"


def _secrets_folder(environ: Mapping[str, str]) -> Path:
    if "STATE_DIRECTORY" in environ:
        return Path(environ["STATE_DIRECTORY"].split(":")[0]) / "secrets"
    return _home(environ, "XDG_CONFIG_HOME", ".config") / "fit-kiosk" / "secrets"


def _home(environ: Mapping[str, str], variable: str, below_home: str) -> Path:
    if os.name == "nt" and "LOCALAPPDATA" in environ:
        return Path(environ["LOCALAPPDATA"])
    return Path(environ[variable]) if environ.get(variable) else Path.home() / below_home


def _text(value: Any, name: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidInput(f"{name} must be a text, not {value!r}.", field=name)
    return str(value)


def _folder(value: Any, name: str) -> Path:
    return Path(_text(value, name)).expanduser().absolute()


def _number(value: Any, name: str) -> float:
    try:
        number = float(value)
        if math.isfinite(number):
            return number
    except (TypeError, ValueError):
        pass
    raise InvalidInput(f"{name} must be a number, not {value!r}.", field=name)


def _whole(value: Any, name: str) -> int:
    number = _number(value, name)
    if number != int(number):
        raise InvalidInput(f"{name} must be a whole number, not {value!r}.", field=name)
    return int(number)


def _switch(value: Any, name: str) -> bool:
    text = str(value).lower()
    if text not in _TRUE + _FALSE:
        raise InvalidInput(f"{name} must be on or off, not {value!r}.", field=name)
    return text in _TRUE


def _command(value: Any, name: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(_text(value, name)))
    except ValueError as error:
        raise InvalidInput(f"{name} must be a command, not {value!r}: {error}.", field=name) from error
    if not words:
        raise InvalidInput(f"{name} must be a command, or not be set.", field=name)
    return words


def _direction(value: Any, name: str) -> Direction:
    try:
        return Direction(value)
    except ValueError as error:
        raise InvalidInput(f"{name} must be entry or exit, not {value!r}.", field=name) from error


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "data": _folder,
    "secrets": _folder,
    "camera": _text,
    "direction": _direction,
    "language": _text,
    "full_screen": _switch,
    "door": _command,
    "reserve_mib": _whole,
    "connect_timeout_s": _number,
    "answer_timeout_s": _number,
    "scanner_budget_ms": _number,
    "scanner_second_opinion": _switch,
}
"""Every setting and how it is read. Linear symbologies are the gym's, and come with the roster."""
