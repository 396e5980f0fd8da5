"""Settings and volunteers' PINs from afar."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG, TEXT, BYTES = sa.BigInteger(), sa.Text(), sa.LargeBinary()
TABLES = ("kiosk_setting", "shop_volunteer", "shop_settings", "kiosk_settings_report")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "kiosk_setting",
        sa.Column("region_code", sa.String(2), primary_key=True),
        _shop(),
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("changed_ms", BIG, nullable=False),
    )
    op.create_table(
        "shop_volunteer",
        _shop(),
        sa.Column("volunteer_id", sa.String(16), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("pin_hash", sa.String(300), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("issued_ms", BIG, nullable=False),
        sa.Column("revoked_ms", BIG),
    )
    op.create_table(
        "shop_settings",
        _shop(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", BYTES, nullable=False),
        sa.Column("signature", BYTES, nullable=False),
        sa.Column("made_ms", BIG, nullable=False),
    )
    op.create_table(
        "kiosk_settings_report",
        _shop(),
        sa.Column("kiosk_id", sa.String(16), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("in_effect", sa.Integer(), nullable=False),
        sa.Column("waiting", TEXT, nullable=False),
        sa.Column("refused", TEXT, nullable=False),
        sa.Column("reported_ms", BIG, nullable=False),
    )


def downgrade() -> None:
    """Takes them away."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _shop() -> sa.Column[int]:
    return sa.Column("shop_id", sa.Integer(), primary_key=True, autoincrement=False)
