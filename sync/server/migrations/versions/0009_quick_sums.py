"""Sums and indexes that keep pages quick when there are years of journals."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger()
LATELY = sa.text("type IN ('help_call', 'unknown_scan', 'boot', 'clock_set')")
WAITS = sa.text("waits")
BY_DAY = ("shop_day", "visit", "money_day", "bank_day", "cash_out")
"""A month of the whole country is a stretch of these, not a look at every shop's years."""


def upgrade() -> None:
    """Makes them, and adds up what is there."""
    for name, day in (("bank_day", "day"), ("bank_month", "month")):
        op.create_table(
            name,
            sa.Column("shop_id", sa.Integer(), primary_key=True, autoincrement=False),
            sa.Column(day, sa.Date(), primary_key=True),
            sa.Column("confirmed_tenge", BIG, nullable=False),
            sa.Column("unclaimed_tenge", BIG, nullable=False),
            sa.Column("unclear_lines", BIG, nullable=False),
        )
    op.execute(_ADD_DAYS)
    sqlite = op.get_bind().dialect.name == "sqlite"
    month = "date(day, 'start of month')" if sqlite else "date_trunc('month', day)::date"
    op.execute(_ADD_MONTHS.replace("MONTH", month))
    with op.batch_alter_table("cash_out") as table:
        table.add_column(sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute(_SETTLE)
    with op.batch_alter_table("cash_out") as table:
        table.alter_column("waits", server_default=None)
    op.create_index(
        "ix_cash_out_waits",
        "cash_out",
        ["shop_id", "at_ms"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    for name in BY_DAY:
        op.create_index(f"ix_{name}_by_day", name, ["day", "shop_id"])
    op.create_index(
        "ix_entry_lately",
        "entry",
        ["shop_id", "type", "received_ms"],
        sqlite_where=LATELY,
        postgresql_where=LATELY,
    )


def downgrade() -> None:
    """Takes them away."""
    op.drop_index("ix_entry_lately", "entry")
    for name in reversed(BY_DAY):
        op.drop_index(f"ix_{name}_by_day", name)
    op.drop_index("ix_cash_out_waits", "cash_out")
    with op.batch_alter_table("cash_out") as table:
        table.drop_column("waits")
    op.drop_table("bank_month")
    op.drop_table("bank_day")


_ADD_DAYS = """
INSERT INTO bank_day
SELECT shop_id, on_day, sum(confirmed), sum(unclaimed), sum(unclear)
FROM (
    SELECT shop_id, claim_day AS on_day, amount_tenge AS confirmed, 0 AS unclaimed, 0 AS unclear
    FROM bank_line WHERE state = 'matched'
    UNION ALL
    SELECT shop_id, day, 0, amount_tenge, CASE WHEN state = 'unclear' THEN 1 ELSE 0 END
    FROM bank_line WHERE state IN ('free', 'unclear')
) AS lines
GROUP BY shop_id, on_day
"""
_ADD_MONTHS = """
INSERT INTO bank_month
SELECT shop_id, MONTH, sum(confirmed_tenge), sum(unclaimed_tenge), sum(unclear_lines)
FROM bank_day GROUP BY shop_id, MONTH
"""
_SETTLE = """
UPDATE cash_out SET waits = false
WHERE kiosk_received_ms IS NOT NULL OR EXISTS (
    SELECT 1 FROM cash_receipt r
    WHERE r.shop_id = cash_out.shop_id AND r.kiosk_id = cash_out.kiosk_id
      AND r.epoch = cash_out.epoch AND r.seq = cash_out.seq
)
"""
