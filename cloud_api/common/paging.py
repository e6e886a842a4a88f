"""Lists a page at a time, by the key of the last row seen: no page is skipped or told twice when rows come between."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, and_, literal, tuple_

from shared.errors import InvalidInput

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=500, description="So many items at the most.")]
After = Annotated[str | None, Query(max_length=1000, description="`next` of the page before; nothing for the first.")]


def cut(rows: Sequence[T], limit: int, key: Callable[[T], tuple[object, ...]]) -> tuple[Sequence[T], str | None]:
    """A page out of ``limit + 1`` rows, and the cursor of the next one; None when this is the last."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], _write(key(rows[limit - 1]))


def beyond(
    columns: Sequence[Any], cursor: str, types: Sequence[type], *, descending: bool = False
) -> ColumnElement[bool]:
    """Rows after the cursor, in the order of all ``columns``, which hold ``types``: str, int, UUID, date or datetime.

    The first column is bounded by itself, too: MySQL finds the place of a row of values by no index.

    Raises:
        InvalidInput: the cursor is none of ours.
    """
    values = _read(cursor, types)
    typed = [literal(value, type_=column.type) for value, column in zip(values, columns, strict=True)]
    if descending:
        return and_(columns[0] <= typed[0], tuple_(*columns) < tuple_(*typed))
    return and_(columns[0] >= typed[0], tuple_(*columns) > tuple_(*typed))


def _write(values: tuple[object, ...]) -> str:
    texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode("ascii")


def _read(cursor: str, types: Sequence[type]) -> list[object]:
    try:
        texts = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        return [_parse(text, kind) for text, kind in zip(texts, types, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise InvalidInput("This is not the cursor of a page.", field="after") from error


def _parse(text: str, kind: type) -> object:
    if kind is datetime:
        return _must_be_aware(datetime.fromisoformat(text))
    if kind is date:
        return date.fromisoformat(text)
    if kind is int:
        return _must_fit(int(text))
    return UUID(text) if kind is UUID else str(text)


def _must_fit(number: int) -> int:
    if not -(2**63) <= number < 2**63:
        message = "a number too large for a column"
        raise ValueError(message)
    return number


def _must_be_aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        message = "a time needs its zone"
        raise ValueError(message)
    return at
