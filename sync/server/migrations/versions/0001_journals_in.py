"""Journals come in: shops, kiosks, entries, days, catalogues."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG, TEXT, BYTES = sa.BigInteger(), sa.Text(), sa.LargeBinary()
ATTENTION = sa.text(
    "type IN ('help_call', 'unknown_scan', 'cash_count', 'cash_out', 'float_in', 'restock', "
    "'stocktake', 'write_off')"
)

# ISO 3166-2:KZ since 2022; KATO codes begin with the same two digits.
REGIONS = (
    ("10", "Абай облысы", "Область Абай", "Abai"),
    ("11", "Ақмола облысы", "Акмолинская область", "Akmola"),
    ("15", "Ақтөбе облысы", "Актюбинская область", "Aktobe"),
    ("19", "Алматы облысы", "Алматинская область", "Almaty region"),
    ("23", "Атырау облысы", "Атырауская область", "Atyrau"),
    ("27", "Батыс Қазақстан облысы", "Западно-Казахстанская область", "West Kazakhstan"),
    ("31", "Жамбыл облысы", "Жамбылская область", "Zhambyl"),
    ("33", "Жетісу облысы", "Область Жетісу", "Zhetisu"),
    ("35", "Қарағанды облысы", "Карагандинская область", "Karaganda"),
    ("39", "Қостанай облысы", "Костанайская область", "Kostanay"),
    ("43", "Қызылорда облысы", "Кызылординская область", "Kyzylorda"),
    ("47", "Маңғыстау облысы", "Мангистауская область", "Mangystau"),
    ("55", "Павлодар облысы", "Павлодарская область", "Pavlodar"),
    ("59", "Солтүстік Қазақстан облысы", "Северо-Казахстанская область", "North Kazakhstan"),
    ("61", "Түркістан облысы", "Туркестанская область", "Turkistan"),
    ("62", "Ұлытау облысы", "Область Ұлытау", "Ulytau"),
    ("63", "Шығыс Қазақстан облысы", "Восточно-Казахстанская область", "East Kazakhstan"),
    ("71", "Астана қаласы", "Город Астана", "Astana"),
    ("75", "Алматы қаласы", "Город Алматы", "Almaty"),
    ("79", "Шымкент қаласы", "Город Шымкент", "Shymkent"),
)


def upgrade() -> None:
    """Makes the tables and fills in the regions."""
    _places()
    _kiosks()
    _journals()
    _texts()


def downgrade() -> None:
    """Takes everything away."""
    op.drop_index("ix_entry_unreadable", table_name="entry")
    op.drop_index("ix_entry_attention", table_name="entry")
    for table in (
        *("suggestion_text", "catalogue_version", "shop_day", "quarantine", "entry", "watermark"),
        *("access_token", "enrol_code", "kiosk_epoch", "kiosk", "shop", "region"),
    ):
        op.drop_table(table)


def _must(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _key(*names_and_kinds: tuple[str, sa.types.TypeEngine[Any]]) -> list[sa.Column[Any]]:
    return [
        sa.Column(name, kind, primary_key=True, autoincrement=False)
        for name, kind in names_and_kinds
    ]


def _entry_key() -> list[sa.Column[Any]]:
    return _key(
        ("shop_id", sa.Integer()),
        ("kiosk_id", sa.String(16)),
        ("epoch", sa.Integer()),
        ("seq", BIG),
    )


def _places() -> None:
    region = op.create_table(
        "region",
        *_key(("region_code", sa.String(2))),
        *(_must(name, TEXT) for name in ("name_kk", "name_ru", "name_en")),
    )
    names = ("region_code", "name_kk", "name_ru", "name_en")
    op.bulk_insert(region, [dict(zip(names, row, strict=True)) for row in REGIONS])
    op.create_table(
        "shop",
        *_key(("shop_id", sa.Integer())),
        sa.Column("slug", sa.String(64), nullable=False, unique=True),
        _must("name", TEXT),
        _must("cause", TEXT),
        _must("region_code", sa.String(2)),
        _must("created_ms", BIG),
    )


def _kiosks() -> None:
    op.create_table(
        "kiosk",
        *_key(("kiosk_id", sa.String(16))),
        _must("shop_id", sa.Integer()),
        _must("software", TEXT),
        _must("created_ms", BIG),
    )
    op.create_table(
        "kiosk_epoch",
        *_key(("kiosk_id", sa.String(16)), ("epoch", sa.Integer())),
        _must("shop_id", sa.Integer()),
        _must("public_key", BYTES),
        _must("link_hash", BYTES),
        _must("status", sa.String(16)),
        _must("token_hash", BYTES),
        _must("enrolled_ms", BIG),
    )
    op.create_table(
        "enrol_code",
        *_key(("code_hash", BYTES)),
        _must("shop_id", sa.Integer()),
        _must("auto_approve", sa.Boolean()),
        _must("created_ms", BIG),
        _must("expires_ms", BIG),
        sa.Column("used_ms", BIG),
        sa.Column("used_by_key", BYTES),
    )
    op.create_table(
        "access_token",
        *_key(("token_hash", BYTES)),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        _must("created_ms", BIG),
        sa.Column("revoked_ms", BIG),
    )


def _journals() -> None:
    op.create_table(
        "watermark",
        *_entry_key()[:3],
        _must("seq", BIG),
        _must("head_hash", BYTES),
        _must("kiosk_head_seq", BIG),
        sa.Column("last_seen_ms", BIG),
        _must("forked", sa.Boolean()),
    )
    op.create_table(
        "entry",
        *_entry_key(),
        sa.Column("type", sa.String(32)),
        sa.Column("at_ms", BIG),
        _must("readable", sa.Boolean()),
        _must("received_ms", BIG),
        *(_must(name, BYTES) for name in ("hash", "signature", "payload")),
    )
    op.create_index(
        "ix_entry_attention",
        "entry",
        ["shop_id", "type", "kiosk_id", "epoch", "seq"],
        sqlite_where=ATTENTION,
        postgresql_where=ATTENTION,
    )
    op.create_index(
        "ix_entry_unreadable",
        "entry",
        ["shop_id"],
        sqlite_where=sa.text("NOT readable"),
        postgresql_where=sa.text("NOT readable"),
    )
    op.create_table(
        "quarantine",
        *_entry_key(),
        *_key(("content_sha256", BYTES)),
        _must("reason", sa.String(16)),
        _must("received_ms", BIG),
        *(_must(name, BYTES) for name in ("prev_hash", "hash", "signature", "payload")),
    )
    op.create_table(
        "shop_day",
        *_key(("shop_id", sa.Integer()), ("day", sa.Date())),
        *(_must(name, BIG) for name in ("sales", "items", "cash_tenge", "qr_tenge")),
        *(_must(name, BIG) for name in ("left_to_cause_tenge", "corrections")),
    )


def _texts() -> None:
    op.create_table(
        "catalogue_version",
        *_key(("version", sa.Integer())),
        _must("document", BYTES),
        _must("created_ms", BIG),
    )
    op.create_table(
        "suggestion_text",
        *_entry_key()[:2],
        *_key(("suggestion_id", sa.String(64))),
        _must("salt", BYTES),
        _must("body", TEXT),
        _must("received_ms", BIG),
    )
