"""Epochs that this centre issued and lost: a kiosk that comes again proves them by their keys.

A centre that was restored from a backup does not know what it issued after it. The kiosk still has
those epochs' entries and keys; whoever holds a code that lets this kiosk in may bring them along.
Nothing that is known here is changed by that: a claim of an epoch that is held says nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from kiosk.domain.chain import kiosk_id_of
from kiosk.domain.errors import WireError
from sync.proof import proven_claim
from sync.server import access
from sync.server.accounts import audit
from sync.server.kiosks import epochs
from sync.server.problems import ProblemError
from sync.server.schema import kiosk_epoch
from sync.wire import EnrolRequest


class Claimed(NamedTuple):
    """An epoch whose key the kiosk holds; its first entry follows ``link_hash``."""

    epoch: int
    public_key: bytes
    link_hash: bytes


def proven(request: EnrolRequest) -> list[Claimed]:
    """The epochs that a request proves to have written, oldest first.

    Raises:
        ProblemError: ``bad_message`` when a proof does not hold, or an epoch is none of its past.
    """
    claims = []
    for claim in sorted(request.earlier, key=lambda one: one.epoch):
        try:
            public_key = proven_claim(request, claim)
        except WireError as error:
            raise ProblemError("bad_message", str(error)) from error
        if claim.epoch == 1 and kiosk_id_of(public_key) != request.kiosk_id:
            raise ProblemError("bad_message", "A kiosk is named after the key of its first epoch.")
        if claim.epoch > request.epoch:
            raise ProblemError("bad_message", "An earlier epoch is none that comes later.")
        claims.append(Claimed(claim.epoch, public_key, bytes.fromhex(claim.link_hash)))
    return claims


def take_back(
    connection: Connection, claims: Sequence[Claimed], kiosk_id: str, shop_id: int, now_ms: int
) -> None:
    """Knows again the epochs that are missing here; their tokens stay lost."""
    rows = connection.execute(
        select(kiosk_epoch.c.epoch, kiosk_epoch.c.public_key).where(
            kiosk_epoch.c.kiosk_id == kiosk_id
        )
    ).all()
    held = {row.epoch for row in rows}
    keys = {bytes(row.public_key) for row in rows}
    for claim in claims:
        if claim.epoch in held or claim.public_key in keys:
            continue
        held.add(claim.epoch)
        keys.add(claim.public_key)
        epochs.save(
            connection,
            {
                "kiosk_id": kiosk_id,
                "epoch": claim.epoch,
                "shop_id": shop_id,
                "public_key": claim.public_key,
                "status": access.REPLACED,
                "token_hash": secrets.token_bytes(32),
                "enrolled_ms": now_ms,
            },
            claim.link_hash,
        )
        audit.note(
            connection,
            None,
            "kiosk.epoch_back",
            kiosk_id,
            now_ms=now_ms,
            shop_id=shop_id,
            epoch=claim.epoch,
        )
