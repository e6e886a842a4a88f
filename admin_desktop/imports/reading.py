"""What the room says of lines and imports: states as chips, lines of tables."""

from collections.abc import Callable
from uuid import UUID

from admin_desktop.imports.checking import Entry, Fate
from admin_desktop.imports.drafting import Draft
from admin_desktop.imports.fields import Field
from admin_desktop.imports.mapping import Instead, PlanChoice
from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import Chip, Tone
from admin_desktop.widgets.pages import Cell, Column
from shared.contracts.gym import PlanView
from shared.contracts.identity import Person
from shared.contracts.imports import ImportView
from shared.desktop.drawings import Icon

_CHIPS = {
    Fate.WAITS: (Tone.OVER, Icon.CLOCK),
    Fate.NEW: (Tone.GOOD, Icon.PLUS),
    Fate.THERE: (Tone.INFO, Icon.PEOPLE),
    Fate.WRONG: (Tone.BAD, Icon.BLOCK),
    Fate.LEFT_OUT: (Tone.OVER, Icon.BAR),
}
_PERSON = "person:"


def titles_of(words_of: Callable[[str], str]) -> list[tuple[str, Field]]:
    return [(words_of(f"imports.field.{field.value}"), field) for field in Field]


def fate_chip(entry: Entry, words: Words) -> Chip:
    """What becomes of a line, with the reason where it is no good; a code that is not taken over is told too."""
    tone, icon = _CHIPS[entry.fate]
    if entry.reason and entry.fate is Fate.NEW:
        return Chip(words(f"imports.wrong.{entry.reason}"), Tone.CARE, icon)
    key = f"imports.wrong.{entry.reason}" if entry.fate is Fate.WRONG else f"imports.fate.{entry.fate.value}"
    return Chip(words(key), tone, icon)


def entry_columns(words: Words, plan_name: Callable[[UUID | None], str]) -> list[Column[Entry]]:
    def member(entry: Entry) -> Cell:
        if entry.ready is None:
            return Cell(" ".join(cell for cell in entry.line.cells if cell))
        who = entry.ready.member
        return Cell(f"{who.given_name} {who.family_name}".strip(), strong=True)

    def number(entry: Entry) -> Cell:
        return Cell("" if entry.ready is None else entry.ready.member.number or "", figures=True)

    def plan(entry: Entry) -> Cell:
        return Cell("" if entry.ready is None else plan_name(entry.ready.member.plan_id))

    return [
        Column(words("imports.line"), 0, lambda entry: Cell(str(entry.line.number), figures=True), floor=54),
        Column(words("imports.number"), 1, number, floor=74),
        Column(words("imports.member"), 3, member, floor=112),
        Column(words("imports.plan"), 2, plan, floor=76),
        Column(words("imports.result"), 3, lambda entry: Cell(chip=fate_chip(entry, words)), floor=204),
    ]


def plan_words(choice: PlanChoice, plans: dict[UUID, PlanView], words: Words) -> str:
    if isinstance(choice, Instead):
        return words(f"imports.plan.{choice.value}")
    plan = None if choice is None else plans.get(choice)
    return words("imports.plan.unknown") if plan is None else plan.name


def found_words(draft: Draft, words: Words) -> str:
    """What was found in the file, in one line."""
    table, reading = draft.table, draft.reading
    parts = [words("imports.found.book" if table.is_workbook else "imports.found.text")]
    if not table.is_workbook:
        parts = [table.encoding.upper(), words(f"imports.delimiter.{_DELIMITER_NAMES[table.delimiter]}")]
    if draft.has_days:
        parts.append(words(f"imports.days.{reading.order.value}"))
    return words("imports.found", n=words.number(len(table.lines)), what=", ".join(parts))


_DELIMITER_NAMES = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}


def delimiter_words(delimiter: str, words: Words) -> str:
    return words(f"imports.delimiter.{_DELIMITER_NAMES[delimiter]}")


def import_chip(view: ImportView, words: Words) -> Chip:
    if view.undone_at is None:
        return Chip(words("imports.state.in"), Tone.GOOD, Icon.TICK)
    key = "imports.state.partly" if view.made else "imports.state.undone"
    return Chip(words(key), Tone.CARE if view.made else Tone.OVER, Icon.UNDO)


def who(view: ImportView, people: dict[str, Person], words: Words) -> str:
    """The name of an account; somebody who was removed has none."""
    person = people.get(view.started_by.removeprefix(_PERSON))
    return words("imports.somebody") if person is None else person.name


def counts(view: ImportView, words: Words) -> str:
    return words(
        "imports.counts",
        made=words.number(view.made + view.erased + view.kept),
        there=words.number(view.there),
        refused=words.number(view.refused),
    )


def import_columns(context: Context, people: dict[str, Person]) -> list[Column[ImportView]]:
    words = context.words

    def when(view: ImportView) -> Cell:
        now = context.clock.now()
        return Cell(
            words.moment(view.started_at, zone=context.sites.zone, now=now), who(view, people, words), figures=True
        )

    return [
        Column(
            words("imports.file"), 3, lambda view: Cell(view.file_name, counts(view, words), strong=True), floor=260
        ),
        Column(words("imports.when"), 2, when, floor=180),
        Column(words("imports.state"), 1, lambda view: Cell(chip=import_chip(view, words)), floor=160),
    ]
