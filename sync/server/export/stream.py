"""From the database into a file, without ever holding more than a page of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from sync.server.export import rows, stock
from sync.server.export.formats import SEPARATORS, CsvWriter, JsonLinesWriter, Writer
from sync.server.export.parquet import ParquetWriter
from sync.server.export.true_days import Page
from sync.server.export.walk import Chain, Wanted, begun, chains, hash_before, pages
from sync.server.export.xlsx import XlsxWriter
from sync.server.problems import ProblemError
from sync.server.schema import VISIT_TYPES, shop
from sync.server.store import Store
from sync.tables import JOURNAL, LINES, SALES, SHOPS, STOCK, VISITS, Row, Table

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/jsonl",
}
_PIECE_SIZE_BYTES = 64 * 1024

RowsOf = Callable[[Chain, Page], list[Row]]
OF_ENTRIES: dict[str, tuple[tuple[str, ...] | None, RowsOf | None]] = {
    SALES.name: (rows.SALE_TYPES, rows.sales_rows),
    LINES.name: (rows.SALE_TYPES, rows.lines_rows),
    VISITS.name: (VISIT_TYPES, rows.visits_rows),
    JOURNAL.name: (None, None),
}
"""Tables made of entries: the types they are of (None: all), and how each becomes rows."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file under way."""

    media_type: str
    pieces: Iterator[bytes]


def export(
    store: Store, table: Table, file_format: str, wanted: Wanted, *, separator: str = "comma"
) -> Export:
    """A file of that table, made while it is read.

    Raises:
        ProblemError: ``not_found`` for a shop that cannot be seen; ``bad_message`` for a
            separator that is none. Later than here nothing is refused any more.
    """
    if separator not in SEPARATORS:
        raise ProblemError("bad_message", "The separator is comma or semicolon.")
    listed = store.read(lambda connection: chains(connection, wanted))
    writer = _writer(table, file_format, separator)
    return Export(MEDIA_TYPES[file_format], _pieces(writer, batches(store, table, wanted, listed)))


def batches(
    store: Store, table: Table, wanted: Wanted, listed: Sequence[Chain]
) -> Iterator[list[Row]]:
    """All rows of a table, page by page."""
    if table is SHOPS:
        yield store.read(lambda connection: shop_rows(connection, wanted))
    elif table is STOCK:
        yield from stock.batches(store, wanted, listed)
    else:
        for one in listed:
            chain = store.read(lambda connection, one=one: begun(connection, one))  # type: ignore[misc]
            yield from _of_chain(store, table, chain, wanted)


def _of_chain(store: Store, table: Table, chain: Chain, wanted: Wanted) -> Iterator[list[Row]]:
    types, rows_of = OF_ENTRIES[table.name]
    if rows_of is None:
        yield from _journal(store, chain, wanted)
        return
    for page in pages(store, chain, wanted, types):
        yield rows_of(chain, page)


def _journal(store: Store, chain: Chain, wanted: Wanted) -> Iterator[list[Row]]:
    def before(seq: int) -> bytes:
        return store.read(lambda connection: hash_before(connection, chain, seq))

    last = (0, chain.link_hash)
    for page in pages(store, chain, wanted, None):
        yield journal_page(chain, page, last, before)
        last = (page.entries[-1].seq, page.entries[-1].hash)


def journal_page(
    chain: Chain, page: Page, last: tuple[int, bytes], before: Callable[[int], bytes]
) -> list[Row]:
    """Rows of the journal.

    Args:
        page: entries in order; those of other days may be missing between them.
        last: number and hash of the entry that was read before these.
        before: what an entry's hash follows, by the entry's number.
    """
    made: list[Row] = []
    start = 0
    last_seq, follows = last
    for place, one in enumerate(page.entries):
        if one.seq != last_seq + 1:
            made += rows.journal_rows(chain, page.part(start, place), follows)
            start, follows = place, before(one.seq)
        last_seq = one.seq
    return made + rows.journal_rows(chain, page.part(start), follows)


def _pieces(writer: Writer, found: Iterator[list[Row]]) -> Iterator[bytes]:
    """The file, in pieces that are worth sending."""
    piece = writer.start()
    for batch in found:
        piece += writer.rows(batch)
        if len(piece) >= _PIECE_SIZE_BYTES:
            yield piece
            piece = b""
    yield piece + writer.end()


def _writer(table: Table, file_format: str, separator: str) -> Writer:
    if file_format == "csv":
        return CsvWriter(table, SEPARATORS[separator])
    made: dict[str, Callable[[Table], Writer]] = {
        "jsonl": JsonLinesWriter,
        "xlsx": XlsxWriter,
        "parquet": ParquetWriter,
    }
    return made[file_format](table)


def shop_rows(connection: Connection, wanted: Wanted) -> list[Row]:
    """The shops of a part."""
    places = [wanted.scope.shops()]
    if wanted.region is not None:
        places.append(shop.c.region_code == wanted.region)
    if wanted.shop is not None:
        places.append(shop.c.slug == wanted.shop)
    statement = (
        select(shop.c.slug, shop.c.region_code, shop.c.name, shop.c.cause)
        .where(*places)
        .order_by(shop.c.shop_id)
    )
    return [tuple(row) for row in connection.execute(statement)]
