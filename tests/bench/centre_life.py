"""Two invented years of a country's shops, written straight into the centre's tables.

A shop sells some ten thousand lines in two years: seven sales a day of one to four lines, four in
ten by QR; a volunteer comes once a week, counts, takes money out, fills up and takes stock. Bank
statements name nearly every payment by QR. The kept sums are then made by the product itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert, inspect, text, true

from kiosk.domain import chain
from sync.fleet.places import CAUSES, REGIONS
from sync.server import admin, migrate
from sync.server.bulk import insert_entries
from sync.server.money import books
from sync.server.rollups import periods, rebuild
from sync.server.schema import kiosk, kiosk_epoch, shop, watermark
from sync.server.schema.money import bank_line
from sync.server.store import Store
from tests.bench.centre_beside import BANK_COLUMNS, beside, credits_of
from tests.bench.centre_goods import (
    FIRST_REGION_SHARE,
    LINES_A_SHOP,
    NOW_MS,
    START_MS,
    catalogue,
)
from tests.bench.centre_one_shop import OneShop

Counts = tuple[int, int, int]
"""Lines, entries, the bank's lines."""
Tell = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large it became."""

    shops: int
    lines: int
    entries: int
    bank_lines: int


def shops_of(lines: int) -> int:
    """How many shops sell so many lines in two years."""
    return max(20, round(lines / LINES_A_SHOP))


def region_of(number: int, shops: int) -> str:
    """Where a shop stands, counted from 0."""
    first = round(shops * FIRST_REGION_SHARE)
    return REGIONS[0] if number < first else REGIONS[1 + number % (len(REGIONS) - 1)]


def fill(store: Store, lines: int, tell: Tell = lambda *_: None) -> Sizes:
    """Makes an empty database full; the sums are made by the product's own rebuild."""
    migrate.upgrade(store)
    store.write(lambda c: admin.put_catalogue(c, catalogue(), now_ms=START_MS))
    shops = shops_of(lines)
    made = [0, 0, 0]
    for number, counts in enumerate(_add_shops(store, shops)):
        made = [a + b for a, b in zip(made, counts, strict=True)]
        tell("journals", number + 1, shops)
    # As autovacuum does in time: a plan without it would be another one's.
    _tidy(store)
    done = [0]

    def rebuilt(count: int) -> None:
        done[0] += count
        tell("sums", done[0], made[1])

    rebuild.rebuild(store, rebuilt)
    books.catch_up(store, true())
    periods.bring_up_to_date(store, NOW_MS)
    sizes = Sizes(shops, *made)
    store.write(lambda c: _note(c, sizes))
    _tidy(store)
    return sizes


def sizes_of(store: Store) -> Sizes | None:
    """What a database was filled with; None for one that was not filled to its end."""

    def work(connection: Connection) -> Sizes | None:
        if not inspect(connection).has_table("bench_life"):
            return None
        return Sizes(*connection.execute(text("SELECT * FROM bench_life")).one())

    return store.read(work)


def _note(connection: Connection, sizes: Sizes) -> None:
    columns = ", ".join(f"{name} bigint" for name in Sizes.__slots__)
    connection.execute(text(f"CREATE TABLE bench_life ({columns})"))
    numbers = ", ".join(map(str, astuple(sizes)))
    connection.execute(text(f"INSERT INTO bench_life VALUES ({numbers})"))


def _tidy(store: Store) -> None:
    if store.is_sqlite:
        store.write(lambda c: c.execute(text("ANALYZE")))
        return
    with store._writer.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(text("VACUUM ANALYZE"))


def _add_shops(store: Store, shops: int) -> Iterator[Counts]:
    """On PostgreSQL by as many processes as there are cores; SQLite has one writer."""
    if store.is_sqlite:
        for number in range(shops):
            yield store.write(lambda c, n=number: _add_shop(c, n, shops))  # type: ignore[misc]
        return
    url = store.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(initializer=_open, initargs=(url, shops)) as workers:
        yield from workers.map(_add_to_own, range(shops))


_own: list[Any] = []
"""A worker process's store, and how many shops there will be."""


def _open(url: str, shops: int) -> None:
    _own[:] = [Store(url), shops]


def _add_to_own(number: int) -> Counts:
    store, shops = _own
    added: Counts = store.write(lambda c: _add_shop(c, number, shops))
    return added


def _add_shop(connection: Connection, number: int, shops: int) -> Counts:
    one = OneShop(number)
    one.live()
    region_code = region_of(number, shops)
    key: dict[str, Any] = {"shop_id": number + 1, "kiosk_id": one.kiosk_id, "epoch": 1}
    connection.execute(
        insert(shop).values(
            shop_id=number + 1,
            slug=f"shop-{number}",
            name=f"Дүкен № {number}",
            cause=CAUSES[number % len(CAUSES)],
            region_code=region_code,
            created_ms=START_MS,
        )
    )
    connection.execute(
        insert(kiosk).values(
            kiosk_id=one.kiosk_id, shop_id=number + 1, software="adal", created_ms=START_MS
        )
    )
    connection.execute(
        insert(kiosk_epoch).values(
            **key, public_key=one.public_key, link_hash=chain.GENESIS, status="approved",
            token_hash=os.urandom(32), enrolled_ms=START_MS,
        )
    )  # fmt: skip
    connection.execute(
        insert(watermark).values(
            **key, seq=one.seq, head_hash=one.head, kiosk_head_seq=one.seq + number % 3, forked=False,
            last_seen_ms=NOW_MS - number % 50 * 60_000,
        )
    )  # fmt: skip
    insert_entries(connection, one.rows)
    credited = list(credits_of(one, region_code))
    _load(connection, bank_line, BANK_COLUMNS, credited)
    for table, rows in beside(one).items():
        if rows:
            connection.execute(insert(table), rows)
    return one.lines, len(one.rows), len(credited)


def _load(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    names = ", ".join(columns)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    plain = [[x.isoformat() if hasattr(x, "isoformat") else x for x in row] for row in rows]
    driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", plain)
