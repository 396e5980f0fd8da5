"""Sums of the periods that pages show, kept of closed days; indexes for what else was slow.

The server makes the sums by itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG, CODE, DAY = sa.BigInteger(), sa.String(2), sa.Date()
VISIT = sa.text(
    "type IN ('cash_count', 'cash_out', 'float_in', 'restock', 'stocktake', 'write_off')"
)
MONEY = ("counts", "counted_cash_tenge", "restock_cost_tenge", "uncosted_pieces")
BY_MONTH = ("money_month", "bank_month")
BY_DAY = ("money_payout", "money_cost")
SUMS = (
    *("sales", "items", "cash_tenge", "qr_tenge", "left_to_cause_tenge", "corrections"),
    *("visits", "till_visits", "cash_due_tenge", "cash_paid_tenge"),
    *("shelf_visits", "goods_due_tenge", "goods_paid_tenge"),
)


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "period_mark",
        sa.Column("region_code", CODE, primary_key=True),
        sa.Column("today", DAY, nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "shop_period",
        sa.Column("shop_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("first_day", DAY, primary_key=True),
        sa.Column("last_day", DAY, primary_key=True),
        *(sa.Column(name, BIG, nullable=False) for name in SUMS),
    )
    op.create_index("ix_shop_period_days", "shop_period", ["first_day", "last_day"])
    op.create_table(
        "region_day",
        sa.Column("region_code", CODE, primary_key=True),
        sa.Column("day", DAY, primary_key=True),
        *(sa.Column(name, BIG, nullable=False) for name in SUMS),
    )
    op.create_table(
        "product_period",
        sa.Column("region_code", CODE, primary_key=True),
        sa.Column("first_day", DAY, primary_key=True),
        sa.Column("last_day", DAY, primary_key=True),
        sa.Column("product_id", sa.String(200), primary_key=True),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("tenge", BIG, nullable=False),
    )

    op.create_table(
        "money_month",
        sa.Column("shop_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("month", DAY, primary_key=True),
        *(sa.Column(name, BIG, nullable=False) for name in MONEY),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    month = "date(day, 'start of month')" if sqlite else "date_trunc('month', day)::date"
    op.execute(_ADD_MONTHS.replace("MONTH", month))
    for table in BY_MONTH:
        op.create_index(f"ix_{table}_by_month", table, ["month", "shop_id"])
    op.create_index(
        "ix_entry_visit",
        "entry",
        ["shop_id", "kiosk_id", "epoch", "seq"],
        sqlite_where=VISIT,
        postgresql_where=VISIT,
    )
    for table in BY_DAY:
        op.create_index(f"ix_{table}_by_day", table, ["day", "shop_id"])


def downgrade() -> None:
    """Takes them away."""
    for table in BY_DAY:
        op.drop_index(f"ix_{table}_by_day", table)
    op.drop_index("ix_entry_visit", "entry")
    for table in BY_MONTH:
        op.drop_index(f"ix_{table}_by_month", table)
    op.drop_table("money_month")
    for name in ("product_period", "region_day", "shop_period", "period_mark"):
        op.drop_table(name)


_ADD_MONTHS = f"""
INSERT INTO money_month
SELECT shop_id, MONTH, {", ".join(f"sum({name})" for name in MONEY)}
FROM money_day GROUP BY shop_id, MONTH
"""  # noqa: S608  names of ours
