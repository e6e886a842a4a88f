"""Find members by words, and by what they are on a day: what long lists are made of, for the members that there are."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns
from cloud_api.gym.spans import Span, spans_of
from cloud_api.gym.words import order_of, words_of
from shared.domain.membership import Membership
from shared.domain.time import DayInterval

revision = "gym_0004"
down_revision = "gym_0003"
branch_labels = None
depends_on = None

_A_PORTION = 500
_MEMBERS = sa.table(
    "gym_member",
    sa.column("id", columns.Uuid16()),
    sa.column("number", sa.String),
    sa.column("given_name", sa.String),
    sa.column("family_name", sa.String),
    sa.column("email", sa.String),
    sa.column("phone", sa.String),
    sa.column("number_order", sa.String),
    sa.column("last_visit_at", columns.UtcDateTime()),
    sa.column("blocked_at", columns.UtcDateTime()),
    sa.column("erased_at", columns.UtcDateTime()),
)
_MEMBERSHIPS = sa.table(
    "gym_membership",
    sa.column("id", columns.Uuid16()),
    sa.column("member_id", columns.Uuid16()),
    sa.column("plan_id", columns.Uuid16()),
    sa.column("starts_on", sa.Date),
    sa.column("paid_through_on", sa.Date),
    sa.column("ends_on", sa.Date),
    sa.column("renews", sa.Boolean),
    sa.column("freezes", columns.LongText()),
)
_VISITS = sa.table(
    "gym_visit",
    sa.column("member_id", columns.Uuid16()),
    sa.column("opened_at", columns.UtcDateTime()),
    sa.column("is_void", sa.Boolean),
)
_WORDS = sa.table("gym_member_word", sa.column("member_id", columns.Uuid16()), sa.column("word", sa.String))
_SPANS = sa.table(
    "gym_member_span",
    sa.column("member_id", columns.Uuid16()),
    sa.column("first_on", sa.Date),
    sa.column("last_on", sa.Date),
    sa.column("state", sa.String),
    sa.column("plan_id", columns.Uuid16()),
    sa.column("until_on", sa.Date),
    sa.column("lapsed_on", sa.Date),
    sa.column("is_blocked", sa.Boolean),
)


_SPAN_INDEXES = {
    "plan": ["plan_id", "first_on", "last_on"],
    "state": ["state", "first_on", "last_on", "lapsed_on", "is_blocked"],
    "until": ["until_on", "member_id", "first_on", "last_on", "state", "lapsed_on", "is_blocked"],
    "blocked": ["is_blocked", "first_on", "last_on"],
}


def upgrade() -> None:
    _make()
    connection = op.get_bind()
    page = _living(connection, None)
    while page:
        _fill(connection, page)
        page = _living(connection, page[-1].id)
    newest = sa.select(sa.func.max(_VISITS.c.opened_at)).where(
        _VISITS.c.member_id == _MEMBERS.c.id, _VISITS.c.is_void.is_(False)
    )
    came = sa.exists().where(_VISITS.c.member_id == _MEMBERS.c.id, _VISITS.c.is_void.is_(False))
    connection.execute(sa.update(_MEMBERS).where(came).values(last_visit_at=newest.scalar_subquery()))


def downgrade() -> None:
    op.drop_table("gym_member_word")
    op.drop_table("gym_member_span")
    with op.batch_alter_table("gym_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("search", sa.VARCHAR(length=2000), nullable=False, server_default=""))
        batch_op.drop_index("ix_gym_member_number_order")
        batch_op.drop_index("ix_gym_member_last_visit")
        batch_op.drop_index("ix_gym_member_joined")
        batch_op.drop_column("last_visit_at")
        batch_op.drop_column("number_order")


def _make() -> None:
    op.create_table(
        "gym_member_span",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("plan_id", columns.Uuid16(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("lapsed_on", sa.Date(), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "first_on"),
    )
    for name, held in _SPAN_INDEXES.items():
        op.create_index(f"ix_gym_member_span_{name}", "gym_member_span", held)
    op.create_table(
        "gym_member_word",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "word"),
    )
    op.create_index("ix_gym_member_word", "gym_member_word", ["word", "member_id"])
    long_ago = sa.text("'1970-01-01 00:00:00.000000'")
    with op.batch_alter_table("gym_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number_order", sa.String(length=40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("last_visit_at", columns.UtcDateTime(), nullable=False, server_default=long_ago))
        batch_op.drop_column("search")
    op.create_index("ix_gym_member_joined", "gym_member", ["joined_at", "id"])
    op.create_index("ix_gym_member_last_visit", "gym_member", ["last_visit_at", "id"])
    op.create_index("ix_gym_member_number_order", "gym_member", ["number_order", "id"])


def _living(connection: sa.Connection, after: UUID | None) -> Sequence[sa.Row[Any]]:
    query = sa.select(_MEMBERS).where(_MEMBERS.c.erased_at.is_(None)).order_by(_MEMBERS.c.id).limit(_A_PORTION)
    return connection.execute(query if after is None else query.where(_MEMBERS.c.id > after)).all()


def _fill(connection: sa.Connection, members: Sequence[sa.Row[Any]]) -> None:
    of_one = sa.update(_MEMBERS).where(_MEMBERS.c.id == sa.bindparam("of", type_=columns.Uuid16()))
    orders = [{"of": row.id, "number_order": order_of(row.number or "")} for row in members]
    connection.execute(of_one.values(number_order=sa.bindparam("number_order")), orders)
    words = [{"member_id": row.id, "word": word} for row in members for word in _words(row)]
    if words:
        connection.execute(sa.insert(_WORDS), words)
    held = _held(connection, [row.id for row in members])
    spans = [_span(row, span) for row in members for span in spans_of(held[row.id])]
    connection.execute(sa.insert(_SPANS), spans)


def _words(row: sa.Row[Any]) -> list[str]:
    found = words_of(given=row.given_name, family=row.family_name, email=row.email, phone=row.phone, number=row.number)
    return sorted(found)


def _held(connection: sa.Connection, member_ids: Sequence[UUID]) -> defaultdict[UUID, list[Membership]]:
    held: defaultdict[UUID, list[Membership]] = defaultdict(list)
    query = sa.select(_MEMBERSHIPS).where(_MEMBERSHIPS.c.member_id.in_(member_ids))
    for row in connection.execute(query):
        freezes = tuple(
            DayInterval(date.fromisoformat(first), date.fromisoformat(end)) for first, end in json.loads(row.freezes)
        )
        held[row.member_id].append(
            Membership(
                id=row.id,
                plan_id=row.plan_id,
                starts_on=row.starts_on,
                paid_through_on=row.paid_through_on,
                ends_on=row.ends_on,
                renews=row.renews,
                freezes=freezes,
            )
        )
    return held


def _span(row: sa.Row[Any], span: Span) -> dict[str, object]:
    names = ("first_on", "last_on", "state", "plan_id", "until_on", "lapsed_on")
    told = {name: getattr(span, name) for name in names}
    return {"member_id": row.id, "is_blocked": row.blocked_at is not None, **told}
