"""Where the money went: out of the box, through the bank, to the cause, and what goods cost.

Three kinds of tables. *Kept sums* (``money_mark``, ``money_day``, ``money_month``, ``cash_out``) say what journals
say and can be rebuilt from them. *Facts of the centre* (``cash_receipt``, ``money_payout``,
``money_cost``, ``money_document``) stand nowhere else. *Bank* tables hold what a statement said,
without a word about who paid.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sync.server.schema.base import metadata
from sync.server.schema.columns import entry_key, journal_key, shop_key

money_mark = Table(
    "money_mark",
    metadata,
    *journal_key(),
    # How far the journal is in the sums.
    Column("seq", BigInteger, nullable=False),
    # The box at its last count (empty: never counted), and what volunteers moved since.
    Column("counted_tenge", BigInteger),
    Column("moved_tenge", BigInteger, nullable=False),
)


def _money_sums(name: str, day: str) -> Table:
    return Table(
        name,
        metadata,
        shop_key(),
        Column(day, Date, primary_key=True),
        Column("counts", BigInteger, nullable=False),
        Column("counted_cash_tenge", BigInteger, nullable=False),
        Column("restock_cost_tenge", BigInteger, nullable=False),
        # Pieces that came to the shelf and of which nobody said what they cost.
        Column("uncosted_pieces", BigInteger, nullable=False),
    )


money_day = _money_sums("money_day", "day")
money_month = _money_sums("money_month", "month")

cash_out = Table(
    "cash_out",
    metadata,
    *entry_key(),
    Column("at_ms", BigInteger, nullable=False),
    Column("day", Date, nullable=False),
    Column("amount_tenge", BigInteger, nullable=False),
    Column("pieces", Text, nullable=False),
    Column("purpose", String(8), nullable=False),
    Column("taken_by", Text, nullable=False),
    # Confirmed by a second person at the kiosk; at the centre: cash_receipt.
    Column("kiosk_received_ms", BigInteger),
    Column("kiosk_received_by", Text),
    # Nobody confirmed it yet, neither there nor here.
    Column("waits", Boolean, nullable=False),
)
Index(
    "ix_cash_out_waits",
    cash_out.c.shop_id,
    cash_out.c.at_ms,
    sqlite_where=text("waits"),
    postgresql_where=text("waits"),
)
Index("ix_cash_out_by_day", cash_out.c.day, cash_out.c.shop_id)
Index("ix_money_month_by_month", money_month.c.month, money_month.c.shop_id)
Index("ix_money_day_by_day", money_day.c.day, money_day.c.shop_id)

cash_receipt = Table(
    "cash_receipt",
    metadata,
    *entry_key(),
    Column("account_id", Integer, nullable=False),
    Column("received_tenge", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

money_document = Table(
    "money_document",
    metadata,
    shop_key(),
    Column("document_id", String(32), primary_key=True),
    Column("media_type", String(32), nullable=False),
    Column("content_sha256", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)


def _spent(name: str, key: str, purpose: str) -> Table:
    """Money that left a shop, as somebody recorded it, with the picture of a paper or without."""
    return Table(
        name,
        metadata,
        shop_key(),
        Column(key, String(32), primary_key=True),
        Column("day", Date, nullable=False),
        Column("amount_tenge", BigInteger, nullable=False),
        Column(purpose, Text, nullable=False),
        Column("document_id", String(32)),
        Column("account_id", Integer, nullable=False),
        Column("created_ms", BigInteger, nullable=False),
        # Taken back, never deleted.
        Column("withdrawn_ms", BigInteger),
        Column("withdrawn_by", Integer),
    )


money_payout = _spent("money_payout", "payout_id", "cause")
money_cost = _spent("money_cost", "cost_id", "what")
Index("ix_money_payout_by_day", money_payout.c.day, money_payout.c.shop_id)
Index("ix_money_cost_by_day", money_cost.c.day, money_cost.c.shop_id)

bank_profile = Table(
    "bank_profile",
    metadata,
    # Whose: a region's, or the whole country's when empty text.
    Column("region_code", String(2), primary_key=True),
    Column("name", String(60), primary_key=True),
    # Which column is what, and which places are which shops, as JSON.
    Column("mapping", Text, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

bank_key = Table(
    "bank_key",
    metadata,
    shop_key(),
    # Secret of the fingerprints: without it they tell nothing about who paid.
    Column("key", LargeBinary, nullable=False),
)

bank_statement = Table(
    "bank_statement",
    metadata,
    Column("statement_id", String(32), primary_key=True),
    Column("region_code", String(2), nullable=False),
    Column("file_sha256", LargeBinary, nullable=False),
    Column("bank", String(60), nullable=False),
    # Which column was what, as JSON: read with others, the same lines would look new.
    Column("mapping", Text, nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("uploaded_ms", BigInteger, nullable=False),
    Column("lines_taken", Integer, nullable=False),
    Column("lines_known", Integer, nullable=False),
    Column("lines_skipped", Integer, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    UniqueConstraint("region_code", "file_sha256", name="uq_bank_statement_file"),
)

bank_line = Table(
    "bank_line",
    metadata,
    shop_key(),
    # Keyed hash of the line as it stood in the file: the same line again is known.
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("statement_id", String(32), nullable=False, index=True),
    Column("day", Date, nullable=False),
    # Empty when the bank names only the day.
    Column("at_ms", BigInteger),
    Column("amount_tenge", BigInteger, nullable=False),
    # free, matched, unclear (a person chooses), aside (no payment of a sale).
    Column("state", String(8), nullable=False),
    # The sale that claimed it.
    Column("kiosk_id", String(16)),
    Column("epoch", Integer),
    Column("seq", BigInteger),
    Column("claim_day", Date),
    Column("claim_ms", BigInteger),
    Column("claimed_tenge", BigInteger),
    # Who said so; empty: found by time and amount.
    Column("account_id", Integer),
    Column("changed_ms", BigInteger, nullable=False),
)
# One sale, one payment.
Index(
    "uq_bank_line_claim",
    bank_line.c.shop_id,
    bank_line.c.kiosk_id,
    bank_line.c.epoch,
    bank_line.c.seq,
    unique=True,
)
# What a shop's days confirmed, and what came on them.
Index(
    "ix_bank_line_claim_day",
    bank_line.c.shop_id,
    bank_line.c.claim_day,
    bank_line.c.state,
    bank_line.c.amount_tenge,
)
Index("ix_bank_line_day", bank_line.c.shop_id, bank_line.c.state, bank_line.c.day)


def _bank_sums(name: str, day: str) -> Table:
    """Kept sums of ``bank_line``; :mod:`sync.server.money.bank_sums`."""
    return Table(
        name,
        metadata,
        shop_key(),
        # Of the sale where a line is matched, else of the bank.
        Column(day, Date, primary_key=True),
        Column("confirmed_tenge", BigInteger, nullable=False),
        Column("unclaimed_tenge", BigInteger, nullable=False),
        Column("unclear_lines", BigInteger, nullable=False),
    )


bank_day = _bank_sums("bank_day", "day")
bank_month = _bank_sums("bank_month", "month")
Index("ix_bank_month_by_month", bank_month.c.month, bank_month.c.shop_id)
Index("ix_bank_day_by_day", bank_day.c.day, bank_day.c.shop_id)
