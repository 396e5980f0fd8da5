"""What was sold in a region, by product and by category, from the rollup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import Connection, func, select

from sync.server import catalogues
from sync.server.schema.rollups import NO_PRODUCT, region_product_day
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
    connection: Connection, region_code: str | None, first: date, last: date
) -> SoldGoods:
    """Of one region, or of the whole country when None."""
    quantity = func.sum(region_product_day.c.quantity).label("quantity")
    tenge = func.sum(region_product_day.c.tenge).label("tenge")
    statement = (
        select(region_product_day.c.product_id, quantity, tenge)
        .where(region_product_day.c.day.between(first, last))
        .group_by(region_product_day.c.product_id)
    )
    if region_code is not None:
        statement = statement.where(region_product_day.c.region_code == region_code)
    known = _known(connection)
    products = [
        _product(row.product_id, int(row.quantity), int(row.tenge), known)
        for row in connection.execute(statement)
    ]
    products.sort(key=lambda one: (-one.tenge, one.product_id))
    return SoldGoods(products, _categories(products))


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
