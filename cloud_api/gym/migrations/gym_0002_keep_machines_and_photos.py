"""Keep machines and photos."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "gym_0002"
down_revision = "gym_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gym_machine",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("serial", sa.String(length=80), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("maintenance_every_days", sa.Integer(), nullable=True),
        sa.Column("maintenance_due_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_machine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gym_machine_maintenance_due_on"), ["maintenance_due_on"], unique=False)
        batch_op.create_index("ix_gym_machine_name", ["name", "id"], unique=False)
        batch_op.create_index("ix_gym_machine_site", ["site_id", "status"], unique=False)

    op.create_table(
        "gym_machine_fault",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("machine_id", columns.Uuid16(), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("reported_at", columns.UtcDateTime(), nullable=False),
        sa.Column("reported_by", sa.String(length=64), nullable=False),
        sa.Column("resolved_at", columns.UtcDateTime(), nullable=True),
        sa.Column("resolved_by", sa.String(length=64), nullable=True),
        sa.Column("resolution", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_machine_fault", schema=None) as batch_op:
        batch_op.create_index("ix_gym_machine_fault", ["machine_id", "reported_at"], unique=False)

    op.create_table(
        "gym_machine_image",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("machine_id", columns.Uuid16(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("large_key", sa.String(length=128), nullable=False),
        sa.Column("medium_key", sa.String(length=128), nullable=False),
        sa.Column("small_key", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_machine_image", schema=None) as batch_op:
        batch_op.create_index("ix_gym_machine_image", ["machine_id", "place"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_machine_image_large_key"), ["large_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_machine_image_medium_key"), ["medium_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_machine_image_small_key"), ["small_key"], unique=False)

    op.create_table(
        "gym_machine_maintenance",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("machine_id", columns.Uuid16(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("done_by", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("gym_machine_maintenance", schema=None) as batch_op:
        batch_op.create_index("ix_gym_machine_maintenance", ["machine_id", "done_on"], unique=False)

    op.create_table(
        "gym_photo",
        sa.Column("member_id", columns.Uuid16(), nullable=False),
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("large_key", sa.String(length=128), nullable=False),
        sa.Column("medium_key", sa.String(length=128), nullable=False),
        sa.Column("small_key", sa.String(length=128), nullable=False),
        sa.Column("taken_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
    )
    with op.batch_alter_table("gym_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gym_photo_large_key"), ["large_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_photo_medium_key"), ["medium_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_gym_photo_small_key"), ["small_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("gym_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gym_photo_small_key"))
        batch_op.drop_index(batch_op.f("ix_gym_photo_medium_key"))
        batch_op.drop_index(batch_op.f("ix_gym_photo_large_key"))

    op.drop_table("gym_photo")
    with op.batch_alter_table("gym_machine_maintenance", schema=None) as batch_op:
        batch_op.drop_index("ix_gym_machine_maintenance")

    op.drop_table("gym_machine_maintenance")
    with op.batch_alter_table("gym_machine_image", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gym_machine_image_small_key"))
        batch_op.drop_index(batch_op.f("ix_gym_machine_image_medium_key"))
        batch_op.drop_index(batch_op.f("ix_gym_machine_image_large_key"))
        batch_op.drop_index("ix_gym_machine_image")

    op.drop_table("gym_machine_image")
    with op.batch_alter_table("gym_machine_fault", schema=None) as batch_op:
        batch_op.drop_index("ix_gym_machine_fault")

    op.drop_table("gym_machine_fault")
    with op.batch_alter_table("gym_machine", schema=None) as batch_op:
        batch_op.drop_index("ix_gym_machine_site")
        batch_op.drop_index("ix_gym_machine_name")
        batch_op.drop_index(batch_op.f("ix_gym_machine_maintenance_due_on"))

    op.drop_table("gym_machine")
