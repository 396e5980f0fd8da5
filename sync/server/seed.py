"""Makes a central server ready for its first kiosk; for demonstrations and first visits."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from kiosk.domain.errors import CatalogueError
from kiosk.domain.products import Product
from sync.server import admin, catalogues, migrate
from sync.server.schema import shop
from sync.server.settings import wall_clock_ms
from sync.server.store import Store
from sync.wire import CatalogueDocument


def prepare(
    database_url: str,
    catalogue_csv: Path,
    *,
    slug: str,
    name: str,
    region_code: str,
    cause: str,
) -> str:
    """Makes a database with one shop and a catalogue; done twice it changes nothing more.

    Returns:
        A one-time code that enrols and approves one kiosk at that shop.

    Raises:
        CatalogueError: when the sheet cannot be used.
        ConfigError: for a shop that cannot be.
    """
    try:
        products = catalogues.read_csv(catalogue_csv.read_bytes())
    except OSError as error:
        raise CatalogueError(f"{catalogue_csv} cannot be read: {error.strerror}.") from error
    now_ms = wall_clock_ms()

    def work(connection: Connection) -> str:
        if connection.execute(select(shop.c.shop_id).where(shop.c.slug == slug)).first() is None:
            admin.add_shop(
                connection,
                slug=slug,
                name=name,
                region_code=region_code,
                cause=cause,
                now_ms=now_ms,
            )
        if _current(connection) != products:
            admin.put_catalogue(connection, products, now_ms=now_ms)
        return admin.make_code(connection, shop_slug=slug, auto_approve=True, now_ms=now_ms)

    store = Store(database_url)
    try:
        migrate.upgrade(store)
        return store.write(work)
    finally:
        store.close()


def _current(connection: Connection) -> list[Product]:
    found = catalogues.current_document(connection)
    if found is None:
        return []
    document = msgspec.json.decode(found[1], type=CatalogueDocument)
    return [message.to_product() for message in document.products]
