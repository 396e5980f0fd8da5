"""What an operator does to the central server, for the command line and for start scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from kiosk.domain.errors import ConfigError
from kiosk.domain.products import Product
from sync.server import access, catalogues
from sync.server.enrolment import approve_epoch
from sync.server.schema import access_token, enrol_code, kiosk_epoch, region, shop, watermark

CODE_LIFETIME_MS = 15 * 60 * 1000
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


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


def add_shop(
    connection: Connection, *, slug: str, name: str, region_code: str, cause: str, now_ms: int
) -> int:
    """Adds a shop and returns its number.

    Raises:
        ConfigError: for a slug that is taken or malformed, or an unknown region.
    """
    if not SLUG.fullmatch(slug):
        raise ConfigError(f"Shop {slug!r}: use small letters, digits and dashes, as aktau-tsc.")
    if not name.strip():
        raise ConfigError(f"Shop {slug!r} needs a name that shoppers see.")
    if connection.execute(select(shop.c.shop_id).where(shop.c.slug == slug)).one_or_none():
        raise ConfigError(f"Shop {slug!r} exists already; choose another short name.")
    known = list(connection.execute(select(region.c.region_code).order_by("region_code")).scalars())
    if region_code not in known:
        raise ConfigError(f"Region {region_code!r} is unknown; one of {', '.join(known)}.")
    last = connection.execute(select(func.max(shop.c.shop_id))).scalar_one()
    shop_id = 1 if last is None else int(last) + 1
    connection.execute(
        insert(shop).values(
            shop_id=shop_id,
            slug=slug,
            name=name.strip(),
            cause=cause.strip(),
            region_code=region_code,
            created_ms=now_ms,
        )
    )
    return shop_id


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


def make_code(connection: Connection, *, shop_slug: str, auto_approve: bool, now_ms: int) -> str:
    """A one-time code that enrols one kiosk at that shop within 15 minutes."""
    code = access.new_code()
    connection.execute(
        insert(enrol_code).values(
            code_hash=access.code_hash(code),
            shop_id=shop_id_of(connection, shop_slug),
            auto_approve=auto_approve,
            created_ms=now_ms,
            expires_ms=now_ms + CODE_LIFETIME_MS,
        )
    )
    return code


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
    approve_epoch(connection, kiosk_id, epoch)
    return epoch


def revoke(connection: Connection, kiosk_id: str) -> None:
    """Shuts a kiosk out; what it sent stays.

    Raises:
        ConfigError: for an unknown kiosk.
    """
    _newest(connection, kiosk_id)
    connection.execute(
        update(kiosk_epoch).where(kiosk_epoch.c.kiosk_id == kiosk_id).values(status=access.REVOKED)
    )


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
