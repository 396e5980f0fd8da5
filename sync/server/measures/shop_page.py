"""All that a shop's page says, read in one view of the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from sqlalchemy import Connection, func, select

from kiosk.domain.ledger import day_of
from kiosk.domain.visit_report import Ratio
from sync.server import catalogues
from sync.server.measures.chains import kiosks_of, visit_entries
from sync.server.measures.days import Days, days_of
from sync.server.measures.health import Health, health
from sync.server.measures.shelf_and_box import LOOK_BACK_MS, Inside, inside
from sync.server.measures.visits import Visit, visits
from sync.server.schema import suggestion_text
from sync.wire import CatalogueDocument


@dataclass(frozen=True, slots=True)
class ShopPage:
    """One shop over a period that ends today.

    ``inside``: box and shelf of each kiosk, as the journal says they are now. ``names``: product
    id → language → name.
    """

    days: Days
    visits: list[Visit]
    inside: list[Inside]
    names: Mapping[str, Mapping[str, str]]
    suggestions: int
    kiosks: list[Health]

    def name(self, product_id: str, language: str) -> str:
        """The catalogue's name, else the one it was sold under, else the id."""
        known = self.names.get(product_id, {})
        chosen = known.get(language) or next(iter(known.values()), "")
        sold_as = (one.sold_as[product_id] for one in self.inside if product_id in one.sold_as)
        return chosen or next(sold_as, product_id)

    @property
    def visit_places(self) -> list[int]:
        """Which of the period's days had a visit."""
        came = {visit.day for visit in self.visits}
        return [place for place, day in enumerate(self.days.days) if day in came]

    @property
    def measured(self) -> list[Visit]:
        """Visits that found at least one of the two ratios."""
        return [v for v in self.visits if v.till or v.stock]

    @property
    def till_ratios(self) -> list[int | None]:
        """Per mille at each measured visit."""
        return [_per_mille(visit.till) for visit in self.measured]

    @property
    def stock_ratios(self) -> list[int | None]:
        """Per mille at each measured visit."""
        return [_per_mille(visit.stock) for visit in self.measured]

    @property
    def ratio_floor(self) -> int:
        """Where the axis of ratios begins, per mille: 700, or lower for a lower ratio."""
        known = [one for one in (*self.till_ratios, *self.stock_ratios) if one is not None]
        return min(700, min(known, default=700) // 100 * 100)


def shop_page(connection: Connection, shop_id: int, now_ms: int, days: int) -> ShopPage:
    """Reads a shop's page.

    Args:
        connection: one consistent view.
        shop_id: a shop that the reader may see; the caller has looked.
        now_ms: the server's time.
        days: how long the period is.
    """
    today = day_of(now_ms)
    period_ms = days * 86_400_000
    done = visit_entries(connection, shop_id, now_ms - max(period_ms, LOOK_BACK_MS))
    return ShopPage(
        days_of(connection, shop_id, today, days),
        visits(connection, shop_id, today - timedelta(days=days - 1), done.entries),
        [
            inside(connection, shop_id, kiosk_id, done, now_ms)
            for kiosk_id in kiosks_of(connection, shop_id)
        ],
        _names(connection),
        _suggestions(connection, shop_id),
        health(connection, shop_id, now_ms),
    )


def _per_mille(ratio: Ratio | None) -> int | None:
    return None if ratio is None else ratio.per_mille


def _names(connection: Connection) -> dict[str, Mapping[str, str]]:
    found = catalogues.current_document(connection)
    if found is None:
        return {}
    document = msgspec.json.decode(found[1], type=CatalogueDocument)
    return {product.product_id: product.names for product in document.products}


def _suggestions(connection: Connection, shop_id: int) -> int:
    count = select(func.count()).where(suggestion_text.c.shop_id == shop_id)
    return int(connection.execute(count).scalar_one())
