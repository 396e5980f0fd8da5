"""Codes that can be taken back or belong to a kiosk; successors; decisions about quarantine."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG, TEXT, BYTES = sa.BigInteger(), sa.Text(), sa.LargeBinary()
CODE_COLUMNS = (
    ("code_id", sa.String(16)),
    ("kiosk_id", sa.String(16)),
    ("account_id", sa.Integer()),
    ("taken_back_ms", BIG),
)


def upgrade() -> None:
    """Adds the columns and makes the tables."""
    for name, kind in CODE_COLUMNS:
        op.add_column("enrol_code", sa.Column(name, kind))
    op.create_table(
        "kiosk_successor",
        sa.Column("kiosk_id", sa.String(16), primary_key=True),
        sa.Column("old_kiosk_id", sa.String(16), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("old_epoch", sa.Integer(), nullable=False),
        sa.Column("old_seq", BIG, nullable=False),
        sa.Column("old_head_hash", BYTES, nullable=False),
        sa.Column("at_ms", BIG, nullable=False),
    )
    op.create_index("ix_kiosk_successor_old", "kiosk_successor", ["old_kiosk_id"])
    op.create_table(
        "quarantine_decision",
        sa.Column("shop_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kiosk_id", sa.String(16), primary_key=True),
        sa.Column("epoch", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        sa.Column("content_sha256", BYTES, primary_key=True),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("decided_ms", BIG, nullable=False),
    )


def downgrade() -> None:
    """Takes them away."""
    op.drop_table("quarantine_decision")
    op.drop_table("kiosk_successor")
    for name, _kind in reversed(CODE_COLUMNS):
        op.drop_column("enrol_code", name)
