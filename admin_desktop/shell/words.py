"""Every word on the desk, by key, in the language of this PC."""

import importlib
import importlib.util
import pkgutil
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import admin_desktop
from shared.desktop.translation import FALLBACK, Catalogue, Param, Say
from shared.domain.money import decimals_of

_DANISH = str.maketrans(",.", ".,")
LANGUAGE_NAMES = {"en": "English", "da": "Dansk"}


def load_catalogue() -> Catalogue:
    """The texts of all rooms: each has a module ``texts`` with ``TEXTS``, language to key to text.

    Raises:
        ValueError: two rooms give one key.
    """
    texts: dict[str, dict[str, str]] = {lang: {} for lang in LANGUAGE_NAMES}
    for room in pkgutil.iter_modules(admin_desktop.__path__, "admin_desktop."):
        if not room.ispkg or importlib.util.find_spec(f"{room.name}.texts") is None:
            continue
        for lang, some in importlib.import_module(f"{room.name}.texts").TEXTS.items():
            if doubled := texts[lang].keys() & some.keys():
                message = f"{room.name} says {sorted(doubled)} again"
                raise ValueError(message)
            texts[lang].update(some)
    return Catalogue(texts)


class Words:
    """Says things in one language. ``zone`` is that of the site at hand: days and times are the site's."""

    def __init__(self, catalogue: Catalogue, language: str = FALLBACK) -> None:
        self._catalogue = catalogue
        self.language = language

    def __call__(self, key: str, **params: Param) -> str:
        return self._catalogue.text(self.language, key, **params)

    def said(self, what: Say) -> str:
        return self._catalogue.render(self.language, what)

    def knows(self, key: str) -> bool:
        try:
            self._catalogue.text(self.language, key)
        except KeyError:
            return False
        except (IndexError, ValueError):
            return True
        return True

    def day(self, on: date, *, today: date) -> str:
        """A day as people say it: today, yesterday, tomorrow, then day and month, with the year when it is another."""
        near = {0: "day.today", -1: "day.yesterday", 1: "day.tomorrow"}.get((on - today).days)
        if near is not None:
            return self(near)
        return self("day.date", day=on) if on.year == today.year else self("day.year", day=on, year=str(on.year))

    def date(self, on: date) -> str:
        """A day by its date, with the year."""
        return self("day.year", day=on, year=str(on.year))

    def moment(self, at: datetime, *, zone: ZoneInfo, now: datetime) -> str:
        """Day and time at the site, such as "Today 17:38"; both instants aware."""
        there, today = at.astimezone(zone), now.astimezone(zone).date()
        return self("day.moment", day=self.day(there.date(), today=today), time=there.time())

    def lasting(self, span: timedelta) -> str:
        """A span in its largest whole unit, such as "12 min"."""
        seconds = max(0, int(span.total_seconds()))
        for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
            if seconds >= size:
                return self(f"span.{unit}", n=seconds // size)
        return self("span.seconds", n=seconds)

    def number(self, value: float, *, digits: int = 0) -> str:
        """A number such as ``6,412`` or ``2.8``; Danish writes ``6.412`` and ``2,8``."""
        text = f"{value:,.{digits}f}"
        return text.translate(_DANISH) if self.language == "da" else text

    def share(self, value: float, *, digits: int = 0) -> str:
        """A share (0 to 1) as a percentage, such as ``97.5 %``."""
        return f"{self.number(value * 100, digits=digits)}\u00a0%"

    def money(self, minor: int, currency: str) -> str:
        """Minor units as an amount, such as ``349.00 DKK``; Danish writes a comma."""
        digits = decimals_of(currency)
        sign, amount = ("-" if minor < 0 else ""), abs(minor)
        whole, part = divmod(amount, 10**digits)
        point, group = (",", ".") if self.language == "da" else (".", ",")
        text = f"{whole:,}".replace(",", group)
        text += f"{point}{part:0{digits}d}" if digits else ""
        return f"{sign}{text}\u00a0{currency}"
