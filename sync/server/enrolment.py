"""Taking kiosks in: a one-time code, a key made on the device, an epoch issued here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kiosk.domain.chain import kiosk_id_of
from kiosk.domain.errors import WireError
from sync.proof import proven_key
from sync.server import access
from sync.server.accounts import audit
from sync.server.kiosks import claimed_epochs, epochs, succession
from sync.server.problems import ProblemError
from sync.server.schema import enrol_code, kiosk, kiosk_epoch, shop
from sync.server.server_key import key_in
from sync.wire import EnrolAnswer, EnrolRequest, ShopMessage, to_base64

PROGRAM = "adal "
"""What a kiosk's own program calls itself, before its version."""
SOFTWARE_LENGTH_MAX = 64


def enrol(connection: Connection, request: EnrolRequest, now_ms: int) -> EnrolAnswer:
    """Takes a kiosk in, or in again.

    A new kiosk starts epoch 1 and is named after its key. A known kiosk with a new key gets a
    new epoch that follows the last entry the centre holds. The same key again (the answer was
    lost) gets the same epoch and a new token. A code that was made for another kiosk gives the
    new one its place; one made for this very kiosk takes it back even if it is not known here.
    Epochs that this centre lost with a restored backup are known again by the keys it still has.

    Raises:
        ProblemError: ``bad_message``, ``code_unknown``, ``kiosk_name``; ``kiosk_revoked`` for a key
            that was shut out, unless the code was made for this very kiosk.
    """
    try:
        public_key = proven_key(request)
    except WireError as error:
        raise ProblemError("bad_message", str(error)) from error
    code = _spend_code(connection, request.code, public_key, now_ms)
    held = _epoch_of_key(connection, request.kiosk_id, public_key)
    if code.used_ms is not None:
        return _answered_again(connection, request.kiosk_id, held, code, now_ms)
    known = connection.execute(
        select(kiosk.c.shop_id).where(kiosk.c.kiosk_id == request.kiosk_id)
    ).one_or_none()
    _require_meant(connection, code, request.kiosk_id)
    if held and held.status == access.REVOKED and code.kiosk_id != request.kiosk_id:
        raise access.refusal(access.REVOKED)
    status = _status_for(connection, code, request.kiosk_id, known)
    if held and held.status == access.SUSPENDED and status == access.PENDING:
        status = access.SUSPENDED  # it goes on sending, and comes back by being resumed
    claims = claimed_epochs.proven(request)
    if known is None and code.kiosk_id != request.kiosk_id:
        _require_own_name(request.kiosk_id, public_key, claims)
    epoch = int(held.epoch) if held else _next_epoch(connection, request, public_key)
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
        connection.execute(
            insert(kiosk).values(
                kiosk_id=request.kiosk_id,
                shop_id=code.shop_id,
                software=request.software,
                created_ms=now_ms,
            )
        )
        if code.kiosk_id == request.kiosk_id:
            _note_return(connection, code, request, epoch, now_ms)
    if code.kiosk_id not in (None, request.kiosk_id):
        succession.note(connection, request.kiosk_id, code.kiosk_id, code.shop_id, now_ms)
    claimed_epochs.take_back(connection, claims, request.kiosk_id, code.shop_id, now_ms)
    link_hash = epochs.save(connection, row)
    if status == access.APPROVED:
        epochs.approve(connection, request.kiosk_id, epoch)
    return _answer(connection, row, link_hash, token)


def _answered_again(
    connection: Connection, kiosk_id: str, held: Row[Any] | None, code: Row[Any], now_ms: int
) -> EnrolAnswer:
    """The answer got lost: the same epoch and a new token, and nothing else changes.

    What was decided about the kiosk meanwhile stands, and one code lets one kiosk in.
    """
    if held is None or held.shop_id != code.shop_id:
        raise _unknown_code()
    if held.status in (access.REVOKED, access.REPLACED):
        raise access.refusal(held.status)
    token = access.new_kiosk_token(kiosk_id, held.epoch)
    connection.execute(
        update(kiosk_epoch)
        .where(kiosk_epoch.c.kiosk_id == kiosk_id, kiosk_epoch.c.epoch == held.epoch)
        .values(token_hash=access.secret_hash(token))
    )
    row = {**held._mapping, "enrolled_ms": now_ms}
    return _answer(connection, row, bytes(held.link_hash), token)


def _answer(
    connection: Connection, row: Mapping[str, Any], link_hash: bytes, token: str
) -> EnrolAnswer:
    place = connection.execute(select(shop).where(shop.c.shop_id == row["shop_id"])).one()
    return EnrolAnswer(
        row["kiosk_id"],
        row["epoch"],
        link_hash.hex(),
        ShopMessage(place.shop_id, place.slug, place.name, place.cause),
        token,
        row["status"],
        row["enrolled_ms"],
        to_base64(key_in(connection).public_key().public_bytes_raw()),
    )


def note_software(connection: Connection, kiosk_id: str, user_agent: str) -> None:
    """Keeps which program a kiosk runs now, as it names itself when it asks."""
    if user_agent.startswith(PROGRAM) and len(user_agent) <= SOFTWARE_LENGTH_MAX:
        connection.execute(
            update(kiosk)
            .where(kiosk.c.kiosk_id == kiosk_id, kiosk.c.software != user_agent)
            .values(software=user_agent)
        )


def _spend_code(connection: Connection, code: str, public_key: bytes, now_ms: int) -> Row[Any]:
    digest = access.code_hash(code)
    row = connection.execute(
        select(enrol_code).where(enrol_code.c.code_hash == digest).with_for_update()
    ).one_or_none()
    if (
        row is None
        or now_ms >= row.expires_ms
        or row.taken_back_ms is not None
        or row.used_by_key not in (None, public_key)
    ):
        raise _unknown_code()
    connection.execute(
        update(enrol_code)
        .where(enrol_code.c.code_hash == digest)
        .values(used_ms=now_ms, used_by_key=public_key)
    )
    return row


def _unknown_code() -> ProblemError:
    return ProblemError(
        "code_unknown", "This code is wrong, used or too old; ask a coordinator for a new one."
    )


def _epoch_of_key(connection: Connection, kiosk_id: str, public_key: bytes) -> Row[Any] | None:
    """The epoch that this key has already, if any."""
    return connection.execute(
        select(kiosk_epoch).where(
            kiosk_epoch.c.kiosk_id == kiosk_id, kiosk_epoch.c.public_key == public_key
        )
    ).one_or_none()


def _next_epoch(connection: Connection, request: EnrolRequest, public_key: bytes) -> int:
    """The epoch of a new key."""
    same = kiosk_epoch.c.kiosk_id == request.kiosk_id
    last = connection.execute(select(func.max(kiosk_epoch.c.epoch)).where(same)).scalar_one()
    if last is None and request.kiosk_id == kiosk_id_of(public_key):
        return 1
    # Beyond what the kiosk itself has used, even if that enrolment is unknown here.
    return max(int(last or 0), request.epoch) + 1


def _status_for(
    connection: Connection, code: Row[Any], kiosk_id: str, known: Row[Any] | None
) -> str:
    """Whether a kiosk may come in at once, or a person looks first.

    A code of one shop must not take over a kiosk of another, and a kiosk that was suspended or
    shut out must not come back with a code that was meant for another one.
    """
    if not code.auto_approve:
        return access.PENDING
    if known is None:
        return access.APPROVED
    if known.shop_id != code.shop_id:
        return access.PENDING
    if code.kiosk_id != kiosk_id and _is_doubted(connection, kiosk_id):
        return access.PENDING
    return access.APPROVED


def _is_doubted(connection: Connection, kiosk_id: str) -> bool:
    """Whether the newest epoch that anybody decided about was suspended or shut out."""
    status = connection.execute(
        select(kiosk_epoch.c.status)
        .where(kiosk_epoch.c.kiosk_id == kiosk_id, kiosk_epoch.c.status != access.PENDING)
        .order_by(kiosk_epoch.c.epoch.desc())
        .limit(1)
    ).scalar_one_or_none()
    return status in (access.SUSPENDED, access.REVOKED)


def _require_meant(connection: Connection, code: Row[Any], kiosk_id: str) -> None:
    """A code for a kiosk that was lost here lets no other one in: there is no place to take."""
    if code.kiosk_id in (None, kiosk_id):
        return
    held = connection.execute(
        select(kiosk.c.kiosk_id).where(kiosk.c.kiosk_id == code.kiosk_id)
    ).one_or_none()
    if held is None:
        raise ProblemError("code_unknown", "This code was made for another kiosk.")


def _note_return(
    connection: Connection, code: Row[Any], request: EnrolRequest, epoch: int, now_ms: int
) -> None:
    """Somebody vouched for a kiosk that this centre does not know: that stays in the trail."""
    audit.note(
        connection,
        None,
        "kiosk.return",
        request.kiosk_id,
        now_ms=now_ms,
        shop_id=code.shop_id,
        epoch=epoch,
        code=code.code_id,
    )


def _require_own_name(
    kiosk_id: str, public_key: bytes, claims: Sequence[claimed_epochs.Claimed]
) -> None:
    first_keys = [public_key, *(claim.public_key for claim in claims if claim.epoch == 1)]
    if kiosk_id not in map(kiosk_id_of, first_keys):
        raise ProblemError(
            "kiosk_name",
            f"Kiosk {kiosk_id} is not known here and is not named after this key; "
            "start it with a new identity.",
        )
