"""What shoppers' suggestions led to, as a kiosk may show it: only what an office approved."""

from __future__ import annotations

import msgspec

REPLIES_SIZE_BYTES_MAX = 1024 * 1024
"""Fifty replies of a thousand letters in three languages."""


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer to one suggestion of the kiosk's shop.

    ``reply``: by language, at least one. ``words``: what the shopper wrote; empty unless that was
    approved too. ``declined``: nothing will be done, and the reply says why.
    """

    suggestion_id: str
    received_ms: int
    answered_ms: int
    reply: dict[str, str]
    words: str = ""
    declined: bool = False


class RepliesDocument(msgspec.Struct, frozen=True):
    """The newest replies first; ``tag`` changes whenever they do."""

    tag: str
    replies: list[Reply]
