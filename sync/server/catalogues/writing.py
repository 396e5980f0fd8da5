"""Drafts become what is published: rows of the three tables."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, insert

from sync.server.catalogues.facts import (
    CODES,
    PRICE,
    PRODUCT,
    Draft,
    Key,
    PriceFact,
    ProductFact,
)
from sync.server.schema.catalogue import catalogue_draft, own_code, price_rule, product


def apply_draft(connection: Connection, draft: Draft, now_ms: int) -> None:
    """A draft becomes what is published."""
    where = {"product_id": draft.product_id, **draft.place.columns}
    if draft.kind == PRODUCT:
        connection.execute(delete(product).filter_by(**where))
        if isinstance(draft.value, ProductFact):
            write_product(connection, draft.key, draft.value, now_ms)
    elif draft.kind == PRICE:
        connection.execute(delete(price_rule).filter_by(**where))
        if isinstance(draft.value, PriceFact):
            values = msgspec.to_builtins(draft.value)
            connection.execute(insert(price_rule).values(**where, **values, changed_ms=now_ms))
    elif draft.kind == CODES:
        _write_codes(connection, draft)
    connection.execute(delete(catalogue_draft).filter_by(kind=draft.kind, **where))


def write_product(connection: Connection, key: Key, fact: ProductFact, now_ms: int) -> None:
    """A product that is not there yet."""
    connection.execute(
        insert(product).values(
            product_id=key.product_id,
            **key.place.columns,
            position=fact.position,
            body=msgspec.json.encode(fact.product).decode(),
            urgent=fact.urgent,
            changed_ms=now_ms,
        )
    )


def _write_codes(connection: Connection, draft: Draft) -> None:
    shop_id = draft.place.shop_id
    connection.execute(delete(own_code).filter_by(shop_id=shop_id, product_id=draft.product_id))
    for code in draft.value if isinstance(draft.value, tuple) else ():
        connection.execute(delete(own_code).filter_by(shop_id=shop_id, code=code))
        connection.execute(
            insert(own_code).values(shop_id=shop_id, code=code, product_id=draft.product_id)
        )
