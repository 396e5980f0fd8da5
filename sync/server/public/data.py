"""The public figures as files that anybody may use; the same numbers as on the pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from sync.server.public.figures import Figures, PublicShop, Week
from sync.tables import BOM, harmless

WEEKS_IN_FILES = 53
Record = dict[str, Any]

WEEK_COLUMNS = (
    "region",
    "shop",
    "monday",
    "suppressed",
    "visits",
    "till_ratio_per_mille",
    "stock_ratio_per_mille",
)
SHOP_COLUMNS = (
    "region",
    "shop",
    "name",
    "cause",
    "until_day",
    "suppressed",
    "earned_tenge",
    "counted_cash_tenge",
    "confirmed_qr_tenge",
    "recorded_costs_tenge",
    "handed_on_tenge",
    "pieces_of_unknown_cost",
)


def week_records(found: Figures) -> Iterator[Record]:
    """One record for each week of a region (without a shop) and of a shop."""
    for region in found.regions:
        for week in region.weeks:
            yield _week(region.code, None, week)
        for shop in region.shops:
            for week in shop.weeks:
                yield _week(region.code, shop.slug, week)


def shop_records(found: Figures) -> Iterator[Record]:
    """One record for each shop."""
    return map(_shop, found.shops)


def to_csv(columns: tuple[str, ...], records: Iterable[Record]) -> bytes:
    """UTF-8 with its mark, commas; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for record in records:
        writer.writerow([_cell(record[name]) for name in columns])
    return (BOM + out.getvalue()).encode()


def to_jsonl(records: Iterable[Record]) -> bytes:
    """One line of JSON per record."""
    return b"".join(msgspec.json.encode(record) + b"\n" for record in records)


def _week(region_code: str, slug: str | None, week: Week) -> Record:
    values = (
        region_code,
        slug,
        week.monday.isoformat(),
        week.is_suppressed,
        week.visits,
        week.till_per_mille,
        week.stock_per_mille,
    )
    return dict(zip(WEEK_COLUMNS, values, strict=True))


def _shop(shop: PublicShop) -> Record:
    sums = shop.earned
    values = (
        shop.region_code,
        shop.slug,
        shop.name,
        shop.cause,
        shop.until.isoformat() if shop.until else None,
        sums is None,
        sums and sums.earned_tenge,
        sums and sums.counted_cash_tenge,
        sums and sums.confirmed_qr_tenge,
        sums and sums.costs_tenge,
        sums and sums.paid_out_tenge,
        sums and sums.uncosted_pieces,
    )
    return dict(zip(SHOP_COLUMNS, values, strict=True))


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return harmless(value) if isinstance(value, str) else value
