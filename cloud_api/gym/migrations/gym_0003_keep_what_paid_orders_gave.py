"""Keep what paid orders gave, and tell anew what plans and memberships are.

Release 0.1.0 told no prices, and nobody kept what it told of memberships: ``payments`` learns both from this.
"""

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns
from shared.clock import SystemClock
from shared.domain.ids import uuid7

revision = "gym_0003"
down_revision = "gym_0002"
branch_labels = None
depends_on = None

_A_ROW = 500
"""So many events go into one row of the outbox."""
_OUTBOX = sa.table(
    "common_outbox",
    sa.column("topic", sa.String),
    sa.column("type", sa.String),
    sa.column("published_at", columns.UtcDateTime()),
    sa.column("items", columns.LongText()),
)
_PLANS = sa.table(
    "gym_plan",
    sa.column("id", columns.Uuid16()),
    sa.column("body", columns.LongText()),
    sa.column("on_sale", sa.Boolean),
    sa.column("version", sa.Integer),
)
_MEMBERSHIPS = sa.table(
    "gym_membership",
    sa.column("id", columns.Uuid16()),
    sa.column("member_id", columns.Uuid16()),
    sa.column("plan_id", columns.Uuid16()),
    sa.column("starts_on", sa.Date),
    sa.column("paid_through_on", sa.Date),
    sa.column("ends_on", sa.Date),
    sa.column("bought", sa.Integer),
    sa.column("counted", sa.Integer),
    sa.column("version", sa.Integer),
)


def upgrade() -> None:
    op.create_table(
        "gym_paid_line",
        sa.Column("order_id", columns.Uuid16(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("membership_id", columns.Uuid16(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=True),
        sa.Column("lifted_end_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("order_id", "number"),
    )
    connection = op.get_bind()
    plans = connection.execute(sa.select(_PLANS)).all()
    _tell(connection, "plan", [(row.id, _plan(row)) for row in plans])
    memberships = connection.execute(sa.select(_MEMBERSHIPS)).all()
    _tell(connection, "membership", [(row.member_id, _membership(row)) for row in memberships])


def downgrade() -> None:
    op.drop_table("gym_paid_line")


def _tell(connection: sa.Connection, topic: str, states: list[tuple[UUID, dict[str, Any]]]) -> None:
    now = SystemClock().now()
    unix_ms = int(now.timestamp() * 1000)
    for start in range(0, len(states), _A_ROW):
        items = [[str(uuid7(unix_ms)), str(key), payload] for key, payload in states[start : start + _A_ROW]]
        row = {"topic": topic, "type": f"{topic}.told", "published_at": now, "items": json.dumps(items)}
        connection.execute(sa.insert(_OUTBOX), row)


def _plan(row: sa.Row[Any]) -> dict[str, Any]:
    body = json.loads(row.body)
    return {
        "plan_id": str(row.id),
        **{name: body[name] for name in ("name", "price_minor", "currency")},
        "on_sale": row.on_sale,
        "version": row.version,
    }


def _membership(row: sa.Row[Any]) -> dict[str, Any]:
    return {
        "membership_id": str(row.id),
        "member_id": str(row.member_id),
        "plan_id": str(row.plan_id),
        "starts_on": str(row.starts_on),
        "paid_through_on": str(row.paid_through_on),
        "ends_on": None if row.ends_on is None else str(row.ends_on),
        "visits_bought": row.bought,
        "visits_counted": None if row.bought is None else row.counted,
        "version": row.version,
    }
