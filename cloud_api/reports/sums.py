"""Keeping sums: adding to them and taking away, whoever else does so at the same time."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, Update, bindparam, insert, update
from sqlmodel import Session, SQLModel

from cloud_api.common.database import ignoring

Key = tuple[Any, ...]
Deltas = Mapping[Key, tuple[int, ...]]
"""By key, what to add to each summed column, both in the order of the table's columns."""

CHUNK = 500


def table_of(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


def key_columns(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


def summed_columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if not column.primary_key]


def add(session: Session, model: type[SQLModel], deltas: Deltas) -> None:
    """Add to sums, making those that are not there yet. Rows are locked in the order of their keys."""
    table = table_of(model)
    wanted = sorted((key for key, change in deltas.items() if any(change)), key=_sortable)
    if not wanted:
        return
    keys, summed = key_columns(table), summed_columns(table)
    fresh = [{**dict(zip(keys, key, strict=True)), **dict.fromkeys(summed, 0)} for key in wanted]
    changes = [_named(keys, key, "k_") | _named(summed, deltas[key], "d_") for key in wanted]
    make, change = _statements(table)
    for start in range(0, len(wanted), CHUNK):
        session.execute(ignoring(session, make), fresh[start : start + CHUNK])
    session.connection().execute(change, changes)


def counted(keys: Iterable[tuple[Key, int]]) -> dict[Key, tuple[int]]:
    """Deltas of a sum with one column; what comes to nothing is left out."""
    sums: dict[Key, int] = {}
    for key, count in keys:
        sums[key] = sums.get(key, 0) + count
    return {key: (count,) for key, count in sums.items() if count}


@cache
def _statements(table: Table) -> tuple[Insert, Update]:
    mine = [table.c[name] == bindparam(f"k_{name}") for name in key_columns(table)]
    more = {name: table.c[name] + bindparam(f"d_{name}") for name in summed_columns(table)}
    return insert(table), update(table).where(*mine).values(more)


def _named(names: Iterable[str], values: Iterable[Any], prefix: str) -> dict[str, Any]:
    return {f"{prefix}{name}": value for name, value in zip(names, values, strict=True)}


def _sortable(key: Key) -> tuple[str, ...]:
    return tuple(map(str, key))
