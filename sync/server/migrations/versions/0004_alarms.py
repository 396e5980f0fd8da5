"""What needs attention, who was told, and what was noted about it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG, TEXT, INT = sa.BigInteger(), sa.Text(), sa.Integer()


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "kiosk_fold",
        sa.Column("shop_id", INT, primary_key=True, autoincrement=False),
        sa.Column("kiosk_id", sa.String(16), primary_key=True),
        sa.Column("version", INT, nullable=False),
        sa.Column("epoch", INT, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("cash_due_tenge", BIG, nullable=False),
        sa.Column("cash_difference_tenge", BIG, nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "alarm",
        sa.Column("shop_id", INT, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(24), primary_key=True),
        sa.Column("key", sa.String(16), primary_key=True),
        sa.Column("severity", INT, nullable=False),
        sa.Column("level", INT, nullable=False),
        sa.Column("since_ms", BIG, nullable=False),
        sa.Column("opened_ms", BIG, nullable=False),
        sa.Column("last_ms", BIG, nullable=False),
        sa.Column("closed_ms", BIG),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("acked_ms", BIG),
        sa.Column("acked_by", INT),
        sa.Column("acked_level", INT),
        sa.Column("ack_note", TEXT, nullable=False),
        sa.Column("told_level", INT),
    )
    op.create_index("ix_alarm_closed_ms", "alarm", ["closed_ms"])
    op.create_table(
        "alarm_channel",
        sa.Column("channel_id", sa.String(16), primary_key=True),
        sa.Column("account_id", INT, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("alarm_kinds", TEXT, nullable=False),
        sa.Column("severity_min", INT, nullable=False),
        sa.Column("region_code", sa.String(2)),
        sa.Column("shop_id", INT),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("next_ms", BIG, nullable=False),
        sa.Column("failures", INT, nullable=False),
        sa.Column("sent_ms", BIG),
        sa.Column("trouble", TEXT, nullable=False),
    )
    op.create_index("ix_alarm_channel_account_id", "alarm_channel", ["account_id"])
    op.create_table(
        "alarm_outbox",
        sa.Column("channel_id", sa.String(16), primary_key=True),
        sa.Column("message_id", sa.String(32), primary_key=True),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("shop_id", INT),
        sa.Column("alarm_kind", sa.String(24), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("body", TEXT, nullable=False),
    )
    op.create_table(
        "alarm_run",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("until_ms", BIG, nullable=False),
        sa.Column("finished_ms", BIG),
    )


def downgrade() -> None:
    """Takes them away."""
    for table in ("alarm_run", "alarm_outbox", "alarm_channel", "alarm", "kiosk_fold"):
        op.drop_table(table)
