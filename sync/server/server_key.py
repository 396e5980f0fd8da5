"""The centre's own key: it signs what kiosks and the public may check without trusting the way.

It is made once and kept in the database, so that it moves and is backed up together with what it
signed; several servers on one database speak with one voice.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from sync.server.schema.catalogue import server_key as table
from sync.server.settings import wall_clock_ms
from sync.server.store import Store

_ONLY = 1


def server_key(store: Store) -> Ed25519PrivateKey:
    """The key; made when it is asked for the first time."""
    held = store.read(_held)
    if held is not None:
        return held
    try:
        return store.write(key_in)
    except IntegrityError:  # another server on the same database was a moment quicker
        return store.write(key_in)


def key_in(connection: Connection) -> Ed25519PrivateKey:
    """The same within a transaction that may write."""
    held = _held(connection)
    if held is not None:
        return held
    fresh = Ed25519PrivateKey.generate()
    connection.execute(
        insert(table).values(
            key_id=_ONLY, private_key=fresh.private_bytes_raw(), created_ms=wall_clock_ms()
        )
    )
    return fresh


def _held(connection: Connection) -> Ed25519PrivateKey | None:
    raw = connection.execute(
        select(table.c.private_key).where(table.c.key_id == _ONLY)
    ).scalar_one_or_none()
    return None if raw is None else Ed25519PrivateKey.from_private_bytes(bytes(raw))
