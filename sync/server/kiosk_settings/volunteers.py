"""Volunteers whom the centre lets into a shop's back room.

A PIN is shown once to whoever issued it. Only its hash is kept and goes out; nothing that is
written anywhere, the audit trail neither, holds the PIN.
"""

from __future__ import annotations

import re
import secrets
from enum import StrEnum
from typing import Any

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, insert, select, update

from kiosk.domain import pins
from kiosk.domain.remote_values import RemoteVolunteer
from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.problems import ProblemError
from sync.server.schema import account
from sync.server.schema.kiosk_settings import shop_volunteer as table

ID = re.compile("c[0-9a-f]{8}")
VOLUNTEERS_MAX = 30
"""The door checks every hash at each try."""

_hasher = PasswordHasher(
    time_cost=pins.HASH_PASSES,
    memory_cost=pins.HASH_MEMORY_KIB,
    parallelism=pins.HASH_LANES,
    type=Type.ID,
)


class PinTrouble(StrEnum):
    """Why no PIN was issued."""

    NAME = "name"
    PIN = "pin"
    TOO_MANY = "too_many"


class PinTroubleError(Exception):
    """No PIN was issued; ``trouble`` says why."""

    def __init__(self, trouble: PinTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def new_id() -> str:
    """An id that the form carries, so that it is one volunteer however often it is sent."""
    return f"c{secrets.token_hex(4)}"


def drawn_pin() -> str:
    """Digits at random that nobody would try first."""
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(pins.DRAWN_LENGTH))
        if not pins.is_weak(pin):
            return pin


def hashed(pin: str) -> str:
    """argon2id, at a kiosk's cost; a twentieth of a second."""
    return _hasher.hash(pin)


def rows_of(connection: Connection, shop_id: int) -> list[Any]:
    """Everybody who ever got a PIN for that shop, newest first."""
    found = (
        select(table, account.c.name.label("account_name"))
        .outerjoin(account, account.c.account_id == table.c.account_id)
        .where(table.c.shop_id == shop_id)
        .order_by(table.c.revoked_ms.is_not(None), table.c.issued_ms.desc(), table.c.volunteer_id)
    )
    return list(connection.execute(found))


def let_in(connection: Connection, shop_id: int) -> tuple[RemoteVolunteer, ...]:
    """Those who may come in now, for the signed document."""
    found = (
        select(table.c.volunteer_id, table.c.name, table.c.pin_hash)
        .where(table.c.shop_id == shop_id, table.c.revoked_ms.is_(None))
        .order_by(table.c.issued_ms, table.c.volunteer_id)
    )
    return tuple(RemoteVolunteer(*row) for row in connection.execute(found))


def require_usable(others: tuple[RemoteVolunteer, ...], pin: str, *, for_id: str) -> None:
    """Refuses a PIN that is weak or another volunteer's; the words are the same for both.

    Raises:
        PinTroubleError: choose another one.
    """
    is_taken = any(_is_pin_of(one, pin) for one in others if one.volunteer_id != for_id)
    if is_taken or not pins.is_pin(pin) or pins.is_weak(pin):
        raise PinTroubleError(PinTrouble.PIN)


def clean_name(name: str) -> str:
    """A name as the kiosk can show it.

    Raises:
        PinTroubleError: it is none.
    """
    name = " ".join(name.split())
    if not (0 < len(name) <= pins.VOLUNTEER_NAME_LENGTH_MAX and name.isprintable()):
        raise PinTroubleError(PinTrouble.NAME)
    return name


def issue(
    connection: Connection,
    person: Person,
    at: tuple[str, int],
    one: RemoteVolunteer,
    now_ms: int,
) -> bool:
    """Lets somebody in; False when this form was sent before.

    Args:
        at: region and shop, which is locked.

    Raises:
        PinTroubleError: the name is another's, or there are too many.
    """
    region_code, shop_id = at
    rows = rows_of(connection, shop_id)
    if any(row.volunteer_id == one.volunteer_id for row in rows):
        return False
    here = [row for row in rows if row.revoked_ms is None]
    if one.name.casefold() in {row.name.casefold() for row in here}:
        raise PinTroubleError(PinTrouble.NAME)
    if len(here) >= VOLUNTEERS_MAX:
        raise PinTroubleError(PinTrouble.TOO_MANY)
    connection.execute(
        insert(table).values(
            shop_id=shop_id,
            volunteer_id=one.volunteer_id,
            name=one.name,
            pin_hash=one.pin_hash,
            account_id=person.account_id,
            issued_ms=now_ms,
        )
    )
    _note(connection, person, "volunteer.issue", region_code, shop_id, one.volunteer_id, now_ms)
    return True


def change_pin(
    connection: Connection,
    person: Person,
    at: tuple[str, int],
    volunteer_id: str,
    pin_hash: str,
    now_ms: int,
) -> None:
    """Another PIN for somebody who is let in.

    Raises:
        ProblemError: ``not_found``.
    """
    _update(connection, at[1], volunteer_id, pin_hash=pin_hash)
    _note(connection, person, "volunteer.pin", at[0], at[1], volunteer_id, now_ms)


def revoke(
    connection: Connection, person: Person, at: tuple[str, int], volunteer_id: str, now_ms: int
) -> None:
    """Lets somebody in no more; the hash is forgotten.

    Raises:
        ProblemError: ``not_found``.
    """
    _update(connection, at[1], volunteer_id, pin_hash="", revoked_ms=now_ms)
    _note(connection, person, "volunteer.revoke", at[0], at[1], volunteer_id, now_ms)


def _update(connection: Connection, shop_id: int, volunteer_id: str, **changes: Any) -> None:
    done = connection.execute(
        update(table)
        .where(
            table.c.shop_id == shop_id,
            table.c.volunteer_id == volunteer_id,
            table.c.revoked_ms.is_(None),
        )
        .values(**changes)
    )
    if not done.rowcount:
        raise ProblemError("not_found", "There is no such volunteer here.")


def _note(
    connection: Connection,
    person: Person,
    action: str,
    region_code: str,
    shop_id: int,
    volunteer_id: str,
    now_ms: int,
) -> None:
    audit.note(
        connection,
        person,
        action,
        volunteer_id,
        now_ms=now_ms,
        region_code=region_code,
        shop_id=shop_id,
    )


def _is_pin_of(one: RemoteVolunteer, pin: str) -> bool:
    try:
        return _hasher.verify(one.pin_hash, pin)
    except VerificationError:
        return False
