"""Taking kiosks in: a one-time code, a key made on the device, an epoch issued here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kiosk.domain.chain import GENESIS, kiosk_id_of
from kiosk.domain.errors import WireError
from sync.proof import proven_key
from sync.server import access
from sync.server.problems import ProblemError
from sync.server.schema import enrol_code, kiosk, kiosk_epoch, shop, watermark
from sync.server.server_key import key_in
from sync.wire import EnrolAnswer, EnrolRequest, ShopMessage, to_base64


def enrol(connection: Connection, request: EnrolRequest, now_ms: int) -> EnrolAnswer:
    """Takes a kiosk in, or in again.

    A new kiosk starts epoch 1 and is named after its key. A known kiosk with a new key gets a
    new epoch that follows the last entry the centre holds. The same key again (the answer was
    lost) gets the same epoch and a new token.

    Raises:
        ProblemError: ``bad_message``, ``code_unknown``, ``kiosk_name``.
    """
    try:
        public_key = proven_key(request)
    except WireError as error:
        raise ProblemError("bad_message", str(error)) from error
    code = _spend_code(connection, request.code, public_key, now_ms)
    known = connection.execute(
        select(kiosk.c.shop_id).where(kiosk.c.kiosk_id == request.kiosk_id)
    ).one_or_none()
    # A code of one shop must not take over a kiosk of another without a person looking.
    approve = code.auto_approve and (known is None or known.shop_id == code.shop_id)
    status = access.APPROVED if approve else access.PENDING
    epoch = _epoch_for(connection, request, public_key)
    token = access.new_kiosk_token(request.kiosk_id, epoch)
    row = {
        "kiosk_id": request.kiosk_id,
        "epoch": epoch,
        "shop_id": code.shop_id,
        "public_key": public_key,
        "status": status,
        "token_hash": access.secret_hash(token),
        "enrolled_ms": now_ms,
    }
    if known is None:
        _require_own_name(request.kiosk_id, public_key)
        connection.execute(
            insert(kiosk).values(
                kiosk_id=request.kiosk_id,
                shop_id=code.shop_id,
                software=request.software,
                created_ms=now_ms,
            )
        )
    link_hash = _save_epoch(connection, row)
    if status == access.APPROVED:
        approve_epoch(connection, request.kiosk_id, epoch)
    place = connection.execute(select(shop).where(shop.c.shop_id == code.shop_id)).one()
    return EnrolAnswer(
        request.kiosk_id,
        epoch,
        link_hash.hex(),
        ShopMessage(place.shop_id, place.slug, place.name, place.cause),
        token,
        status,
        now_ms,
        to_base64(key_in(connection).public_key().public_bytes_raw()),
    )


def approve_epoch(connection: Connection, kiosk_id: str, epoch: int) -> None:
    """Lets an epoch's token in and shuts the earlier ones out; the kiosk moves to its shop."""
    same = kiosk_epoch.c.kiosk_id == kiosk_id
    connection.execute(
        update(kiosk_epoch)
        .where(same, kiosk_epoch.c.epoch < epoch, kiosk_epoch.c.status != access.REVOKED)
        .values(status=access.REPLACED)
    )
    connection.execute(
        update(kiosk_epoch).where(same, kiosk_epoch.c.epoch == epoch).values(status=access.APPROVED)
    )
    shop_id = connection.execute(
        select(kiosk_epoch.c.shop_id).where(same, kiosk_epoch.c.epoch == epoch)
    ).scalar_one()
    connection.execute(update(kiosk).where(kiosk.c.kiosk_id == kiosk_id).values(shop_id=shop_id))


def _spend_code(connection: Connection, code: str, public_key: bytes, now_ms: int) -> Row[Any]:
    digest = access.code_hash(code)
    row = connection.execute(
        select(enrol_code).where(enrol_code.c.code_hash == digest).with_for_update()
    ).one_or_none()
    if row is None or now_ms >= row.expires_ms or row.used_by_key not in (None, public_key):
        raise ProblemError(
            "code_unknown", "This code is wrong, used or too old; ask a coordinator for a new one."
        )
    connection.execute(
        update(enrol_code)
        .where(enrol_code.c.code_hash == digest)
        .values(used_ms=now_ms, used_by_key=public_key)
    )
    return row


def _epoch_for(connection: Connection, request: EnrolRequest, public_key: bytes) -> int:
    """The epoch of this key: the one it has, or the next one of its kiosk."""
    same = kiosk_epoch.c.kiosk_id == request.kiosk_id
    held = connection.execute(
        select(kiosk_epoch.c.epoch).where(same, kiosk_epoch.c.public_key == public_key)
    ).scalar_one_or_none()
    if held is not None:
        return int(held)
    last = connection.execute(select(func.max(kiosk_epoch.c.epoch)).where(same)).scalar_one()
    # Beyond what the kiosk itself has used, even if that enrolment is unknown here.
    return 1 if last is None else max(int(last), request.epoch) + 1


def _require_own_name(kiosk_id: str, public_key: bytes) -> None:
    if kiosk_id != kiosk_id_of(public_key):
        raise ProblemError(
            "kiosk_name",
            f"Kiosk {kiosk_id} is not known here and is not named after this key; "
            "start it with a new identity.",
        )


def _save_epoch(connection: Connection, row: dict[str, object]) -> bytes:
    """Writes a new epoch with its watermark, or a new token for one that exists."""
    same = kiosk_epoch.c.kiosk_id == row["kiosk_id"]
    this = kiosk_epoch.c.epoch == row["epoch"]
    held = connection.execute(
        select(kiosk_epoch.c.link_hash, kiosk_epoch.c.shop_id).where(same, this)
    ).one_or_none()
    if held is not None:
        if held.shop_id != row["shop_id"]:
            raise ProblemError(
                "kiosk_name", "This key belongs to another shop for ever; make a new key first."
            )
        changed = {name: row[name] for name in ("token_hash", "status", "enrolled_ms")}
        connection.execute(update(kiosk_epoch).where(same, this).values(changed))
        return bytes(held.link_hash)
    link_hash = _head_of(connection, str(row["kiosk_id"]))
    connection.execute(insert(kiosk_epoch).values(link_hash=link_hash, **row))
    connection.execute(
        insert(watermark).values(
            shop_id=row["shop_id"],
            kiosk_id=row["kiosk_id"],
            epoch=row["epoch"],
            seq=0,
            head_hash=link_hash,
            kiosk_head_seq=0,
            last_seen_ms=row["enrolled_ms"],
            forked=False,
        )
    )
    return link_hash


def _head_of(connection: Connection, kiosk_id: str) -> bytes:
    """The last entry that the centre holds of a kiosk, whatever the epoch."""
    head = connection.execute(
        select(watermark.c.head_hash)
        .join(
            kiosk_epoch,
            (kiosk_epoch.c.kiosk_id == watermark.c.kiosk_id)
            & (kiosk_epoch.c.epoch == watermark.c.epoch)
            & (kiosk_epoch.c.shop_id == watermark.c.shop_id),
        )
        .where(watermark.c.kiosk_id == kiosk_id)
        .order_by(watermark.c.epoch.desc())
        .limit(1)
    ).scalar_one_or_none()
    return GENESIS if head is None else bytes(head)
