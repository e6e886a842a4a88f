"""What Alembic runs: our connection, our tables, and how our column types are written down."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import BINARY, LargeBinary, TypeDecorator
from sqlmodel import SQLModel

from cloud_api.migrations import import_tables, owner_of

import_tables()
_attributes = context.config.attributes


def _is_asked_for(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:  # noqa: FBT001  # Alembic's signature
    """When a migration is drafted, only the tables of its service are compared."""
    service = _attributes.get("service")
    return service is None or kind != "table" or owner_of(name or "") == service


def _render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    if kind == "type" and type(item).__module__ == "cloud_api.common.columns":
        autogen.imports.add("from cloud_api.common import columns")
        return f"columns.{type(item).__name__}()"
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String(length={item.length})"
    return False


def _is_other_type(_context: Any, _inspected: Any, _column: Any, _found: Any, wanted: Any) -> bool | None:
    """SQLite tells BINARY(16) as NUMERIC: binary columns are never compared by type. None leaves it to Alembic."""
    kind = wanted.impl if isinstance(wanted, TypeDecorator) else wanted
    return False if isinstance(kind, BINARY | LargeBinary) else None


context.configure(
    connection=_attributes["connection"],
    target_metadata=SQLModel.metadata,
    include_object=_is_asked_for,
    render_item=_render,
    compare_type=_is_other_type,
    render_as_batch=True,  # SQLite cannot alter a column
)
with context.begin_transaction():
    context.run_migrations()
