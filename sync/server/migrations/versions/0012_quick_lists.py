"""Lists of many shops: suggestions by when they came, and scans of codes that nobody knows."""

import json
from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger()
TEXT_LENGTH_MAX = 200
ROWS_AT_ONCE = 1_000
RECEIVED = ("received_ms", "shop_id", "kiosk_id", "suggestion_id")
LATELY = "type IN ('help_call', 'unknown_scan', 'boot', 'clock_set')"


def upgrade() -> None:
    """Makes them, and writes down the scans that are here."""
    op.create_index("ix_suggestion_text_received", "suggestion_text", list(RECEIVED))
    op.create_index("ix_suggestion_case_status", "suggestion_case", ["status", "shop_id"])
    table = op.create_table(
        "unknown_scan",
        sa.Column("shop_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kiosk_id", sa.String(16), primary_key=True),
        sa.Column("epoch", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        sa.Column("received_ms", BIG, nullable=False),
        sa.Column("at_ms", BIG, nullable=False),
        sa.Column("code", sa.String(TEXT_LENGTH_MAX), nullable=False),
        sa.Column("gtin14", sa.String(TEXT_LENGTH_MAX), nullable=False),
    )
    _write_down(table)
    op.create_index("ix_unknown_scan_received", "unknown_scan", ["received_ms", "shop_id"])


def downgrade() -> None:
    """Drops them."""
    op.drop_table("unknown_scan")
    op.drop_index("ix_suggestion_case_status", "suggestion_case")
    op.drop_index("ix_suggestion_text_received", "suggestion_text")


def _write_down(table: sa.Table) -> None:
    connection = op.get_bind()
    found = connection.execute(
        sa.text(
            "SELECT shop_id, kiosk_id, epoch, seq, received_ms, at_ms, payload FROM entry "  # noqa: S608  constants
            f"WHERE {LATELY} AND type = 'unknown_scan' AND readable"
        )
    ).all()
    rows = map(_row, found)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        connection.execute(sa.insert(table), some)


def _row(row: sa.Row[tuple[object, ...]]) -> dict[str, object]:
    said = json.loads(bytes(row.payload))
    return {
        **{name: row._mapping[name] for name in ("shop_id", "kiosk_id", "epoch", "seq")},
        "received_ms": row.received_ms,
        "at_ms": row.received_ms if row.at_ms is None else row.at_ms,
        "code": _plain(said["text"]),
        "gtin14": _plain(said.get("gtin14")),
    }


def _plain(text: str | None) -> str:
    return (text or "").replace("\0", "\ufffd")[:TEXT_LENGTH_MAX]
