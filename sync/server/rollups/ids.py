"""Ids as the tables of sums hold them."""

from __future__ import annotations

from functools import lru_cache

from sync.server.schema.rollups import NO_PRODUCT

ID_LENGTH_MAX = 200
"""Longer than any id that our kiosks make; an index takes no text of any length."""


@lru_cache(maxsize=4096)
def stored_id(text: str | None) -> str:
    """A product's or a visit's id as a table can hold it: no NUL (PostgreSQL), not too long."""
    return NO_PRODUCT if text is None else text.replace("\0", "\ufffd")[:ID_LENGTH_MAX]
