"""Texts by key and language. Qt-free: states carry what to say (``Say``), and only a screen makes it words.

In a catalogue ``~`` is a no-break space. ``{name}`` takes a parameter: a date reads as day and month, ``{day:weekday}``
as its weekday, a time as 24-hour clock, another ``Say`` as its own text in the same language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from string import Formatter
from typing import Any

from shared.desktop.calendars import CALENDARS, NO_BREAK

FALLBACK = "en"
RIGHT_TO_LEFT = frozenset({"ar"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"  # keep a receipt number or a Latin name in one piece among Arabic


@dataclass(frozen=True, slots=True)
class Say:
    """Something to say in whichever language is on: a key of the catalogue and its parameters."""

    key: str
    params: "tuple[tuple[str, Param], ...]" = ()


Param = str | int | date | time | Say


def say(key: str, **params: Param) -> Say:
    return Say(key, tuple(params.items()))


class Catalogue:
    """The texts of one program: language to key to text. A text missing in a language is said in English."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = texts

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._texts)

    def text(self, lang: str, key: str, **params: Param) -> str:
        """The words for ``key``. An unknown language speaks English. KeyError for a key English does not have."""
        known = lang if key in self._texts.get(lang, {}) else FALLBACK
        return _Words(self, known).format(self._texts[known][key].replace("~", NO_BREAK), **params)

    def render(self, lang: str, said: Say) -> str:
        return self.text(lang, said.key, **dict(said.params))


class _Words(Formatter):
    """Writes parameters as the language does."""

    def __init__(self, catalogue: Catalogue, lang: str) -> None:
        self._catalogue = catalogue
        self._lang = lang

    def format_field(self, value: Any, spec: str) -> str:
        calendar = CALENDARS[self._lang]
        match value:
            case Say():
                return self._catalogue.render(self._lang, value)
            case date():
                return calendar.weekday(value) if spec == "weekday" else calendar.day(value)
            case time():
                return f"{value:%H:%M}"
            case str() if self._lang in RIGHT_TO_LEFT:
                return f"{_ISOLATE}{value}{_END_ISOLATE}"
            case _:
                return str(value)
