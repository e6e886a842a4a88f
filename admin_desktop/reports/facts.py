"""What is told of a row behind a number: on the screen as cells, in a file as values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from admin_desktop.exporting.table import Field, Value, amount
from admin_desktop.reports.behind import What
from admin_desktop.reports.naming import reason_word
from admin_desktop.reports.rows import Line
from admin_desktop.shell.context import Context
from admin_desktop.widgets.pages import Cell, Column

_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Fact:
    """``cell`` None: in the file alone."""

    title: str
    value: Callable[[Line], Value]
    cell: Callable[[Line], Cell] | None = None
    share: int = 2
    floor: int = 110

    @property
    def column(self) -> Column[Line]:
        assert self.cell is not None  # noqa: S101  # asked of those that have one
        return Column(self.title, self.share, self.cell, floor=self.floor)


def columns_of(facts: Sequence[Fact]) -> list[Column[Line]]:
    return [fact.column for fact in facts if fact.cell is not None]


def fields_of(facts: Sequence[Fact]) -> list[Field[Line]]:
    return [Field(fact.title, fact.value) for fact in facts]


def facts_of(what: What, context: Context) -> list[Fact]:
    """In the order of the columns."""
    words = context.words
    number = Fact(words("reports.fact.number"), lambda row: None if row.member is None else row.member.number)
    member = [_member(context), number]
    match what:
        case What.VISITS:
            return [*member, _day(context, "on"), _hour(context), _site(context)]
        case What.REFUSALS:
            return [*member, _day(context, "on"), _reason(context), _site(context)]
        case What.MEMBERS | What.RETENTION:
            return [*member, _day(context, "joined_on"), _day(context, "left_on"), _site(context)]
        case What.HOLDERS | What.OVERDUE:
            return [
                *member,
                _thing(context, "plan"),
                _day(context, "paid_through_on"),
                *_price(context),
                _site(context),
            ]
        case What.REVENUE:
            return [*member, _day(context, "on"), *_receipt(context), *_taken(context), _site(context)]
        case What.FAULTS:
            return [
                _thing(context, "machine", strong=True),
                _day(context, "reported_on"),
                _day(context, "resolved_on"),
                _site(context),
            ]
        case What.DOORS:
            return [_thing(context, "kiosk", strong=True), _when(context), *_heard(context), _site(context)]


def _member(context: Context) -> Fact:
    words = context.words

    def name(row: Line) -> str:
        if row.member is None:
            return words("reports.nobody")
        return row.member.name or words("reports.erased")

    def cell(row: Line) -> Cell:
        number = "" if row.member is None else row.member.number or ""
        return Cell(name(row), number, avatar=name(row), strong=True)

    return Fact(words("reports.fact.member"), name, cell, share=4, floor=190)


def _day(context: Context, name: str) -> Fact:
    words = context.words

    def value(row: Line) -> date | None:
        day: date | None = getattr(row.line, name)
        return day

    def cell(row: Line) -> Cell:
        day = value(row)
        today = context.today
        return Cell("" if day is None else words.day(day, today=today))

    return Fact(words(f"reports.fact.{name}"), value, cell, floor=120)


def _hour(context: Context) -> Fact:
    words = context.words

    def cell(row: Line) -> Cell:
        return Cell(
            words("reports.hour", first=f"{row.line.hour:02}", end=f"{(row.line.hour + 1) % 24:02}"), figures=True
        )

    return Fact(words("reports.fact.hour"), lambda row: int(row.line.hour), cell, share=1, floor=80)


def _site(context: Context) -> Fact:
    return _text(context, "site", lambda row: context.sites.name_of(row.line.site_id))


def _thing(context: Context, name: str, *, strong: bool = False) -> Fact:
    words = context.words

    def value(row: Line) -> str:
        return row.thing or words(f"reports.{name}.gone")

    return Fact(words(f"reports.fact.{name}"), value, lambda row: Cell(value(row), strong=strong), share=3, floor=120)


def _reason(context: Context) -> Fact:
    return _text(context, "reason", lambda row: reason_word(row.line.reason, context.words), floor=180)


def _price(context: Context) -> list[Fact]:
    words = context.words

    def cell(row: Line) -> Cell:
        line = row.line
        return Cell("" if line.price_minor is None else words.money(line.price_minor, line.currency), right=True)

    return [
        Fact(words("reports.fact.price"), lambda row: amount(row.line.price_minor, row.line.currency or ""), cell),
        Fact(words("reports.fact.currency"), lambda row: row.line.currency),
    ]


def _receipt(context: Context) -> list[Fact]:
    words = context.words

    def method(row: Line) -> str:
        key = f"payments.method.{row.line.method}"
        return words(key) if words.knows(key) else str(row.line.method)

    def cell(row: Line) -> Cell:
        return Cell(method(row), words("reports.receipt", number=str(row.line.receipt_number)))

    return [
        _thing(context, "plan"),
        Fact(words("reports.fact.method"), method, cell, floor=120),
        Fact(words("reports.fact.receipt"), lambda row: int(row.line.receipt_number)),
    ]


def _taken(context: Context) -> list[Fact]:
    words = context.words

    def cell(row: Line) -> Cell:
        return Cell(words.money(row.line.amount_minor, row.line.currency), right=True)

    return [
        Fact(words("reports.fact.amount"), lambda row: amount(row.line.amount_minor, row.line.currency), cell),
        Fact(words("reports.fact.currency"), lambda row: row.line.currency),
    ]


def _when(context: Context) -> Fact:
    words = context.words

    def cell(row: Line) -> Cell:
        return Cell(words.moment(row.line.hour_at, zone=context.sites.zone, now=context.clock.now()))

    return Fact(words("reports.fact.hour_at"), lambda row: row.line.hour_at, cell, floor=150)


def _heard(context: Context) -> list[Fact]:
    words = context.words

    def minutes(row: Line) -> int:
        return int(row.line.heard_s) * 60 // _HOUR_S

    def cell(row: Line) -> Cell:
        return Cell(words("reports.heard", n=words.number(minutes(row))))

    return [
        Fact(words("reports.fact.heard"), minutes, cell, floor=130),
        Fact(
            words("reports.fact.losses"),
            lambda row: int(row.line.losses),
            lambda row: Cell(words.number(row.line.losses), right=True),
            share=1,
            floor=110,
        ),
    ]


def _text(context: Context, name: str, value: Callable[[Line], str], *, floor: int = 110) -> Fact:
    return Fact(context.words(f"reports.fact.{name}"), value, lambda row: Cell(value(row)), floor=floor)
