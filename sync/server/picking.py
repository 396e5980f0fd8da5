"""Which shops a page lists: all while they are few; of many, a region's or those a text finds.

Nobody reads a thousand rows. A page about more shops than :data:`SHOPS_AT_ONCE` shows regions
first, each opening into its shops; a search finds any shop within the reader's part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, and_, func, select

from sync.server.accounts.roles import Scope
from sync.server.leaves import leaf_of
from sync.server.problems import ProblemError
from sync.server.schema import region, shop

SHOPS_AT_ONCE = 100
"""A region's office has about a hundred shops and sees them all at a glance."""
TEXT_LENGTH_MAX = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; empty means all. ``text``: parts of names and short names of shops."""

    region_code: str = ""
    text: str = ""
    page: int = 1

    @property
    def is_all(self) -> bool:
        """Whether nothing was chosen."""
        return not (self.region_code or self.text)

    def query(self, page: int = 1) -> str:
        """As it stands in an address; empty for all."""
        given = {"region": self.region_code, "q": self.text, "page": page if page > 1 else ""}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Picked:
    """The shops that a page is about.

    ``are_regions``: they are too many to list, so the page lists their regions. ``seen``: the
    condition on ``shop`` for all of them. ``ids``: those on this page, in order.
    """

    are_regions: bool
    seen: ColumnElement[bool]
    found: int
    ids: list[int]
    page: int = 1
    pages: int = 1


def wanted_of(region_code: str, text: str, page: str) -> Wanted:
    """What stands in an address; nonsense is as good as nothing."""
    plain = "".join(x if x.isprintable() else " " for x in text)[:TEXT_LENGTH_MAX]
    is_number = page.isascii() and page.isdigit() and len(page) <= 6
    return Wanted(region_code, plain.strip(), max(1, int(page)) if is_number else 1)


def pick(connection: Connection, scope: Scope, wanted: Wanted) -> Picked:
    """The shops that are wanted, a page at a time; a page beyond the last is the last.

    Raises:
        ProblemError: ``not_found`` for a region that the reader does not see or that is none.
    """
    seen = scope.shops()
    if wanted.region_code:
        _require_region(connection, scope, wanted.region_code)
        seen = and_(seen, shop.c.region_code == wanted.region_code)
    if wanted.is_all and scope.is_national:
        count = connection.execute(select(func.count()).select_from(shop).where(seen)).scalar_one()
        if count > SHOPS_AT_ONCE:
            return Picked(True, seen, count, [])
    rows = connection.execute(
        select(shop.c.shop_id, shop.c.slug, shop.c.name)
        .where(seen)
        .order_by(shop.c.region_code, shop.c.name, shop.c.shop_id)
    ).all()
    if wanted.text:
        rows = [row for row in rows if _has(row, wanted.text.casefold().split())]
        seen = and_(scope.shops(), shop.c.shop_id.in_([row.shop_id for row in rows]))
    leaf = leaf_of(wanted.page, len(rows), SHOPS_AT_ONCE)
    ids = [row.shop_id for row in leaf.of(rows)]
    return Picked(False, seen, len(rows), ids, leaf.number, leaf.leaves)


def _has(row: Any, words: list[str]) -> bool:
    # Here and not in the database: SQLite knows no Cyrillic capitals.
    place = f"{row.slug} {row.name}".casefold()
    return all(word in place for word in words)


def _require_region(connection: Connection, scope: Scope, code: str) -> None:
    is_code = code.isascii() and code.isdigit() and scope.holds(code, None)
    known = select(region.c.region_code).where(region.c.region_code == code)
    if not is_code or connection.execute(known).first() is None:
        raise ProblemError("not_found", "There is no such region here.")
