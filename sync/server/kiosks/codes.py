"""One-time codes that let a kiosk in: made, listed while they are open, taken back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from io import BytesIO

import segno
from sqlalchemy import Connection, insert, select, update

from kiosk.domain.errors import ConfigError
from sync.proof import normal_code
from sync.server import access
from sync.server.accounts.roles import Scope
from sync.server.problems import ProblemError
from sync.server.schema import account, enrol_code, shop

LIFETIME_MS = 15 * 60 * 1000
ENROL_PATH = "/enrol"
_ID_SIZE_BYTES = 8
_HEX = frozenset("0123456789abcdef")
KIOSK_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A fresh code; the only time that it is known here."""

    code: str
    code_id: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that can still be used. ``kiosk_id``: whose it is, or whose place it gives."""

    code_id: str
    slug: str
    shop_name: str
    shop_id: int
    region_code: str
    auto_approve: bool
    kiosk_id: str | None
    made_by: str | None
    expires_ms: int


def make(
    connection: Connection,
    shop_id: int,
    *,
    auto_approve: bool,
    now_ms: int,
    kiosk_id: str | None = None,
    account_id: int | None = None,
) -> MadeCode:
    """Makes a code that enrols one kiosk at that shop.

    Args:
        auto_approve: otherwise the kiosk waits until somebody looked.
        kiosk_id: the code is for this kiosk coming again, or for a machine in its place. With it a
            centre that lost its database takes a kiosk back that it does not know.

    Raises:
        ConfigError: for a kiosk's number that is none.
    """
    if kiosk_id is not None and not is_kiosk_id(kiosk_id):
        raise ConfigError("A kiosk's number has 16 digits and letters from a to f.")
    code, code_id = access.new_code(), secrets.token_hex(_ID_SIZE_BYTES)
    expires_ms = now_ms + LIFETIME_MS
    connection.execute(
        insert(enrol_code).values(
            code_hash=access.code_hash(code),
            shop_id=shop_id,
            auto_approve=auto_approve,
            created_ms=now_ms,
            expires_ms=expires_ms,
            code_id=code_id,
            kiosk_id=kiosk_id,
            account_id=account_id,
        )
    )
    return MadeCode(code, code_id, expires_ms)


def open_codes(connection: Connection, scope: Scope, now_ms: int) -> list[OpenCode]:
    """The codes within scope that can still be used; the ones that end first come first."""
    rows = connection.execute(
        select(
            enrol_code.c.code_id,
            shop.c.slug,
            shop.c.name,
            shop.c.shop_id,
            shop.c.region_code,
            enrol_code.c.auto_approve,
            enrol_code.c.kiosk_id,
            account.c.name,
            enrol_code.c.expires_ms,
        )
        .join(shop, shop.c.shop_id == enrol_code.c.shop_id)
        .outerjoin(account, account.c.account_id == enrol_code.c.account_id)
        .where(
            scope.shops(),
            enrol_code.c.code_id.is_not(None),
            enrol_code.c.used_ms.is_(None),
            enrol_code.c.taken_back_ms.is_(None),
            enrol_code.c.expires_ms > now_ms,
        )
        .order_by(enrol_code.c.expires_ms, enrol_code.c.code_id)
    )
    return [OpenCode(*row) for row in rows]


def take_back(connection: Connection, scope: Scope, code_id: str, now_ms: int) -> OpenCode:
    """Makes an open code useless.

    Raises:
        ProblemError: ``not_found`` when there is no open code of that name within scope.
    """
    found = next((x for x in open_codes(connection, scope, now_ms) if x.code_id == code_id), None)
    if found is None:
        raise ProblemError("not_found", "There is no such open code here.")
    connection.execute(
        update(enrol_code).where(enrol_code.c.code_id == code_id).values(taken_back_ms=now_ms)
    )
    return found


def is_kiosk_id(text: str) -> bool:
    """Whether a text can be a kiosk's number."""
    return len(text) == KIOSK_ID_LENGTH and _HEX.issuperset(text)


def link_of(base_url: str, code: str) -> str:
    """What a kiosk's camera reads: the centre's address and the code, in one.

    The code stands behind ``#``, which browsers never send: a telephone that opens the address
    leaves it in no server's log.
    """
    return f"{base_url.rstrip('/')}{ENROL_PATH}#{normal_code(code)}"


def picture_of(link: str) -> str:
    """The link as a QR code: the text of an SVG."""
    out = BytesIO()
    segno.make(link, error="m").save(
        out, kind="svg", scale=6, border=4, xmldecl=False, nl=False, omitsize=True
    )
    return out.getvalue().decode()
