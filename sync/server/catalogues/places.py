"""Where something holds: everywhere, in a region, at one shop; and who may write there."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, false, or_, select, true

from sync.server.accounts.roles import Person, Role, Scope, shop_for
from sync.server.problems import ProblemError
from sync.server.schema import region, shop


class Place(NamedTuple):
    """Everywhere by default; a region; or a shop together with its region."""

    region_code: str = ""
    shop_id: int = 0

    @property
    def narrowness(self) -> int:
        """0 everywhere, 1 a region, 2 a shop: the narrower word counts."""
        return 2 if self.shop_id else 1 if self.region_code else 0

    def reaches(self, other: Place) -> bool:
        """Whether what holds here holds at the other place too."""
        if self.shop_id:
            return self.shop_id == other.shop_id
        return not self.region_code or self.region_code == other.region_code

    def overlaps(self, other: Place) -> bool:
        """Whether some shop lies in both."""
        return self.reaches(other) or other.reaches(self)

    @property
    def columns(self) -> dict[str, Any]:
        """As it stands in tables."""
        return {"region_code": self.region_code, "shop_id": self.shop_id}


EVERYWHERE = Place()


def home_of(connection: Connection, scope: Scope) -> Place:
    """The widest place that a person looks after."""
    if scope.shop_id is not None:
        found = connection.execute(
            select(shop.c.region_code).where(shop.c.shop_id == scope.shop_id)
        ).scalar_one_or_none()
        return Place(found or "", scope.shop_id)
    return Place(scope.region_code or "")


def named(connection: Connection, scope: Scope, text: str) -> Place:
    """A place as forms write it: ``all``, ``region:47``, ``shop:aktau-tsc``.

    Raises:
        ProblemError: ``not_found`` for a place that is not there or is somebody else's.
    """
    kind, _, value = text.partition(":")
    if kind == "shop":
        row = shop_for(connection, scope, value)._mapping
        return Place(str(row["region_code"]), int(str(row["shop_id"])))
    if kind == "region":
        known = connection.execute(
            select(region.c.region_code).where(region.c.region_code == value)
        ).first()
        if known is not None and (scope.is_national or scope.region_code == value):
            return Place(value)
    if kind == "all":
        return EVERYWHERE
    raise ProblemError("not_found", "There is no such place here.")


def may_write(person: Person, place: Place, *, price_only: bool = False) -> bool:
    """Whether this person decides there; a shop's lead over his shop's prices alone."""
    if person.role is Role.NATIONAL:
        return True
    if person.role is Role.REGION:
        return bool(place.region_code) and place.region_code == person.scope.region_code
    if person.role is Role.SHOP:
        return price_only and place.shop_id == person.scope.shop_id
    return False


def require_writer(person: Person, place: Place, *, price_only: bool = False) -> None:
    """Refuses who may not write there.

    Raises:
        ProblemError: ``forbidden``.
    """
    if not may_write(person, place, price_only=price_only):
        raise ProblemError("forbidden", "That is for somebody who looks after the whole place.")


def seen_by(table: Table, home: Place) -> ColumnElement[bool]:
    """Rows that hold at some shop of a person's part, whose widest place is ``home``."""
    if home.narrowness == 0:
        return true()
    if home.narrowness == 1:
        return table.c.region_code.in_(("", home.region_code))
    wider = and_(table.c.shop_id == 0, table.c.region_code.in_(("", home.region_code)))
    return or_(wider, table.c.shop_id == home.shop_id)


def written_by(
    table: Table, person: Person, *, region: str = "region_code", shop_id: str = "shop_id"
) -> ColumnElement[bool]:
    """Rows whose place this person decides over."""
    if person.role is Role.NATIONAL:
        return true()
    if person.role is Role.REGION:
        return table.c[region] == person.scope.region_code
    if person.role is Role.SHOP:
        return table.c[shop_id] == person.scope.shop_id
    return false()
