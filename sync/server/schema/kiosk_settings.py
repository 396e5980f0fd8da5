"""What is set on kiosks from afar, whom the centre lets into back rooms, and who has which version.

A place is a region and shop 0 for all its shops, or a shop together with its region. Only the
newest document of a shop is kept: older ones hold hashes of PINs that were taken back.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text

from sync.server.schema.base import metadata
from sync.server.schema.columns import kiosk_key, place_key, shop_key

kiosk_setting = Table(
    "kiosk_setting",
    metadata,
    *place_key(),
    Column("key", String(40), primary_key=True),
    # JSON.
    Column("value", Text, nullable=False),
    Column("account_id", Integer),
    Column("changed_ms", BigInteger, nullable=False),
)

shop_volunteer = Table(
    "shop_volunteer",
    metadata,
    shop_key(),
    Column("volunteer_id", String(16), primary_key=True),
    Column("name", String(100), nullable=False),
    # argon2id; empty when taken back.
    Column("pin_hash", String(300), nullable=False),
    Column("account_id", Integer),
    Column("issued_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
)

shop_settings = Table(
    "shop_settings",
    metadata,
    shop_key(),
    Column("version", Integer, nullable=False),
    # The exact bytes that were signed.
    Column("document", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
)

kiosk_settings_report = Table(
    "kiosk_settings_report",
    metadata,
    *kiosk_key(),
    # The version it has, and the one that its screens show.
    Column("version", Integer, nullable=False),
    Column("in_effect", Integer, nullable=False),
    # Keys, with commas between them.
    Column("waiting", Text, nullable=False),
    Column("refused", Text, nullable=False),
    Column("reported_ms", BigInteger, nullable=False),
)
