"""Logging in gets slower with each failure, by address and by where it comes from."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from sync.server.schema import login_failure

FREE_FAILURES = 5
WAIT_MS_FIRST = 2_000
WAIT_MS_MAX = 15 * 60_000
FORGOTTEN_AFTER_MS = 24 * 3_600_000


def wait_ms(connection: Connection, keys: tuple[str, ...], now_ms: int) -> int:
    """Milliseconds until a login may be tried again; 0: now."""
    rows = connection.execute(
        select(login_failure.c.failures, login_failure.c.last_ms).where(
            login_failure.c.key_hash.in_([_hash(key) for key in keys])
        )
    )
    return max((_ready_ms(row.failures, row.last_ms) - now_ms for row in rows), default=0)


def failed(connection: Connection, keys: tuple[str, ...], now_ms: int) -> None:
    """Counts a failure; before the check, so that a dropped connection does not save it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(login_failure)
    forgotten = login_failure.c.last_ms < now_ms - FORGOTTEN_AFTER_MS
    connection.execute(delete(login_failure).where(forgotten))
    statement = insert.on_conflict_do_update(
        index_elements=["key_hash"],
        set_={"failures": login_failure.c.failures + 1, "last_ms": now_ms},
    )
    for key_hash in sorted(_hash(key) for key in keys):
        connection.execute(statement, {"key_hash": key_hash, "failures": 1, "last_ms": now_ms})


def succeeded(connection: Connection, keys: tuple[str, ...]) -> None:
    """The next one begins anew."""
    hashes = [_hash(key) for key in keys]
    connection.execute(delete(login_failure).where(login_failure.c.key_hash.in_(hashes)))


def _ready_ms(failures: int, last_ms: int) -> int:
    over = failures - FREE_FAILURES
    return 0 if over < 0 else last_ms + min(WAIT_MS_MAX, WAIT_MS_FIRST * 2 ** min(over, 20))


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
