"""What the pages of kiosks share."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from sqlalchemy import Connection, select

from sync.server.accounts.roles import Person, Role, Scope
from sync.server.problems import ProblemError
from sync.server.schema import region, shop
from sync.server.settings import Settings

_NUMBER_DIGITS_MAX = 9


def number_of(text: str) -> int | None:
    """A number in an address; None for anything else."""
    is_one = text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS_MAX
    return int(text) if is_one else None


def regions_of(connection: Connection, scope: Scope) -> list[dict[str, str]]:
    """The regions within scope, by code; none for somebody who looks after one shop."""
    if scope.shop_id is not None:
        return []
    rows = connection.execute(select(region).order_by(region.c.region_code))
    return [
        {"code": row.region_code, "kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}
        for row in rows
        if scope.holds(row.region_code, None)
    ]


def shops_of(connection: Connection, scope: Scope) -> list[Any]:
    """The shops within scope, by name."""
    return list(connection.execute(select(shop).where(scope.shops()).order_by(shop.c.name)))


def is_office(person: Person) -> bool:
    """Whether somebody may let kiosks in and add shops: a shop's lead only asks for it."""
    return person.is_changer and person.role is not Role.SHOP


def require_office(person: Person) -> None:
    """Lets the offices pass.

    Raises:
        ProblemError: ``forbidden``.
    """
    if not is_office(person):
        raise ProblemError("forbidden", "The region's office does this; please ask there.")


def base_url(request: Request) -> str:
    """Our own address as the outside knows it: before a proxy we hear http and mean https."""
    settings: Settings = request.app.state.settings
    url = request.base_url
    return str(url.replace(scheme="https") if settings.behind_tls else url).rstrip("/")
