"""What was sold in a region, by product and by category, from the rollup."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, func, select

from sync.server import catalogues
from sync.server.rollups.period_sums import Period
from sync.server.rollups.periods import regions_kept
from sync.server.rollups.sums import parts_of
from sync.server.schema import region
from sync.server.schema.rollups import NO_PRODUCT, product_period, region_product_day
from sync.wire import CatalogueDocument

OTHER = "other"


@dataclass(frozen=True, slots=True)
class SoldProduct:
    """Pieces of one product and what was asked for them, without what was taken back.

    ``product_id`` is empty for goods that no catalogue knew: the shopper typed the price.
    """

    product_id: str
    names: Mapping[str, str]
    category: str
    quantity: int
    tenge: int


@dataclass(frozen=True, slots=True)
class SoldGoods:
    """Products with the highest value first, and the value of each category."""

    products: list[SoldProduct]
    categories: list[tuple[str, int]]


def sold_goods(
    connection: Connection, region_code: str | None, period: Period, today: date
) -> SoldGoods:
    """Of one region, or of the whole country when None."""
    # The key begins with the region: without their names each day of all years would be read.
    codes = {region_code} if region_code is not None else _all_regions(connection)
    sums: dict[str, list[int]] = {}
    kept = codes & regions_kept(connection, today)
    for part in parts_of(period, today):
        of_days = codes
        if part.is_kept and kept:
            _add_up(sums, connection, _of_period(kept, part.period))
            of_days = codes - kept
        if of_days:
            _add_up(sums, connection, _of_days(of_days, part.period))
    known = _known(connection)
    products = [_product(name, found[0], found[1], known) for name, found in sums.items()]
    products.sort(key=lambda one: (-one.tenge, one.product_id))
    return SoldGoods(products, _categories(products))


def _add_up(sums: dict[str, list[int]], connection: Connection, asked: Select[Any]) -> None:
    for product_id, quantity, tenge in connection.execute(asked):
        had = sums.setdefault(product_id, [0, 0])
        had[0] += int(quantity)
        had[1] += int(tenge)


def _of_period(codes: Collection[str], period: Period) -> Select[Any]:
    return _sums(product_period).where(
        product_period.c.region_code.in_(sorted(codes)),
        product_period.c.first_day == period.first,
        product_period.c.last_day == period.last,
    )


def _of_days(codes: Collection[str], period: Period) -> Select[Any]:
    return _sums(region_product_day).where(
        region_product_day.c.region_code.in_(sorted(codes)),
        region_product_day.c.day.between(*period),
    )


def _sums(table: Table) -> Select[Any]:
    of = table.c
    return select(of.product_id, func.sum(of.quantity), func.sum(of.tenge)).group_by(of.product_id)


def _all_regions(connection: Connection) -> set[str]:
    return set(connection.execute(select(region.c.region_code)).scalars())


def _product(
    product_id: str,
    quantity: int,
    tenge: int,
    known: Mapping[str, tuple[Mapping[str, str], str]],
) -> SoldProduct:
    names, category = known.get(product_id, ({}, OTHER))
    if product_id == NO_PRODUCT:
        return SoldProduct("", {}, OTHER, quantity, tenge)
    return SoldProduct(product_id, names, category, quantity, tenge)


def _categories(products: list[SoldProduct]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for one in products:
        sums[one.category] = sums.get(one.category, 0) + one.tenge
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))


def _known(connection: Connection) -> dict[str, tuple[Mapping[str, str], str]]:
    found = catalogues.current_document(connection)
    if found is None:
        return {}
    document = msgspec.json.decode(found[1], type=CatalogueDocument)
    return {one.product_id: (one.names, one.category) for one in document.products}
