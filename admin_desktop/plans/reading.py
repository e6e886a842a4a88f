"""What the desk says of a plan: its period, hours and sites in words, its state as a chip."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import Chip, Tone
from admin_desktop.widgets.pages import Cell, Column
from shared.contracts.gym import PlanView
from shared.contracts.roster import WindowBody
from shared.desktop.drawings import Icon

_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Band:
    """The same hours on some weekdays (0 is Monday); minutes of a day, ``closes`` may pass midnight."""

    days: tuple[int, ...]
    opens: int
    closes: int


def bands_of(windows: Iterable[WindowBody]) -> list[Band]:
    """The windows of a week, those with the same hours together."""
    days: dict[tuple[int, int], list[int]] = {}
    for window in windows:
        days.setdefault((window.opens, window.closes), []).append(window.weekday)
    return [Band(tuple(sorted(found)), *hours) for hours, found in sorted(days.items(), key=lambda item: item[1])]


def period_of(plan: PlanView, words: Words) -> str:
    unit, count = ("months", plan.months) if plan.months else ("days", plan.days)
    return _counted(words, f"plans.{unit}", count)


def visits_of(plan: PlanView, words: Words) -> str:
    return words("plans.any_number") if plan.visits is None else _counted(words, "plans.visits", plan.visits)


def hours_of(plan: PlanView, words: Words) -> str:
    """Such as "Mon–Fri 09:00–15:00"."""
    if plan.windows is None:
        return words("plans.any_hour")
    return ", ".join(
        f"{_days(band.days, words)} {clock(band.opens)}–{clock(band.closes)}" for band in bands_of(plan.windows)
    )


def sites_of(plan: PlanView, context: Context) -> str:
    if plan.site_ids is None:
        return context.words("plans.every_site")
    return ", ".join(context.sites.name_of(site_id) for site_id in plan.site_ids)


def describe(plan: PlanView, context: Context) -> str:
    """A plan in one line, without its name and price."""
    words = context.words
    parts = [period_of(plan, words)]
    if plan.visits is not None:
        parts.append(visits_of(plan, words))
    parts.append(hours_of(plan, words))
    if plan.site_ids is not None:
        parts.append(sites_of(plan, context))
    return " · ".join(parts)


def plan_chip(plan: PlanView, words: Words) -> Chip:
    if plan.for_staff:
        return Chip(words("plans.state.staff"), Tone.INFO, Icon.STAFF)
    if plan.on_sale:
        return Chip(words("plans.state.sold"), Tone.GOOD, Icon.TICK)
    return Chip(words("plans.state.kept"), Tone.OVER, Icon.BAR)


def plan_columns(context: Context) -> list[Column[PlanView]]:
    words = context.words
    return [
        Column(words("plans.name"), 5, lambda plan: Cell(plan.name, describe(plan, context), strong=True), floor=240),
        Column(words("plans.price"), 1, lambda plan: Cell(words.money(plan.price_minor, plan.currency)), floor=130),
        Column(words("plans.state"), 1, lambda plan: Cell(chip=plan_chip(plan, words)), floor=130),
    ]


def clock(minute: int) -> str:
    """A minute of a day as a wall clock; midnight at the end of a day is 00:00."""
    minute %= _DAY_MINUTES
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _days(days: Sequence[int], words: Words) -> str:
    first, last = days[0], days[-1]
    if len(days) > 2 and last - first + 1 == len(days):  # noqa: PLR2004  # two days read better by their names
        return f"{words(f'plans.day.{first}')}–{words(f'plans.day.{last}')}"
    return ", ".join(words(f"plans.day.{day}") for day in days)


def _counted(words: Words, key: str, count: int) -> str:
    return words(f"{key}.one") if count == 1 else words(key, n=count)
