"""People come in: accounts, invitations, sessions, failed logins, and what was changed by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG, TEXT, BYTES = sa.BigInteger(), sa.Text(), sa.LargeBinary()


def upgrade() -> None:
    """Makes the tables; reading tokens get an owner."""
    op.create_table(
        "account",
        sa.Column("account_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("region_code", sa.String(2)),
        sa.Column("shop_id", sa.Integer()),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("totp_secret", sa.String(64)),
        sa.Column("totp_confirmed_ms", BIG),
        sa.Column("totp_step", BIG),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("disabled_ms", BIG),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", BYTES, primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("region_code", sa.String(2)),
        sa.Column("shop_id", sa.Integer()),
        sa.Column("created_by", sa.Integer()),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
        sa.Column("used_ms", BIG),
    )
    op.create_table(
        "session",
        sa.Column("token_hash", BYTES, primary_key=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("created_ms", BIG, nullable=False),
        sa.Column("seen_ms", BIG, nullable=False),
        sa.Column("expires_ms", BIG, nullable=False),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_table(
        "login_failure",
        sa.Column("key_hash", BYTES, primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_ms", BIG, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("at_ms", BIG, primary_key=True, autoincrement=False),
        sa.Column("audit_id", sa.String(32), primary_key=True),
        sa.Column("account_id", sa.Integer()),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("region_code", sa.String(2)),
        sa.Column("shop_id", sa.Integer()),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
    )
    op.add_column("access_token", sa.Column("account_id", sa.Integer()))


def downgrade() -> None:
    """Takes them away."""
    op.drop_column("access_token", "account_id")
    for table in ("audit", "login_failure", "session", "invitation", "account"):
        op.drop_table(table)
