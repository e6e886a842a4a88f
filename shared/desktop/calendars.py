"""How each language writes a day: month and weekday names, in the case that a sentence wants."""

from dataclasses import dataclass
from datetime import date

NO_BREAK = "\u00a0"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Names in one language. ``day_month`` places ``{day}`` and ``{month}``; weekdays begin on Monday."""

    day_month: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    first_of_month: str = "1"

    def day(self, day: date) -> str:
        """``30 June``, held together by a no-break space."""
        number = self.first_of_month if day.day == 1 else str(day.day)
        return self.day_month.format(day=number, month=self.months[day.month - 1]).replace(" ", NO_BREAK)

    def weekday(self, day: date) -> str:
        return self.weekdays[day.weekday()]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CALENDARS = {
    "en": Calendar(
        "{day} {month}",
        _names("January February March April May June July August September October November December"),
        _names("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    ),
    "da": Calendar(
        "{day}. {month}",
        _names("januar februar marts april maj juni juli august september oktober november december"),
        _names("mandag tirsdag onsdag torsdag fredag lørdag søndag"),
    ),
    "de": Calendar(
        "{day}. {month}",
        _names("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        _names("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
    ),
    "es": Calendar(
        "{day} de {month}",
        _names("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        _names("lunes martes miércoles jueves viernes sábado domingo"),
    ),
    "fr": Calendar(
        "{day} {month}",
        _names("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        _names("lundi mardi mercredi jeudi vendredi samedi dimanche"),
        first_of_month="1er",
    ),
    "ar": Calendar(
        "{day} {month}",
        _names("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        _names("الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"),
    ),
}
