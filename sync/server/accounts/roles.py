"""What a person may see and change.

Everybody sees a part of the shops: all of them, one region's, or one. Whoever may change things
must have shown a second factor in this session; an auditor never changes anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, select, true

from kiosk.domain.errors import ConfigError
from sync.server.problems import ProblemError
from sync.server.schema import shop


class Role(StrEnum):
    """What somebody is at the centre."""

    NATIONAL = "national"
    REGION = "region"
    SHOP = "shop"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which shops: one, a region's, or all when both are None."""

    region_code: str | None = None
    shop_id: int | None = None

    @property
    def is_national(self) -> bool:
        """Whether it is all of them."""
        return self.region_code is None and self.shop_id is None

    def shops(self) -> ColumnElement[bool]:
        """The condition on ``shop`` that every query of a person carries."""
        if self.shop_id is not None:
            return shop.c.shop_id == self.shop_id
        if self.region_code is not None:
            return shop.c.region_code == self.region_code
        return true()

    def holds(self, region_code: str | None, shop_id: int | None, *, shop_region: str = "") -> bool:
        """Whether something of that region or shop (of ``shop_region``) lies within."""
        if self.is_national:
            return True
        if self.shop_id is not None:
            return shop_id == self.shop_id
        return self.region_code in (region_code, shop_region or None)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is logged in.

    ``second_factor``: shown in this session. ``has_second_factor``: set up at all.
    """

    account_id: int
    email: str
    name: str
    role: Role
    scope: Scope
    language: str
    csrf: str
    second_factor: bool
    has_second_factor: bool

    @property
    def is_changer(self) -> bool:
        """Whether the role may change things at all."""
        return self.role is not Role.AUDITOR

    @property
    def may_change(self) -> bool:
        """Whether changes are taken from this session now."""
        return self.is_changer and self.second_factor

    def may_invite(self, role: Role, scope: Scope) -> bool:
        """Whether this person may give somebody that role over that part."""
        if not self.may_change or self.role is Role.SHOP:
            return False
        if self.role is Role.NATIONAL:
            return True
        # A region's coordinator: leads of shops and auditors, both within the region.
        return role in (Role.SHOP, Role.AUDITOR) and not scope.is_national


def of_shops(shop_id: ColumnElement[int], seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a table's shop fits the condition ``seen`` on ``shop``.

    Not a join: SQLite would then read whole shops instead of an index of days. And for all shops no
    condition at all, or either database might look for each of a thousand shops by itself.
    """
    return true() if seen is true() else shop_id.in_(select(shop.c.shop_id).where(seen))


def check_scope(role: Role, scope: Scope) -> None:
    """Refuses a role over a part that does not fit it.

    Raises:
        ConfigError: saying what fits.
    """
    fits = {
        Role.NATIONAL: scope.is_national,
        Role.REGION: scope.region_code is not None and scope.shop_id is None,
        Role.SHOP: scope.shop_id is not None,
        Role.AUDITOR: scope.shop_id is None,
    }
    if not fits[role]:
        raise ConfigError(
            f"A {role} account needs {_NEEDS[role]}; choose the role and its place again."
        )


_NEEDS = {
    Role.NATIONAL: "no region and no shop",
    Role.REGION: "a region and no shop",
    Role.SHOP: "one shop",
    Role.AUDITOR: "a region, or nothing for the whole country",
}


def shop_for(connection: Connection, scope: Scope, slug: str) -> Row[tuple[object, ...]]:
    """The shop of that short name, if it lies within.

    Raises:
        ProblemError: ``not_found``, the same for one that is not there and one of somebody else:
            nobody can find out by asking which shops another region has.
    """
    row = None
    if "\0" not in slug:  # which PostgreSQL takes for an error, not for a name
        named = select(shop).where(shop.c.slug == slug, scope.shops())
        row = connection.execute(named).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no such shop here.")
    return row
