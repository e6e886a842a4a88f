"""What is known of a file that is about to move in: what was found, what people changed, what became of each line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

from admin_desktop.imports.fields import Field, guess
from admin_desktop.imports.mapping import PlanChoice, Reading, days_in, word, words_of
from admin_desktop.imports.table import Table, read_table
from admin_desktop.imports.values import DayOrder, find_order
from shared.contracts.gym import PlanView, SiteView

MOST_WORDS = 200
"""More plans than that are no plans: another column was taken for them."""


@dataclass(frozen=True, slots=True)
class House:
    """What lines may name, what our own export calls the fields, and where members are at home when a line is silent."""

    sites: Sequence[SiteView]
    plans: Sequence[PlanView]
    titles: Sequence[tuple[str, Field]]
    home_site_id: UUID
    usual_order: DayOrder


@dataclass(frozen=True, slots=True)
class Draft:
    """A file and what it is taken for. ``order_is_known``: the days themselves say which way round they are."""

    path: Path
    table: Table
    reading: Reading
    plan_words: Counter[str] = field(default_factory=Counter)
    site_words: Counter[str] = field(default_factory=Counter)
    order_is_known: bool = True
    has_days: bool = False

    @property
    def unmatched(self) -> int:
        """Plans' and sites' names that stand for nothing yet."""
        plans = sum(self.reading.plans.get(word(text)) is None for text in self.plan_words)
        return plans + sum(self.reading.sites.get(word(text)) is None for text in self.site_words)

    def with_plan(self, text: str, choice: PlanChoice) -> "Draft":
        reading = replace(self.reading, plans={**self.reading.plans, word(text): choice})
        return replace(self, reading=reading)

    def with_site(self, text: str, site_id: UUID | None) -> "Draft":
        reading = replace(self.reading, sites={**self.reading.sites, word(text): site_id})
        return replace(self, reading=reading)


def open_file(path: Path, house: House, *, encoding: str = "", delimiter: str = "") -> Draft:
    """Read a file and guess what it says. Blocks. Raises FileProblem."""
    table = read_table(path, encoding=encoding, delimiter=delimiter)
    columns = tuple(guess(table.headings, house.titles))
    reading = Reading(columns, {}, {}, house.home_site_id, house.usual_order)
    return look_again(Draft(path, table, reading), columns, house)


def look_again(draft: Draft, columns: Sequence[Field | None], house: House) -> Draft:
    """Take the columns for something else. What was said of plans and sites stays."""
    table = draft.table
    plans, sites = words_of(table, columns, Field.PLAN), words_of(table, columns, Field.SITE)
    days = days_in(table, columns)
    order, known = find_order(days, usual=draft.reading.order)
    by_plan = {word(plan.name): plan.id for plan in house.plans}
    by_site = {word(site.name): site.id for site in house.sites}
    reading = replace(
        draft.reading,
        columns=tuple(columns),
        plans={**{each: by_plan.get(each) for each in map(word, plans)}, **draft.reading.plans},
        sites={**{each: by_site.get(each) for each in map(word, sites)}, **draft.reading.sites},
        order=order,
    )
    return Draft(draft.path, table, reading, plans, sites, known, bool(days))
