"""Where the money went: received, reconciled, paid out, spent."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG, TEXT, BYTES, DAY = sa.BigInteger(), sa.Text(), sa.LargeBinary(), sa.Date()
TABLES = (
    "money_mark",
    "money_day",
    "cash_out",
    "cash_receipt",
    "money_document",
    "money_payout",
    "money_cost",
    "bank_profile",
    "bank_key",
    "bank_statement",
    "bank_line",
)


def upgrade() -> None:
    """Makes the tables."""
    _kept_sums()
    _facts()
    _bank()


def downgrade() -> None:
    """Takes them away."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _shop() -> sa.Column[Any]:
    return sa.Column("shop_id", sa.Integer(), primary_key=True, autoincrement=False)


def _entry_key() -> list[sa.Column[Any]]:
    return [
        _shop(),
        sa.Column("kiosk_id", sa.String(16), primary_key=True),
        sa.Column("epoch", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
    ]


def _kept_sums() -> None:
    op.create_table(
        "money_mark",
        *_entry_key()[:3],
        sa.Column("seq", BIG, nullable=False),
        sa.Column("counted_tenge", BIG),
        sa.Column("moved_tenge", BIG, nullable=False),
    )
    op.create_table(
        "money_day",
        _shop(),
        sa.Column("day", DAY, primary_key=True),
        sa.Column("counts", BIG, nullable=False),
        sa.Column("counted_cash_tenge", BIG, nullable=False),
        sa.Column("restock_cost_tenge", BIG, nullable=False),
        sa.Column("uncosted_pieces", BIG, nullable=False),
    )
    op.create_table(
        "cash_out",
        *_entry_key(),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("day", DAY, nullable=False),
        sa.Column("amount_tenge", BIG, nullable=False),
        sa.Column("pieces", TEXT, nullable=False),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("taken_by", TEXT, nullable=False),
        sa.Column("kiosk_received_ms", BIG),
        sa.Column("kiosk_received_by", TEXT),
    )


def _facts() -> None:
    op.create_table(
        "cash_receipt",
        *_entry_key(),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("received_tenge", BIG, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("at_ms", BIG, nullable=False),
    )
    op.create_table(
        "money_document",
        _shop(),
        sa.Column("document_id", sa.String(32), primary_key=True),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("content_sha256", BYTES, nullable=False),
        sa.Column("content", BYTES, nullable=False),
    )
    for table, key, words in (
        ("money_payout", "payout_id", "cause"),
        ("money_cost", "cost_id", "what"),
    ):
        op.create_table(
            table,
            _shop(),
            sa.Column(key, sa.String(32), primary_key=True),
            sa.Column("day", DAY, nullable=False),
            sa.Column("amount_tenge", BIG, nullable=False),
            sa.Column(words, TEXT, nullable=False),
            sa.Column("document_id", sa.String(32)),
            sa.Column("account_id", sa.Integer(), nullable=False),
            sa.Column("created_ms", BIG, nullable=False),
            sa.Column("withdrawn_ms", BIG),
            sa.Column("withdrawn_by", sa.Integer()),
        )


def _bank() -> None:
    op.create_table(
        "bank_profile",
        sa.Column("region_code", sa.String(2), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("mapping", TEXT, nullable=False),
        sa.Column("changed_ms", BIG, nullable=False),
    )
    op.create_table("bank_key", _shop(), sa.Column("key", BYTES, nullable=False))
    op.create_table(
        "bank_statement",
        sa.Column("statement_id", sa.String(32), primary_key=True),
        sa.Column("region_code", sa.String(2), nullable=False),
        sa.Column("file_sha256", BYTES, nullable=False),
        sa.Column("bank", sa.String(60), nullable=False),
        sa.Column("mapping", TEXT, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_ms", BIG, nullable=False),
        sa.Column("lines_taken", sa.Integer(), nullable=False),
        sa.Column("lines_known", sa.Integer(), nullable=False),
        sa.Column("lines_skipped", sa.Integer(), nullable=False),
        sa.Column("first_day", DAY, nullable=False),
        sa.Column("last_day", DAY, nullable=False),
        sa.UniqueConstraint("region_code", "file_sha256", name="uq_bank_statement_file"),
    )
    op.create_table(
        "bank_line",
        _shop(),
        sa.Column("fingerprint", BYTES, primary_key=True),
        sa.Column("statement_id", sa.String(32), nullable=False),
        sa.Column("day", DAY, nullable=False),
        sa.Column("at_ms", BIG),
        sa.Column("amount_tenge", BIG, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("kiosk_id", sa.String(16)),
        sa.Column("epoch", sa.Integer()),
        sa.Column("seq", BIG),
        sa.Column("claim_day", DAY),
        sa.Column("claim_ms", BIG),
        sa.Column("claimed_tenge", BIG),
        sa.Column("account_id", sa.Integer()),
        sa.Column("changed_ms", BIG, nullable=False),
    )
    op.create_index("ix_bank_line_statement_id", "bank_line", ["statement_id"])
    op.create_index(
        "uq_bank_line_claim", "bank_line", ["shop_id", "kiosk_id", "epoch", "seq"], unique=True
    )
    op.create_index(
        "ix_bank_line_claim_day",
        "bank_line",
        ["shop_id", "claim_day", "state", "amount_tenge"],
    )
    op.create_index("ix_bank_line_day", "bank_line", ["shop_id", "state", "day"])
