"""Days, months and reasons in few words."""

from datetime import date

from admin_desktop.shell.words import Words
from shared.desktop.calendars import CALENDARS


def short_day(day: date, words: Words, *, today: date) -> str:
    """Where there is little room, such as ``19 Nov``; with the year when it is another."""
    text = words("reports.short_day", day=str(day.day), month=month_name(day, words)[:3])
    return text if day.year == today.year else f"{text} {day.year}"


def reason_word(reason: str, words: Words) -> str:
    """As the door's room says it; a reason that is newer than this desk as it is."""
    key = f"door.reason.{reason}"
    return words(key) if words.knows(key) else reason


def short_weekday(weekday: int, words: Words) -> str:
    return CALENDARS[words.language].weekdays[weekday][:3].capitalize()


def short_month(month: date, words: Words) -> str:
    return month_name(month, words)[:3].capitalize()


def month_name(month: date, words: Words) -> str:
    """The month's name alone."""
    return CALENDARS[words.language].months[month.month - 1]
