"""Shops: added, and their name, cause and region put right."""

from __future__ import annotations

import re

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.domain.errors import ConfigError
from sync.server.schema import region, shop, watermark

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
TEXT_LENGTH_MAX = 200
TRIES_MAX = 5
"""Several may add shops at once; each then takes the next number."""


def add(
    connection: Connection, *, slug: str, name: str, region_code: str, cause: str, now_ms: int
) -> int:
    """Adds a shop and returns its number.

    Raises:
        ConfigError: for a slug that is taken or malformed, or an unknown region.
    """
    if not SLUG.fullmatch(slug):
        raise ConfigError(f"Shop {slug!r}: use small letters, digits and dashes, as aktau-tsc.")
    _check_words(slug, name, cause)
    _check_region(connection, region_code)
    for _ in range(TRIES_MAX):
        if connection.execute(select(shop.c.shop_id).where(shop.c.slug == slug)).first():
            # Not whether or where there is one: it may be another region's.
            raise ConfigError(f"The short name {slug!r} cannot be used; choose another one.")
        last = connection.execute(select(func.max(shop.c.shop_id))).scalar_one()
        shop_id = 1 if last is None else int(last) + 1
        values = {
            "shop_id": shop_id,
            "slug": slug,
            "name": name.strip(),
            "cause": cause.strip(),
            "region_code": region_code,
            "created_ms": now_ms,
        }
        if _inserted(connection, values):
            return shop_id
    raise ConfigError("Others are adding shops at this moment; please try again.")


def _inserted(connection: Connection, values: dict[str, object]) -> bool:
    """False when somebody else just took the number or the name; waits for who is about to."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(shop).values(values).on_conflict_do_nothing()
    # Said so, or an insert's count is not kept.
    options = {"preserve_rowcount": True}
    return connection.execute(statement, execution_options=options).rowcount == 1


def edit(
    connection: Connection, shop_id: int, *, name: str, region_code: str, cause: str
) -> dict[str, str]:
    """Puts a shop's words right; the fields that changed, as they were.

    Its short name stays: journals, exports and addresses name the shop by it.

    Raises:
        ConfigError: for words that are none, an unknown region, or another region once anything
            was sold: the sums of the old region would keep what the new one then shows again.
    """
    held = connection.execute(select(shop).where(shop.c.shop_id == shop_id)).one()
    _check_words(held.slug, name, cause)
    if region_code != held.region_code:
        _check_region(connection, region_code)
        entries = connection.execute(
            select(func.coalesce(func.sum(watermark.c.seq), 0)).where(
                watermark.c.shop_id == shop_id
            )
        ).scalar_one()
        if int(entries):
            raise ConfigError(
                "This shop has sold already; its region cannot change any more. "
                "Add the shop anew in the other region."
            )
    wanted = {"name": name.strip(), "region_code": region_code, "cause": cause.strip()}
    before = {
        key: getattr(held, key) for key, value in wanted.items() if getattr(held, key) != value
    }
    if before:
        connection.execute(update(shop).where(shop.c.shop_id == shop_id).values(**wanted))
    return before


def _check_words(slug: str, name: str, cause: str) -> None:
    if not name.strip():
        raise ConfigError(f"Shop {slug!r} needs a name that shoppers see.")
    if max(len(name), len(cause)) > TEXT_LENGTH_MAX or "\0" in name + cause:
        raise ConfigError(f"Name and cause have at most {TEXT_LENGTH_MAX} letters.")


def _check_region(connection: Connection, region_code: str) -> None:
    known = list(connection.execute(select(region.c.region_code).order_by("region_code")).scalars())
    if region_code not in known:
        raise ConfigError(f"Region {region_code!r} is unknown; one of {', '.join(known)}.")
