"""Every rule of a site: of which kind its value is, and how a site is taken apart into values and put together. Qt-free."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from admin_desktop.shell.words import Words
from shared.contracts.gym import PolicyDraft, SiteChange, SiteView, WindowDraft
from shared.domain.passes import PassKind
from shared.domain.site import DoorWhenNotRecorded, Strictness

Values = dict[str, Any]
Windows = tuple[tuple[int, int, int], ...]
"""Weekday, opens, closes: minutes of the day."""

_KEPT = timedelta(days=90)
"""Days that are over stay this long: entries of them may still come in."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A whole number of a unit of so many of what the wire counts."""

    unit: str
    each: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values, each with the key of its words."""

    words: Mapping[Any, str]


@dataclass(frozen=True, slots=True)
class Several:
    """Any of some values; without a key of words a value speaks for itself."""

    words: Mapping[Any, str]


Kind = Amount | Choice | Several
_STRICT = Choice({Strictness.OFF: "sites.off", Strictness.SOFT: "sites.soft", Strictness.HARD: "sites.hard"})
_YES_NO = Choice({True: "sites.yes", False: "sites.no"})
_SHUT = Choice({DoorWhenNotRecorded.STAY_SHUT: "sites.stay_shut", DoorWhenNotRecorded.OPEN: "sites.opens"})
_SYMBOLOGIES = ("Code128", "Code39", "EAN13", "EAN8", "ITF", "Codabar")
RULES: Mapping[str, Kind] = {
    "grace_days": Amount("days"),
    "ends_soon_days": Amount("days"),
    "dwell_s": Amount("minutes", 60),
    "reopen_window_s": Amount("seconds"),
    "roster_soft_after_s": Amount("hours", 3600),
    "roster_hard_after_s": Amount("hours", 3600),
    "roster_too_old": _STRICT,
    "when_not_recorded": _SHUT,
    "anti_passback": _STRICT,
    "documents": _STRICT,
    "accepted_kinds": Several({kind: f"sites.kind.{kind.value}" for kind in PassKind}),
    "linear_symbologies": Several(dict.fromkeys(_SYMBOLOGIES, "")),
    "neutral_refusals": _YES_NO,
    "show_names": _YES_NO,
}
"""In the order of the page."""
_SCHEMA = PolicyDraft.model_json_schema()["properties"]


def bounds(name: str, each: int) -> tuple[int, int]:
    """The least and the most of a rule in its unit, as the contract has them."""
    limits = _SCHEMA[name]
    return -(-limits["minimum"] // each), limits["maximum"] // each


def in_words(name: str, value: Any, words: Words) -> str:
    """A value as people say it."""
    match RULES[name]:
        case Amount(unit, each):
            return words("sites.amount", n=value // each, unit=words(f"sites.unit.{unit}"))
        case Choice(known):
            return words(known[value])
        case Several(known):
            said = [words(known[each]) if known.get(each) else str(each) for each in value]
            return ", ".join(said) or words("sites.nothing")


def default_of(name: str) -> Any:
    return getattr(PolicyDraft(), name)


def values_of(site: SiteView) -> Values:
    """A site taken apart: facts, hours, exceptions and every policy, by name."""
    hours = None if site.hours is None else tuple(sorted((w.weekday, w.opens, w.closes) for w in site.hours))
    exceptions = {day: tuple((w.opens, w.closes) for w in some) for day, some in sorted(site.exceptions.items())}
    policy = {name: getattr(site.policy, name) for name in RULES}
    facts = {"name": site.name, "zone": site.zone, "capacity": site.capacity}
    return {**facts, "hours": hours, "exceptions": exceptions, **policy}


def change_of(values: Values, *, version: int, today: date) -> SiteChange:
    """The site put together again. Looks up the time zone: off the GUI thread.

    Raises:
        ValueError: the zone is none.
    """
    hours: Windows | None = values["hours"]
    exceptions = {
        day: [WindowDraft(weekday=day.weekday(), opens=opens, closes=closes) for opens, closes in some]
        for day, some in values["exceptions"].items()
        if day >= today - _KEPT
    }
    return SiteChange(
        version=version,
        name=values["name"],
        zone=values["zone"],
        capacity=values["capacity"],
        hours=None if hours is None else [WindowDraft(weekday=w, opens=o, closes=c) for w, o, c in hours],
        exceptions=exceptions,
        policy=PolicyDraft(**{name: values[name] for name in RULES}),
    )
