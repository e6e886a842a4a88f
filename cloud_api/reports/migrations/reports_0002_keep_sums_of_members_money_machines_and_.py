"""Keep sums of members, money, machines and doors."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "reports_0002"
down_revision = "reports_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915  # a statement a table or index
    op.create_table(
        "reports_cohort_by_month",
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("joined_month_on", sa.Date(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "joined_month_on", "month_on"),
    )
    op.create_table(
        "reports_contact",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("at", columns.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reports_contact", schema=None) as batch_op:
        batch_op.create_index("ix_reports_contact_member", ["member_id", "at"], unique=False)

    op.create_table(
        "reports_door_fact",
        sa.Column("device_id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("first_heard_at", columns.UtcDateTime(), nullable=True),
        sa.Column("last_heard_at", columns.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("device_id"),
    )
    op.create_table(
        "reports_fault_fact",
        sa.Column("fault_id", columns.Uuid16(), nullable=False),
        sa.Column("machine_id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("fault_id"),
    )
    with op.batch_alter_table("reports_fault_fact", schema=None) as batch_op:
        batch_op.create_index("ix_reports_fault_reported", ["reported_on", "fault_id"], unique=False)

    op.create_table(
        "reports_habit",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("recent", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
    )
    with op.batch_alter_table("reports_habit", schema=None) as batch_op:
        batch_op.create_index("ix_reports_habit_missed", ["missed", "member_id", "before", "recent"], unique=False)

    op.create_table(
        "reports_habit_week",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "reports_heard_by_day",
        sa.Column("device_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("heard_s", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "local_on"),
    )
    with op.batch_alter_table("reports_heard_by_day", schema=None) as batch_op:
        batch_op.create_index("ix_reports_heard_by_day", ["local_on"], unique=False)

    op.create_table(
        "reports_heard_hour",
        sa.Column("device_id", columns.Uuid16(), nullable=False),
        sa.Column("hour_at", columns.UtcDateTime(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("heard_s", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "hour_at"),
    )
    with op.batch_alter_table("reports_heard_hour", schema=None) as batch_op:
        batch_op.create_index("ix_reports_heard_day", ["local_on", "hour_at", "device_id"], unique=False)

    op.create_table(
        "reports_machine_fact",
        sa.Column("machine_id", columns.Uuid16(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("open_faults", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("machine_id"),
    )
    op.create_table(
        "reports_machine_spell",
        sa.Column("machine_id", columns.Uuid16(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("machine_id", "since_on", "status"),
    )
    op.create_table(
        "reports_member_fact",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("is_erased", sa.Boolean(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("member_id"),
    )
    with op.batch_alter_table("reports_member_fact", schema=None) as batch_op:
        batch_op.create_index("ix_reports_member_joined", ["joined_on", "member_id"], unique=False)
        batch_op.create_index("ix_reports_member_left", ["left_on", "member_id"], unique=False)

    op.create_table(
        "reports_members_by_day",
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "local_on"),
    )
    with op.batch_alter_table("reports_members_by_day", schema=None) as batch_op:
        batch_op.create_index("ix_reports_members_day", ["local_on"], unique=False)

    op.create_table(
        "reports_membership_fact",
        sa.Column("membership_id", columns.Uuid16(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("plan_id", columns.Uuid16(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("paid_through_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("renews", sa.Boolean(), nullable=False),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("resumes_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("membership_id"),
    )
    with op.batch_alter_table("reports_membership_fact", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reports_membership_last", ["last_on", "starts_on", "plan_id", "member_id"], unique=False
        )
        batch_op.create_index("ix_reports_membership_member", ["member_id"], unique=False)

    op.create_table(
        "reports_plan_fact",
        sa.Column("plan_id", columns.Uuid16(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("plan_id"),
    )
    op.create_table(
        "reports_recount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", columns.UtcDateTime(), nullable=False),
        sa.Column("drift", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "reports_taking_fact",
        sa.Column("receipt_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("plan_id", columns.Uuid16(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_number", "line"),
    )
    with op.batch_alter_table("reports_taking_fact", schema=None) as batch_op:
        batch_op.create_index("ix_reports_taking_day", ["local_on", "receipt_number", "line"], unique=False)

    op.create_table(
        "reports_takings_by_day",
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("plan_id", columns.Uuid16(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "local_on", "plan_id", "currency"),
    )
    with op.batch_alter_table("reports_takings_by_day", schema=None) as batch_op:
        batch_op.create_index("ix_reports_takings_day", ["local_on"], unique=False)

    op.create_table(
        "reports_visits_by_month",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "month_on"),
    )
    with op.batch_alter_table("reports_visits_by_month", schema=None) as batch_op:
        batch_op.create_index("ix_reports_visits_month", ["month_on"], unique=False)

    op.create_table(
        "reports_visits_by_week",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "week_on"),
    )
    with op.batch_alter_table("reports_visits_by_week", schema=None) as batch_op:
        batch_op.create_index("ix_reports_visits_week", ["week_on"], unique=False)

    with op.batch_alter_table("reports_refusal_fact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("member_id", columns.Uuid16(), nullable=True))
        batch_op.create_index("ix_reports_refusal_day", ["local_on", "event_id"], unique=False)

    with op.batch_alter_table("reports_visit_fact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("member_id", columns.Uuid16(), nullable=True))
        batch_op.create_index("ix_reports_visit_hour", ["local_on", "local_hour", "visit_id"], unique=False)
        batch_op.create_index("ix_reports_visit_member", ["member_id", "is_void", "local_on"], unique=False)

    with op.batch_alter_table("reports_visits_by_hour", schema=None) as batch_op:
        batch_op.create_index("ix_reports_visits_day", ["local_on", "local_hour", "visits"], unique=False)


def downgrade() -> None:  # noqa: PLR0915  # as above
    with op.batch_alter_table("reports_visits_by_hour", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_visits_day")

    with op.batch_alter_table("reports_visit_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_visit_member")
        batch_op.drop_index("ix_reports_visit_hour")
        batch_op.drop_column("member_id")

    with op.batch_alter_table("reports_refusal_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_refusal_day")
        batch_op.drop_column("member_id")

    with op.batch_alter_table("reports_visits_by_week", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_visits_week")

    op.drop_table("reports_visits_by_week")
    with op.batch_alter_table("reports_visits_by_month", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_visits_month")

    op.drop_table("reports_visits_by_month")
    with op.batch_alter_table("reports_takings_by_day", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_takings_day")

    op.drop_table("reports_takings_by_day")
    with op.batch_alter_table("reports_taking_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_taking_day")

    op.drop_table("reports_taking_fact")
    op.drop_table("reports_recount")
    op.drop_table("reports_plan_fact")
    with op.batch_alter_table("reports_membership_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_membership_member")
        batch_op.drop_index("ix_reports_membership_last")

    op.drop_table("reports_membership_fact")
    with op.batch_alter_table("reports_members_by_day", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_members_day")

    op.drop_table("reports_members_by_day")
    with op.batch_alter_table("reports_member_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_member_left")
        batch_op.drop_index("ix_reports_member_joined")

    op.drop_table("reports_member_fact")
    op.drop_table("reports_machine_spell")
    op.drop_table("reports_machine_fact")
    with op.batch_alter_table("reports_heard_hour", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_heard_day")

    op.drop_table("reports_heard_hour")
    with op.batch_alter_table("reports_heard_by_day", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_heard_by_day")

    op.drop_table("reports_heard_by_day")
    op.drop_table("reports_habit_week")
    with op.batch_alter_table("reports_habit", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_habit_missed")

    op.drop_table("reports_habit")
    with op.batch_alter_table("reports_fault_fact", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_fault_reported")

    op.drop_table("reports_fault_fact")
    op.drop_table("reports_door_fact")
    with op.batch_alter_table("reports_contact", schema=None) as batch_op:
        batch_op.drop_index("ix_reports_contact_member")

    op.drop_table("reports_contact")
    op.drop_table("reports_cohort_by_month")
