"""Suggestions' way through the offices, and the checkpoints everybody may keep."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG, TEXT, BYTES = sa.BigInteger(), sa.Text(), sa.LargeBinary()
TABLES = ("suggestion_case", "suggestion_step", "checkpoint")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "suggestion_case",
        *_suggestion(),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("office", sa.String(16), nullable=False),
        *(sa.Column(f"reply_{language}", TEXT, nullable=False) for language in ("kk", "ru", "en")),
        sa.Column("words_public", sa.Boolean(), nullable=False),
        sa.Column("reply_public", sa.Boolean(), nullable=False),
        sa.Column("closed_ms", BIG),
        sa.Column("deleted_ms", BIG),
        sa.Column("changed_ms", BIG, nullable=False),
    )
    op.create_table(
        "suggestion_step",
        *_suggestion(),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("what", sa.String(24), nullable=False),
        sa.Column("office", sa.String(16), nullable=False),
        sa.Column("note", TEXT, nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("region_code", sa.String(2), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("document", BYTES, nullable=False),
        sa.Column("signature", BYTES, nullable=False),
        sa.Column("hash", BYTES, nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
    )


def downgrade() -> None:
    """Takes them away."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _suggestion() -> list[sa.Column]:  # type: ignore[type-arg]
    return [
        sa.Column("shop_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kiosk_id", sa.String(16), primary_key=True),
        sa.Column("suggestion_id", sa.String(64), primary_key=True),
    ]
