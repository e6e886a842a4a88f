"""Keep before and after in the audit log.

The rows that are there keep their form, and so their hashes.
"""

import sqlalchemy as sa
from alembic import op

from cloud_api.common import columns

revision = "common_0006"
down_revision = "common_0005"
branch_labels = None
depends_on = None

_NAME_THE_NOUNS = """UPDATE common_audit SET noun =
CASE WHEN INSTR(action, '.') > 0 THEN SUBSTR(action, 1, INSTR(action, '.') - 1) ELSE action END"""


def upgrade() -> None:
    with op.batch_alter_table("common_audit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("form", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("noun", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("member_id", columns.Uuid16(), nullable=True))
        batch_op.add_column(sa.Column("device", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("desk", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("before", columns.LongText(), nullable=True))
        batch_op.add_column(sa.Column("after", columns.LongText(), nullable=True))
        batch_op.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.execute(_NAME_THE_NOUNS)
    with op.batch_alter_table("common_audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_common_audit_subject"))
        batch_op.create_index("ix_common_audit_subject", ["subject", "at", "service", "number"], unique=False)
        batch_op.create_index("ix_common_audit_actor", ["actor", "at", "service", "number"], unique=False)
        batch_op.create_index("ix_common_audit_at", ["at", "service", "number"], unique=False)
        batch_op.create_index("ix_common_audit_member", ["member_id", "at", "service", "number"], unique=False)
        batch_op.create_index("ix_common_audit_noun", ["noun", "at", "service", "number"], unique=False)


def downgrade() -> None:
    """The program before calls the chain broken at the first row that was written since."""
    with op.batch_alter_table("common_audit", schema=None) as batch_op:
        batch_op.drop_index("ix_common_audit_noun")
        batch_op.drop_index("ix_common_audit_member")
        batch_op.drop_index("ix_common_audit_at")
        batch_op.drop_index("ix_common_audit_actor")
        batch_op.drop_index("ix_common_audit_subject")
        batch_op.create_index(batch_op.f("ix_common_audit_subject"), ["subject"], unique=False)
        batch_op.drop_column("sealed")
        batch_op.drop_column("after")
        batch_op.drop_column("before")
        batch_op.drop_column("desk")
        batch_op.drop_column("device")
        batch_op.drop_column("member_id")
        batch_op.drop_column("noun")
        batch_op.drop_column("form")
