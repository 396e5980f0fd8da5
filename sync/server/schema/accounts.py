"""Who may see and do what: people, their invitations and sessions, and what they changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, Table, Text

from sync.server.schema.base import metadata

account = Table(
    "account",
    metadata,
    Column("account_id", Integer, primary_key=True, autoincrement=False),
    # In small letters; it is what people log in with.
    Column("email", String(254), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", String(16), nullable=False),
    # What it sees: one region, one shop, or everything when both are empty.
    Column("region_code", String(2)),
    Column("shop_id", Integer),
    Column("password_hash", Text, nullable=False),
    Column("totp_secret", String(64)),
    # Only a secret that was proved once counts.
    Column("totp_confirmed_ms", BigInteger),
    # The last time step that was used: a code is good once.
    Column("totp_step", BigInteger),
    Column("language", String(2), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("disabled_ms", BigInteger),
)

invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("email", String(254), nullable=False),
    Column("role", String(16), nullable=False),
    Column("region_code", String(2)),
    Column("shop_id", Integer),
    Column("created_by", Integer),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_ms", BigInteger),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("account_id", Integer, nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    # Whether the second factor was shown in this session.
    Column("second_factor", Boolean, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)

login_failure = Table(
    "login_failure",
    metadata,
    # SHA-256 of an address or of where it came from: nobody's mail stands here in clear.
    Column("key_hash", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_ms", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("audit_id", String(32), primary_key=True),
    # Empty: a command on the server itself.
    Column("account_id", Integer),
    Column("action", String(64), nullable=False),
    Column("region_code", String(2)),
    Column("shop_id", Integer),
    # What it was done to, and how it was before and after, as JSON.
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
