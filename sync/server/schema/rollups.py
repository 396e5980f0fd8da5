"""Sums that are kept while entries are taken in, so that dashboards need not read journals."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, String, Table

from sync.server.schema.base import metadata
from sync.server.schema.columns import entry_key, kiosk_key, shop_key

NO_PRODUCT = ""
"""The product of lines that the shopper typed in from the shelf's tag."""

region_product_day = Table(
    "region_product_day",
    metadata,
    # In this order, so that a region's month is one stretch of the key.
    Column("region_code", String(2), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("product_id", String(200), primary_key=True),
    # Pieces and their value as it was asked for, without what was taken back.
    Column("quantity", BigInteger, nullable=False),
    Column("tenge", BigInteger, nullable=False),
    # How many corrections took some of it back.
    Column("corrections", BigInteger, nullable=False),
)

visit = Table(
    "visit",
    metadata,
    *kiosk_key(),
    # Of the volunteer's visit; ``<epoch>.<seq>`` of an entry that was made without a form.
    Column("visit_id", String(200), primary_key=True),
    # The first entry's, and the last one's number.
    Column("day", Date, nullable=False),
    Column("began_ms", BigInteger, nullable=False),
    Column("ended_ms", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    # The till: NULL when the box was not counted; expected and difference also at a first count.
    Column("counted_tenge", BigInteger),
    Column("expected_tenge", BigInteger),
    Column("difference_tenge", BigInteger),
    Column("cash_due_tenge", BigInteger),
    # The shelf: NULL when no goods were counted, or none that could be compared.
    Column("goods_sold_tenge", BigInteger),
    Column("goods_due_tenge", BigInteger),
    Column("goods_paid_tenge", BigInteger),
    Column("gap_tenge", BigInteger),
    Column("gap_pieces", BigInteger),
    # What was done.
    Column("taken_out_tenge", BigInteger, nullable=False),
    Column("float_in_tenge", BigInteger, nullable=False),
    Column("restocked_pieces", BigInteger, nullable=False),
    # At the costs that were typed in; the pieces without one are counted beside it.
    Column("restock_cost_tenge", BigInteger, nullable=False),
    Column("uncosted_pieces", BigInteger, nullable=False),
)
Index("ix_visit_day", visit.c.shop_id, visit.c.day)
Index("ix_visit_by_day", visit.c.day, visit.c.shop_id)

visit_mark = Table(
    "visit_mark",
    metadata,
    # How far a kiosk's visits were worked out, and what has come together since its last counts.
    *kiosk_key(),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("cash_tenge", BigInteger, nullable=False),
    Column("goods_tenge", BigInteger, nullable=False),
    Column("differences_tenge", BigInteger, nullable=False),
    # The visit of the last stocktake: a count that follows in it still belongs to it.
    Column("stocktake_visit_id", String(200), nullable=False),
)

unknown_scan = Table(
    "unknown_scan",
    metadata,
    # The entry that says so.
    *entry_key(),
    Column("received_ms", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("code", String(200), nullable=False),
    # Empty for a code of no product.
    Column("gtin14", String(200), nullable=False),
)
# The last month of all shops is one stretch.
Index("ix_unknown_scan_received", unknown_scan.c.received_ms, unknown_scan.c.shop_id)

# --- sums of closed days, made of the tables above; nothing here that could not be left out ---

period_mark = Table(
    "period_mark",
    metadata,
    Column("region_code", String(2), primary_key=True),
    # The sums are of days before this one; false while some of those days have changed since.
    Column("today", Date, nullable=False),
    Column("is_kept", Boolean, nullable=False),
)

VISIT_SUMS = (
    # All visits; those that compared cash, those that compared goods, and what they found.
    *("visits", "till_visits", "cash_due_tenge", "cash_paid_tenge"),
    *("shelf_visits", "goods_due_tenge", "goods_paid_tenge"),
)
DAY_SUMS = (
    *("sales", "items", "cash_tenge", "qr_tenge", "left_to_cause_tenge", "corrections"),
    *VISIT_SUMS,
)

shop_period = Table(
    "shop_period",
    metadata,
    shop_key(),
    Column("first_day", Date, primary_key=True),
    Column("last_day", Date, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in DAY_SUMS),
)
Index("ix_shop_period_days", shop_period.c.first_day, shop_period.c.last_day)

region_day = Table(
    "region_day",
    metadata,
    Column("region_code", String(2), primary_key=True),
    Column("day", Date, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in DAY_SUMS),
)

product_period = Table(
    "product_period",
    metadata,
    Column("region_code", String(2), primary_key=True),
    Column("first_day", Date, primary_key=True),
    Column("last_day", Date, primary_key=True),
    Column("product_id", String(200), primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    Column("tenge", BigInteger, nullable=False),
)
