"""What an operator does to the central server, for the command line and for start scripts.

On the server itself nobody is out of sight: everything here works on all shops. Who is asked to
note what was done is the command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from kiosk.domain.errors import ConfigError
from kiosk.domain.products import Product
from sync.server import access, catalogues
from sync.server.accounts.roles import Scope
from sync.server.kiosks import codes, epochs, shops, standing
from sync.server.schema import access_token, kiosk_epoch, shop, watermark

CODE_LIFETIME_MS = codes.LIFETIME_MS
add_shop = shops.add
EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class KioskRow:
    """One epoch of a kiosk, as listed."""

    kiosk_id: str
    epoch: int
    shop: str
    status: str
    entries: int
    waiting: int
    last_seen_ms: int | None
    forked: bool


def shop_id_of(connection: Connection, slug: str) -> int:
    """The number of a shop.

    Raises:
        ConfigError: when there is none of that name.
    """
    shop_id = connection.execute(
        select(shop.c.shop_id).where(shop.c.slug == slug)
    ).scalar_one_or_none()
    if shop_id is None:
        raise ConfigError(f"There is no shop {slug!r}; add it with: adal-sync shop add {slug} …")
    return int(shop_id)


def make_code(
    connection: Connection,
    *,
    shop_slug: str,
    auto_approve: bool,
    now_ms: int,
    kiosk_id: str | None = None,
) -> str:
    """A one-time code that enrols one kiosk at that shop within 15 minutes.

    ``kiosk_id``: the kiosk that comes again, or whose place a new machine takes; also one that
    this centre lost with its database.
    """
    shop_id = shop_id_of(connection, shop_slug)
    return codes.make(
        connection, shop_id, auto_approve=auto_approve, now_ms=now_ms, kiosk_id=kiosk_id
    ).code


def replacement_code(
    connection: Connection, kiosk_id: str, *, auto_approve: bool, now_ms: int
) -> tuple[str, standing.Standing]:
    """A code for the machine in place of a broken one, at its shop; and how the old one stands.

    Raises:
        ConfigError: for an unknown kiosk.
    """
    _newest(connection, kiosk_id)
    old = standing.standing(connection, EVERYWHERE, kiosk_id)
    made = codes.make(
        connection, old.shop_id, auto_approve=auto_approve, now_ms=now_ms, kiosk_id=kiosk_id
    )
    return made.code, old


def kiosks(connection: Connection) -> list[KioskRow]:
    """All epochs of all kiosks, by shop."""
    rows = connection.execute(
        select(
            kiosk_epoch.c.kiosk_id,
            kiosk_epoch.c.epoch,
            kiosk_epoch.c.status,
            shop.c.slug,
            watermark.c.seq,
            watermark.c.kiosk_head_seq,
            watermark.c.last_seen_ms,
            watermark.c.forked,
        )
        .join(shop, shop.c.shop_id == kiosk_epoch.c.shop_id)
        .join(
            watermark,
            (watermark.c.shop_id == kiosk_epoch.c.shop_id)
            & (watermark.c.kiosk_id == kiosk_epoch.c.kiosk_id)
            & (watermark.c.epoch == kiosk_epoch.c.epoch),
        )
        .order_by(shop.c.slug, kiosk_epoch.c.kiosk_id, kiosk_epoch.c.epoch)
    )
    return [
        KioskRow(
            row.kiosk_id,
            row.epoch,
            row.slug,
            row.status,
            row.seq,
            max(0, row.kiosk_head_seq - row.seq),
            row.last_seen_ms,
            bool(row.forked),
        )
        for row in rows
    ]


def approve(connection: Connection, kiosk_id: str) -> int:
    """Approves a kiosk's newest epoch and returns it.

    Raises:
        ConfigError: for an unknown kiosk, or one that was shut out.
    """
    epoch, status = _newest(connection, kiosk_id)
    if status == access.REVOKED:
        raise ConfigError(f"Kiosk {kiosk_id} was shut out; enrol it again with a new code.")
    epochs.approve(connection, kiosk_id, epoch)
    return epoch


def suspend(connection: Connection, kiosk_id: str) -> None:
    """Gives a kiosk nothing new; what it sends is still taken.

    Raises:
        ConfigError: for an unknown kiosk, or one that is not in use.
    """
    _changed(connection, kiosk_id, standing.suspend, "is not in use")


def resume(connection: Connection, kiosk_id: str) -> None:
    """A suspended kiosk is in use again.

    Raises:
        ConfigError: for an unknown kiosk, or one that is not suspended.
    """
    _changed(connection, kiosk_id, standing.resume, "is not suspended")


def revoke(connection: Connection, kiosk_id: str) -> None:
    """Shuts a kiosk out; what it sent stays.

    Raises:
        ConfigError: for an unknown kiosk.
    """
    _newest(connection, kiosk_id)
    standing.revoke(connection, EVERYWHERE, kiosk_id)


def add_token(connection: Connection, *, name: str, now_ms: int) -> str:
    """A token for reading sales; shown once, kept as a hash.

    Raises:
        ConfigError: when the name is taken.
    """
    if connection.execute(select(access_token).where(access_token.c.name == name)).one_or_none():
        raise ConfigError(f"A token named {name!r} exists already; choose another name.")
    token = access.new_access_token()
    connection.execute(
        insert(access_token).values(
            token_hash=access.secret_hash(token), name=name, created_ms=now_ms
        )
    )
    return token


def revoke_token(connection: Connection, *, name: str, now_ms: int) -> None:
    """Makes a token useless.

    Raises:
        ConfigError: when there is none of that name.
    """
    done = connection.execute(
        update(access_token)
        .where(access_token.c.name == name, access_token.c.revoked_ms.is_(None))
        .values(revoked_ms=now_ms)
    )
    if done.rowcount == 0:
        raise ConfigError(f"There is no token {name!r} in use.")


def put_catalogue(connection: Connection, products: list[Product], *, now_ms: int) -> int:
    """Hands out a new catalogue version; see :mod:`sync.server.catalogues`."""
    return catalogues.put(connection, products, now_ms)


def _changed(
    connection: Connection,
    kiosk_id: str,
    step: Callable[[Connection, Scope, str], list[int]],
    otherwise: str,
) -> None:
    _newest(connection, kiosk_id)
    if not step(connection, EVERYWHERE, kiosk_id):
        raise ConfigError(f"Kiosk {kiosk_id} {otherwise}; see: adal-sync kiosk list")


def _newest(connection: Connection, kiosk_id: str) -> tuple[int, str]:
    row = connection.execute(
        select(kiosk_epoch.c.epoch, kiosk_epoch.c.status)
        .where(kiosk_epoch.c.kiosk_id == kiosk_id)
        .order_by(kiosk_epoch.c.epoch.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise ConfigError(f"There is no kiosk {kiosk_id!r}; see: adal-sync kiosk list")
    return row.epoch, row.status
