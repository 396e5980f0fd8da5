"""Sums that dashboards read: goods by region and day, visits with their ratios.

Entries that were here before are not in them: run ``adal-sync rollups rebuild`` once.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG, DAY = sa.BigInteger(), sa.Date()


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "region_product_day",
        _key("region_code", sa.String(2)),
        _key("day", DAY),
        _key("product_id", sa.String(200)),
        *(_must(name, BIG) for name in ("quantity", "tenge", "corrections")),
    )
    op.create_table(
        "visit",
        _key("shop_id", sa.Integer()),
        _key("kiosk_id", sa.String(16)),
        _key("visit_id", sa.String(200)),
        _must("day", DAY),
        *(_must(name, BIG) for name in ("began_ms", "ended_ms")),
        _must("epoch", sa.Integer()),
        _must("last_seq", BIG),
        *(
            sa.Column(f"{name}_tenge", BIG)
            for name in ("counted", "expected", "difference", "cash_due")
        ),
        *(
            sa.Column(name, BIG)
            for name in (
                *("goods_sold_tenge", "goods_due_tenge", "goods_paid_tenge"),
                *("gap_tenge", "gap_pieces"),
            )
        ),
        *(
            _must(name, BIG)
            for name in (
                *("taken_out_tenge", "float_in_tenge"),
                *("restocked_pieces", "restock_cost_tenge", "uncosted_pieces"),
            )
        ),
    )
    op.create_index("ix_visit_day", "visit", ["shop_id", "day"])
    op.create_table(
        "visit_mark",
        _key("shop_id", sa.Integer()),
        _key("kiosk_id", sa.String(16)),
        _must("epoch", sa.Integer()),
        *(_must(name, BIG) for name in ("seq", "cash_tenge", "goods_tenge", "differences_tenge")),
        _must("stocktake_visit_id", sa.String(200)),
    )


def downgrade() -> None:
    """Takes them away."""
    op.drop_table("visit_mark")
    op.drop_index("ix_visit_day", table_name="visit")
    op.drop_table("visit")
    op.drop_table("region_product_day")


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _must(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)
