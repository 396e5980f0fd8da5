"""Products, prices by place, pictures, campaigns, and who has which version."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG, TEXT, BYTES, INT = sa.BigInteger(), sa.Text(), sa.LargeBinary(), sa.Integer()
LOCAL_CHANGE = sa.text("type IN ('product_change', 'price_change')")


def upgrade() -> None:
    """Makes the tables, and the index by which shops' own changes are found."""
    _products()
    _versions()
    op.create_table(
        "picture",
        *_key(("sha256", sa.String(64))),
        _must("content", BYTES),
        _must("created_ms", BIG),
    )
    op.create_table(
        "campaign",
        *_key(("campaign_id", sa.String(16))),
        _must("region_code", sa.String(2)),
        _must("shop_id", INT),
        _must("from_day", sa.Date()),
        _must("to_day", sa.Date()),
        _must("lines", TEXT),
        sa.Column("picture", sa.String(16)),
        sa.Column("account_id", INT),
        _must("created_ms", BIG),
    )
    op.create_index(
        "ix_entry_local_change",
        "entry",
        ["shop_id", "kiosk_id", "epoch", "seq"],
        sqlite_where=LOCAL_CHANGE,
        postgresql_where=LOCAL_CHANGE,
    )
    _take_over_catalogue()


def downgrade() -> None:
    """Takes them away."""
    op.drop_index("ix_entry_local_change", table_name="entry")
    for table in (
        *("campaign", "picture", "local_decision", "kiosk_catalogue", "shop_catalogue"),
        *("catalogue_release", "catalogue_draft", "own_code", "price_rule", "product"),
        "server_key",
    ):
        op.drop_table(table)


def _must(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _key(*names_and_kinds: tuple[str, sa.types.TypeEngine[Any]]) -> list[sa.Column[Any]]:
    return [
        sa.Column(name, kind, primary_key=True, autoincrement=False)
        for name, kind in names_and_kinds
    ]


def _place_key() -> list[sa.Column[Any]]:
    return _key(("product_id", sa.String(64)), ("region_code", sa.String(2)), ("shop_id", INT))


def _products() -> None:
    op.create_table(
        "server_key", *_key(("key_id", INT)), _must("private_key", BYTES), _must("created_ms", BIG)
    )
    op.create_table(
        "product",
        *_place_key(),
        _must("position", INT),
        _must("body", TEXT),
        _must("urgent", sa.Boolean()),
        _must("changed_ms", BIG),
    )
    op.create_table(
        "price_rule",
        *_place_key(),
        _must("price_tenge", BIG),
        _must("urgent", sa.Boolean()),
        _must("changed_ms", BIG),
    )
    op.create_table(
        "own_code",
        *_key(("shop_id", INT), ("code", sa.String(14))),
        _must("product_id", sa.String(64)),
    )
    op.create_table(
        "catalogue_draft",
        *_key(("kind", sa.String(8))),
        *_place_key(),
        sa.Column("value", TEXT),
        _must("origin", sa.String(64)),
        sa.Column("account_id", INT),
        _must("changed_ms", BIG),
    )


def _versions() -> None:
    op.create_table(
        "catalogue_release",
        *_key(("version", INT)),
        _must("region_code", sa.String(2)),
        _must("shop_id", INT),
        sa.Column("account_id", INT),
        _must("shops", INT),
        _must("changes", INT),
        _must("published_ms", BIG),
    )
    op.create_table(
        "shop_catalogue",
        *_key(("shop_id", INT), ("kiosk_id", sa.String(16))),
        _must("version", INT),
        _must("document", BYTES),
        _must("signature", BYTES),
        _must("created_ms", BIG),
    )
    op.create_table(
        "kiosk_catalogue",
        *_key(("shop_id", INT), ("kiosk_id", sa.String(16))),
        _must("version", INT),
        _must("reported_ms", BIG),
    )
    op.create_table(
        "local_decision",
        *_key(("shop_id", INT), ("kiosk_id", sa.String(16)), ("epoch", INT), ("seq", BIG)),
        _must("accepted", sa.Boolean()),
        _must("to_region_code", sa.String(2)),
        _must("to_shop_id", INT),
        sa.Column("account_id", INT),
        _must("decided_ms", BIG),
        sa.Column("published_version", INT),
    )


def _take_over_catalogue() -> None:
    """The products of the newest version, which until now only stood in its document."""
    newest = (
        op.get_bind()
        .execute(
            sa.text(
                "SELECT document, created_ms FROM catalogue_version ORDER BY version DESC LIMIT 1"
            )
        )
        .first()
    )
    if newest is None:
        return
    names = ("product_id", "region_code", "shop_id", "position", "body", "urgent", "changed_ms")
    product = sa.table("product", *(sa.column(name) for name in names))
    rows = []
    for position, body in enumerate(json.loads(bytes(newest.document))["products"]):
        text = json.dumps(body, ensure_ascii=False)
        values = (body["product_id"], "", 0, position, text, False, newest.created_ms)
        rows.append(dict(zip(names, values, strict=True)))
    op.bulk_insert(product, rows)
