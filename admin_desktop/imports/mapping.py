"""What the columns and words of a file are taken for, and a line of it as a member."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from admin_desktop.imports.fields import DAYS, Field
from admin_desktop.imports.table import Line, Table
from admin_desktop.imports.values import DayOrder, is_nothing, read_day, read_whole, read_yes, split_name
from shared.contracts.imports import ImportMember
from shared.contracts.qr import Symbology
from shared.passtoken import tokens
from shared.passtoken.lookup import barcode_secret

Value = TypeVar("Value")
_LONGEST_CODE = 512


class Instead(Enum):
    """What a plan's name may stand for that is no plan of the gym."""

    NOTHING = "nothing"  # the member comes without a membership
    LEAVE_OUT = "leave_out"  # the line is not imported


PlanChoice = UUID | Instead | None
"""None: nobody has said yet, and the lines are wrong."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``columns`` is one field a column. ``plans`` and ``sites`` say what words stand for, folded by :func:`word`."""

    columns: tuple[Field | None, ...]
    plans: Mapping[str, PlanChoice]
    sites: Mapping[str, UUID | None]
    home_site_id: UUID
    order: DayOrder
    symbology: Symbology = Symbology.CODE_128


@dataclass(frozen=True, slots=True)
class Ready:
    """A line that can be sent, with the old codes of its member. It may be left out."""

    member: ImportMember
    codes: tuple[str, ...] = field(repr=False)
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    """``reason`` is of ``imports.wrong.<reason>``."""

    line: int
    reason: str


class _UnreadableError(ValueError):
    """Carries the reason."""


def word(text: str) -> str:
    """A name as it is looked up: case and blanks do not count."""
    return " ".join(text.split()).casefold()


def words_of(table: Table, columns: Sequence[Field | None], wanted: Field) -> Counter[str]:
    """What stands in a column, and how often, as it is written for the first time."""
    found: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for line in table.lines:
        text = _cells(line, columns).get(wanted, "")
        if not is_nothing(text):
            found[spelt.setdefault(word(text), text)] += 1
    return found


def days_in(table: Table, columns: Sequence[Field | None]) -> list[str]:
    """Every text in a column of days."""
    return [text for line in table.lines for name, text in _cells(line, columns).items() if name in DAYS and text]


def read_line(line: Line, mapping: Reading) -> Ready | Wrong:
    """The member of a line, or why it says none."""
    cells = _cells(line, mapping.columns)
    try:
        plan = _plan(cells, mapping)
        member = ImportMember(line=line.number, **_person(cells, mapping), **_terms(cells, mapping, plan))
        codes = _codes(line, mapping)
    except _UnreadableError as error:
        return Wrong(line.number, str(error))
    except ValidationError as error:
        return Wrong(line.number, _field_at_fault(error))
    return Ready(member, codes, left_out=plan is Instead.LEAVE_OUT)


def _cells(line: Line, columns: Sequence[Field | None]) -> dict[Field, str]:
    """The first column of each field."""
    found: dict[Field, str] = {}
    for name, text in zip(columns, line.cells, strict=False):
        if name is not None:
            found.setdefault(name, text)
    return found


def _person(cells: Mapping[Field, str], mapping: Reading) -> dict[str, Any]:
    given, family = cells.get(Field.GIVEN, ""), cells.get(Field.FAMILY, "")
    if not given:
        given, family = split_name(cells.get(Field.NAME, "") or family)
    facts = {name: _text(cells, each) for name, each in _TEXTS.items()}
    return {
        **facts,
        "given_name": given,
        "family_name": family,
        "home_site_id": _site(cells, mapping),
        "joined_on": _day(cells, Field.JOINED, mapping.order),
        "blocked": _read(cells, Field.BLOCKED, read_yes),
    }


_TEXTS = {"number": Field.NUMBER, "email": Field.EMAIL, "phone": Field.PHONE}


def _terms(cells: Mapping[Field, str], mapping: Reading, plan: UUID | Instead) -> dict[str, Any]:
    """Without a plan there are none, whatever else the line says."""
    if isinstance(plan, Instead):
        return {}
    return {
        "plan_id": plan,
        "starts_on": _day(cells, Field.STARTS, mapping.order),
        "paid_through_on": _day(cells, Field.PAID, mapping.order),
        "ends_on": _day(cells, Field.ENDS, mapping.order),
        "visits_left": _read(cells, Field.VISITS, read_whole),
    }


def _plan(cells: Mapping[Field, str], mapping: Reading) -> UUID | Instead:
    text = cells.get(Field.PLAN, "")
    if is_nothing(text):
        return Instead.NOTHING
    plan = mapping.plans.get(word(text))
    if plan is None:
        raise _UnreadableError("plan")
    return plan


def _site(cells: Mapping[Field, str], mapping: Reading) -> UUID:
    text = cells.get(Field.SITE, "")
    if is_nothing(text):
        return mapping.home_site_id
    site_id = mapping.sites.get(word(text))
    if site_id is None:
        raise _UnreadableError("site")
    return site_id


def _text(cells: Mapping[Field, str], name: Field) -> str | None:
    text = cells.get(name, "")
    return None if is_nothing(text) else text


def _day(cells: Mapping[Field, str], name: Field, order: DayOrder) -> date | None:
    return _read(cells, name, lambda text: read_day(text, order))


def _read(cells: Mapping[Field, str], name: Field, read: Callable[[str], Value]) -> Value:
    try:
        return read(cells.get(name, ""))
    except ValueError as error:
        raise _UnreadableError(name.value) from error


def _codes(line: Line, mapping: Reading) -> tuple[str, ...]:
    """Old codes of all their columns; several in a cell are parted by semicolons or lines."""
    found: list[str] = []
    for name, text in zip(mapping.columns, line.cells, strict=False):
        if name is Field.CODE and not is_nothing(text):
            found += [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
    for code in found:
        if tokens.parse(code) is not None or not barcode_secret(mapping.symbology.value, code):
            raise _UnreadableError("code_ours")
        if len(code) > _LONGEST_CODE:
            raise _UnreadableError("code_long")
    return tuple(dict.fromkeys(found))


def _field_at_fault(error: ValidationError) -> str:
    at = error.errors()[0]["loc"]
    return str(at[0]) if at else "line"
