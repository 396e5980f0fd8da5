"""Products, prices by place, pictures, campaigns, and who has which version.

What stands in ``product``, ``price_rule`` and ``own_code`` is published; changes wait in
``catalogue_draft`` until somebody publishes them. A place is a pair: an empty region and shop 0
for everywhere, a region and shop 0, or a shop together with its region.
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
    text,
)

from sync.server.schema.base import metadata
from sync.server.schema.columns import entry_key, kiosk_key, place_key, shop_key
from sync.server.schema.journals import entry

PRODUCT_ID_LENGTH_MAX = 64

server_key = Table(
    "server_key",
    metadata,
    Column("key_id", Integer, primary_key=True, autoincrement=False),
    # 32 raw bytes of Ed25519; whoever reads this table can speak for the centre.
    Column("private_key", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)


product = Table(
    "product",
    metadata,
    Column("product_id", String(PRODUCT_ID_LENGTH_MAX), primary_key=True),
    # The narrowest place wins: a shop's own version of a product, a region's, everybody's.
    *place_key(),
    # Its place in the list.
    Column("position", Integer, nullable=False),
    # A ProductMessage as JSON, without in-store codes.
    Column("body", Text, nullable=False),
    # The price takes effect before its paper tag is confirmed.
    Column("urgent", Boolean, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

price_rule = Table(
    "price_rule",
    metadata,
    Column("product_id", String(PRODUCT_ID_LENGTH_MAX), primary_key=True),
    *place_key(),
    Column("price_tenge", BigInteger, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

own_code = Table(
    "own_code",
    metadata,
    # GS1 leaves 200–299 to each shop: the same number means something else next door.
    shop_key(),
    Column("code", String(14), primary_key=True),
    Column("product_id", String(PRODUCT_ID_LENGTH_MAX), nullable=False),
)

catalogue_draft = Table(
    "catalogue_draft",
    metadata,
    # product, price or codes.
    Column("kind", String(8), primary_key=True),
    Column("product_id", String(PRODUCT_ID_LENGTH_MAX), primary_key=True),
    *place_key(),
    # JSON; empty: the published one goes.
    Column("value", Text),
    # The shop's own change that this takes over, as "shop/kiosk/epoch/seq".
    Column("origin", String(64), nullable=False),
    Column("account_id", Integer),
    Column("changed_ms", BigInteger, nullable=False),
)

catalogue_release = Table(
    "catalogue_release",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("region_code", String(2), nullable=False),
    Column("shop_id", Integer, nullable=False),
    Column("account_id", Integer),
    # How many shops got it, and how many changes it carried.
    Column("shops", Integer, nullable=False),
    Column("changes", Integer, nullable=False),
    Column("published_ms", BigInteger, nullable=False),
)

shop_catalogue = Table(
    "shop_catalogue",
    metadata,
    shop_key(),
    # Empty: for any kiosk of the shop; a kiosk whose own changes were decided has its own.
    Column("kiosk_id", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

kiosk_catalogue = Table(
    "kiosk_catalogue",
    metadata,
    *kiosk_key(),
    Column("version", Integer, nullable=False),
    Column("reported_ms", BigInteger, nullable=False),
)

local_decision = Table(
    "local_decision",
    metadata,
    *entry_key(),
    Column("accepted", Boolean, nullable=False),
    # Where it was taken over to; whoever publishes that place publishes the decision.
    Column("to_region_code", String(2), nullable=False),
    Column("to_shop_id", Integer, nullable=False),
    Column("account_id", Integer),
    Column("decided_ms", BigInteger, nullable=False),
    Column("published_version", Integer),
)

picture = Table(
    "picture",
    metadata,
    # Of the PNG, in hex; a product names it as "p-" and the first twelve digits.
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

campaign = Table(
    "campaign",
    metadata,
    Column("campaign_id", String(16), primary_key=True),
    Column("region_code", String(2), nullable=False),
    Column("shop_id", Integer, nullable=False),
    # Days in Kazakhstan, both included.
    Column("from_day", Date, nullable=False),
    Column("to_day", Date, nullable=False),
    # Lines by language, as JSON.
    Column("lines", Text, nullable=False),
    Column("picture", String(16)),
    Column("account_id", Integer),
    Column("created_ms", BigInteger, nullable=False),
)

IS_LOCAL_CHANGE = text("type IN ('product_change', 'price_change')")
"""SQLite uses the index only where this very condition is said; join no second table to it."""

# Rare types only: sales, the many, cost nothing here.
Index(
    "ix_entry_local_change",
    entry.c.shop_id,
    entry.c.kiosk_id,
    entry.c.epoch,
    entry.c.seq,
    sqlite_where=IS_LOCAL_CHANGE,
    postgresql_where=IS_LOCAL_CHANGE,
)
