"""Make devices, streams and events."""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "devices_0001"
down_revision = None
branch_labels = ("devices",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "devices_device",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("direction", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.BINARY(length=32), nullable=True),
        sa.Column("stream_id", columns.Uuid16(), nullable=True),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("enrolled_at", columns.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", columns.UtcDateTime(), nullable=True),
        sa.Column("program_version", sa.String(length=64), nullable=True),
        sa.Column("heartbeat_at", columns.UtcDateTime(), nullable=True),
        sa.Column("heartbeat", columns.LongText(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("devices_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_device_site_id"), ["site_id"], unique=False)

    op.create_table(
        "devices_enrolment_code",
        sa.Column("hash", sa.BINARY(length=32), nullable=False),
        sa.Column("device_id", columns.Uuid16(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("expires_at", columns.UtcDateTime(), nullable=False),
        sa.Column("used_at", columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("devices_enrolment_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_enrolment_code_device_id"), ["device_id"], unique=False)

    op.create_table(
        "devices_event",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("stream_id", columns.Uuid16(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("upload_number", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", columns.UtcDateTime(), nullable=False),
        sa.Column("code_key", sa.BINARY(length=24), nullable=True),
        sa.Column("flags", sa.String(length=400), nullable=False),
        sa.Column("body", columns.LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("devices_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_event_code_key"), ["code_key"], unique=False)
        batch_op.create_index("ix_devices_event_number", ["stream_id", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_devices_event_upload_number"), ["upload_number"], unique=False)

    op.create_table(
        "devices_refused_event",
        sa.Column("hash", sa.BINARY(length=32), nullable=False),
        sa.Column("device_id", columns.Uuid16(), nullable=False),
        sa.Column("stream_id", columns.Uuid16(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("event_id", columns.Uuid16(), nullable=False),
        sa.Column("received_at", columns.UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    with op.batch_alter_table("devices_refused_event", schema=None) as batch_op:
        batch_op.create_index("ix_devices_refused_event_number", ["stream_id", "number"], unique=False)

    op.create_table(
        "devices_stream",
        sa.Column("id", columns.Uuid16(), nullable=False),
        sa.Column("device_id", columns.Uuid16(), nullable=False),
        sa.Column("created_at", columns.UtcDateTime(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("gaps", columns.LongText(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("devices_stream", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_stream_device_id"), ["device_id"], unique=False)

    op.create_table(
        "devices_upload",
        sa.Column("number", columns.Counted(), nullable=False),
        sa.Column("device_id", columns.Uuid16(), nullable=False),
        sa.Column("site_id", columns.Uuid16(), nullable=False),
        sa.Column("stream_id", columns.Uuid16(), nullable=False),
        sa.Column("received_at", columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    with op.batch_alter_table("devices_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_upload_device_id"), ["device_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("devices_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_upload_device_id"))

    op.drop_table("devices_upload")
    with op.batch_alter_table("devices_stream", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_stream_device_id"))

    op.drop_table("devices_stream")
    with op.batch_alter_table("devices_refused_event", schema=None) as batch_op:
        batch_op.drop_index("ix_devices_refused_event_number")

    op.drop_table("devices_refused_event")
    with op.batch_alter_table("devices_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_event_upload_number"))
        batch_op.drop_index("ix_devices_event_number")
        batch_op.drop_index(batch_op.f("ix_devices_event_code_key"))

    op.drop_table("devices_event")
    with op.batch_alter_table("devices_enrolment_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_enrolment_code_device_id"))

    op.drop_table("devices_enrolment_code")
    with op.batch_alter_table("devices_device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_device_site_id"))

    op.drop_table("devices_device")
