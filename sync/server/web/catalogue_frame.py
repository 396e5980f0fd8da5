"""What all pages of the catalogue share: places to choose from, names, what waits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from fastapi import Request, Response
from sqlalchemy import Connection, select

from kiosk.domain.errors import CatalogueError
from kiosk.domain.products import CATEGORIES, Status, name_in
from sync.server.accounts.roles import Person, Role
from sync.server.catalogues import local_changes, publishing
from sync.server.catalogues.places import Place, home_of
from sync.server.catalogues.sheets import printed
from sync.server.schema import region, shop
from sync.server.web.page import page

SHEET_SIZE_BYTES_MAX = 5 * 1024 * 1024


def frame(
    connection: Connection, person: Person, shops: Collection[int] | None = ()
) -> dict[str, Any]:
    """Values that every template of the catalogue needs.

    Args:
        connection: one consistent view.
        person: who reads; his part alone is shown.
        shops: whose names the page says; None for all of his part, where a form offers them.
    """
    regions = connection.execute(select(region).order_by(region.c.region_code)).mappings()
    home = home_of(connection, person.scope)
    return {
        "home": home,
        "shops": _shops(connection, person, shops),
        "regions": {row["region_code"]: row for row in regions},
        "waiting": len(publishing.waiting_for(connection, person)),
        "undecided": local_changes.count_undecided(connection, person.scope),
        "undelivered": local_changes.undelivered(connection, person),
        "categories": CATEGORIES,
        "statuses": [status.value for status in Status],
        "name_in": name_in,
        "printed": printed,
        "writes_products": person.role in (Role.NATIONAL, Role.REGION),
        "writes_prices": person.is_changer,
    }


def _shops(
    connection: Connection, person: Person, wanted: Collection[int] | None
) -> dict[int, Any]:
    """By their names; a thousand rows take their time, so only those that are asked for."""
    some = select(shop).where(person.scope.shops()).order_by(shop.c.name)
    if wanted is not None:
        if not wanted:
            return {}
        some = some.where(shop.c.shop_id.in_(sorted(set(wanted))))
    return {row["shop_id"]: row for row in connection.execute(some).mappings().all()}


def refused(request: Request, template: str, error: CatalogueError, **values: Any) -> Response:
    """The page again, saying what is wrong; templates word the error's code."""
    return page(request, template, status=422, trouble=str(error), **values)


def place_text(place: Place, shops: dict[int, Any]) -> str:
    """A place as forms write it."""
    if place.shop_id:
        return f"shop:{shops[place.shop_id]['slug']}"
    return f"region:{place.region_code}" if place.region_code else "all"


def whole_number(text: str, code: str) -> int:
    """Digits as people type them, blanks between groups allowed.

    Raises:
        CatalogueError: with that code, for anything else.
    """
    digits = "".join(text.replace("₸", "").split())
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise CatalogueError(code)
    return int(digits)


def a_day(text: str) -> date:
    """``2026-11-21``.

    Raises:
        CatalogueError: ``days``.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CatalogueError("days") from error
