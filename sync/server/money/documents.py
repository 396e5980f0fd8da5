"""Papers that prove a payout or a cost: PDF, JPEG or PNG, kept with the figures they prove."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from sqlalchemy import Connection, insert, select

from kiosk.domain.errors import ConfigError
from sync.server.problems import ProblemError
from sync.server.schema.money import money_document

SIZE_BYTES_MAX = 5 * 1024 * 1024

_BEGINNINGS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
}
"""The first bytes say what a file is; its name and what the browser says of it are not asked."""

ENDINGS = dict(_BEGINNINGS.values())


def media_type_of(content: bytes) -> str:
    """What the document is.

    Raises:
        ConfigError: ``document_size`` or ``document_kind``.
    """
    if len(content) > SIZE_BYTES_MAX:
        raise ConfigError("document_size")
    for beginning, (media_type, _) in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    raise ConfigError("document_kind")


def add(connection: Connection, shop_id: int, content: bytes) -> str:
    """Stores a document and returns its id; its name is not kept, it may name people.

    Raises:
        ConfigError: see :func:`media_type_of`.
    """
    document_id = secrets.token_hex(16)
    connection.execute(
        insert(money_document).values(
            shop_id=shop_id,
            document_id=document_id,
            media_type=media_type_of(content),
            content_sha256=hashlib.sha256(content).digest(),
            content=content,
        )
    )
    return document_id


def found(connection: Connection, shop_id: int, document_id: str) -> Any:
    """A shop's document.

    Raises:
        ProblemError: ``not_found``.
    """
    row = connection.execute(
        select(money_document.c.media_type, money_document.c.content).where(
            money_document.c.shop_id == shop_id, money_document.c.document_id == document_id
        )
    ).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no such document here.")
    return row
