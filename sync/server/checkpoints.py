"""One signed checkpoint per region and day, each naming the one before it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from kiosk.domain.ledger import day_of
from sync.checkpoints import NO_PREVIOUS, Checkpoint, CheckpointHead, SignedCheckpoint, sign
from sync.server.problems import ProblemError
from sync.server.schema import shop, watermark
from sync.server.schema.voices import checkpoint
from sync.server.server_key import server_key
from sync.server.store import Store

LATEST = "latest"
LOOK_EVERY_S = 600.0

_log = logging.getLogger(__name__)


def make_due(store: Store, now_ms: int) -> list[str]:
    """Makes today's checkpoint of each region that has shops and none for today yet.

    Returns:
        The regions' codes. Calling again the same day, or from two servers at once, makes nothing
        twice: a day's checkpoint never changes.
    """
    key = server_key(store)
    today = day_of(now_ms)
    made = []
    for code in store.read(lambda connection: _due(connection, today)):
        try:
            store.write(partial(_make, key=key, code=code, today=today, now_ms=now_ms))
        except IntegrityError:
            continue  # another server was a moment quicker
        made.append(code)
    return made


def find(connection: Connection, region_code: str, day: str, public_key: bytes) -> SignedCheckpoint:
    """A region's checkpoint of a day (``2026-11-21``), or the latest.

    Raises:
        ProblemError: ``not_found``.
    """
    query = select(checkpoint).where(checkpoint.c.region_code == region_code)
    if day == LATEST:
        query = query.order_by(checkpoint.c.day.desc()).limit(1)
    else:
        query = query.where(checkpoint.c.day == _day_in(day))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no checkpoint of that region and day.")
    return _signed(row, public_key)


def latest_days(connection: Connection) -> dict[str, date]:
    """Region → the day of its newest checkpoint."""
    rows = connection.execute(
        select(checkpoint.c.region_code, func.max(checkpoint.c.day)).group_by(
            checkpoint.c.region_code
        )
    )
    return {row[0]: row[1] for row in rows}


def days_of(connection: Connection, region_code: str, limit: int) -> list[date]:
    """The newest days first."""
    rows = connection.execute(
        select(checkpoint.c.day)
        .where(checkpoint.c.region_code == region_code)
        .order_by(checkpoint.c.day.desc())
        .limit(limit)
    )
    return list(rows.scalars())


@contextmanager
def making(store: Store, now_ms: Callable[[], int]) -> Iterator[None]:
    """Makes what is due in a thread of its own while the server runs."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            try:
                make_due(store, now_ms())
            except DBAPIError as error:
                _log.warning("The checkpoints wait for the database: %s", error)
            except Exception:
                _log.exception("Making the checkpoints failed; the next round comes.")
            stop.wait(LOOK_EVERY_S)

    thread = threading.Thread(target=run, name="checkpoints", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def _due(connection: Connection, today: date) -> list[str]:
    done = select(checkpoint.c.region_code).where(checkpoint.c.day == today)
    rows = connection.execute(
        select(shop.c.region_code)
        .where(shop.c.region_code.not_in(done))
        .distinct()
        .order_by(shop.c.region_code)
    )
    return list(rows.scalars())


def _make(
    connection: Connection, *, key: Ed25519PrivateKey, code: str, today: date, now_ms: int
) -> None:
    previous = connection.execute(
        select(checkpoint.c.hash)
        .where(checkpoint.c.region_code == code)
        .order_by(checkpoint.c.day.desc())
        .limit(1)
    ).scalar_one_or_none()
    heads = connection.execute(
        select(watermark.c.kiosk_id, watermark.c.epoch, watermark.c.seq, watermark.c.head_hash)
        .join(shop, shop.c.shop_id == watermark.c.shop_id)
        .where(shop.c.region_code == code)
        .order_by(watermark.c.kiosk_id, watermark.c.epoch)
    )
    signed = sign(
        Checkpoint(
            code,
            today.isoformat(),
            now_ms,
            NO_PREVIOUS if previous is None else bytes(previous).hex(),
            [
                CheckpointHead(row.kiosk_id, row.epoch, row.seq, bytes(row.head_hash).hex())
                for row in heads
            ],
        ),
        key,
    )
    connection.execute(
        insert(checkpoint).values(
            region_code=code,
            day=today,
            document=signed.document,
            signature=signed.signature,
            hash=bytes.fromhex(signed.hash),
            made_ms=now_ms,
        )
    )


def _signed(row: Row[tuple[object, ...]], public_key: bytes) -> SignedCheckpoint:
    document = bytes(row.document)
    content = msgspec.json.decode(document, type=Checkpoint)
    return SignedCheckpoint(content, document, bytes(row.signature), public_key)


def _day_in(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError("not_found", "There is no checkpoint of that region and day.") from None
