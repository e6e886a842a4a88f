"""The states a sample member can be in, and what a door should say to each."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from shared.domain.plan import Plan
from shared.domain.time import add_months

GRANTED = "granted"


class State(Enum):
    """In falling order of how common they are, except that the first ones make a small sample interesting."""

    ACTIVE = "active"
    IN_GRACE = "in_grace"
    OVERDUE = "overdue"
    FROZEN = "frozen"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    OFF_PEAK = "off_peak"
    PACK = "pack"
    PACK_USED_UP = "pack_used_up"
    BLOCKED = "blocked"
    DOCUMENT_MISSING = "document_missing"
    PASS_REVOKED = "pass_revoked"
    OTHER_SITE = "other_site"
    YEARLY = "yearly"
    DAY_PASS = "day_pass"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a state comes about.

    ``plan`` names one of the sample plans. ``paid_through`` is the last paid day, in days from today; None starts the
    membership ``starts`` days from today instead. ``expected`` is the door's answer: ``granted`` or a reason.
    """

    plan: str
    weight: int
    expected: str = GRANTED
    starts: int = 0
    paid_through: int | None = None
    visits: int = 0


RECIPES: dict[State, Recipe] = {
    State.ACTIVE: Recipe("monthly", 90, starts=-12),
    State.IN_GRACE: Recipe("monthly", 9, paid_through=-3),
    State.OVERDUE: Recipe("monthly", 9, "payment_overdue", paid_through=-20),
    State.FROZEN: Recipe("monthly", 8, "membership_frozen", starts=-9),
    State.ENDED: Recipe("yearly", 9, "membership_ended", paid_through=-30),
    State.NOT_STARTED: Recipe("monthly", 5, "membership_not_started", starts=6),
    State.OFF_PEAK: Recipe("off_peak", 12, "outside_plan_hours", starts=-5),
    State.PACK: Recipe("pack", 12, starts=-25, visits=3),
    State.PACK_USED_UP: Recipe("pack", 5, "visits_used_up", starts=-25, visits=10),
    State.BLOCKED: Recipe("monthly", 5, "blocked_by_staff", starts=-8),
    State.DOCUMENT_MISSING: Recipe("monthly", 6, starts=-2),
    State.PASS_REVOKED: Recipe("monthly", 5, "pass_revoked", starts=-15),
    State.OTHER_SITE: Recipe("other_site", 6, "other_site_only", starts=-10),
    State.YEARLY: Recipe("yearly", 15, starts=-100),
    State.DAY_PASS: Recipe("day_pass", 4),
}


def starts_on(recipe: Recipe, plan: Plan, today: date) -> date:
    """The first day that brings a membership where the recipe wants it today."""
    if recipe.paid_through is None:
        return today + timedelta(days=recipe.starts)
    after = today + timedelta(days=recipe.paid_through + 1)
    period = plan.period
    return add_months(after, -period.months) if period.months else after - timedelta(days=period.days)


def draw_states(count: int, rng: random.Random) -> list[State]:
    """Each state once, as far as they go round, then as common as they are."""
    every = list(RECIPES)
    drawn = rng.choices(every, [recipe.weight for recipe in RECIPES.values()], k=max(0, count - len(every)))
    return (every + drawn)[:count]
