"""How fast journals go in, against a bare bulk load of the same rows in the same run."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateTable

from sync.server.bulk import COLUMNS, EntryRow
from sync.server.rollups import rebuild
from sync.server.schema import entry
from sync.server.store import Store
from tests.bench.centre_load import BATCH_ROWS, LoadKiosk, add_shops, load_kiosk, send_all, serving
from tests.private_postgres import PrivatePostgres, find_programs

KIOSKS = 8


def measure(backend: str, batches: int, rounds: int) -> dict[str, Any]:
    """Figures of one database: ``sqlite`` or ``pg``.

    ``…_ingest_ratio``: rows/s over HTTP with four clients ÷ rows/s of the bare load of all rows in
    one transaction; ``…_ingest_ratio_batches`` the same with the bare load committing each batch.
    Both sides take turns; the median counts. Kiosks are other machines: what they send is made
    before the clock runs, down to the requests' bytes. Yet they, the server and the database share
    this machine's cores, while the bare load has them to itself.
    """
    ours, bare, bare_batches, replays, eight = [], [], [], [], []
    for number in range(rounds):
        with database(backend) as url:
            found = _one_round(url, batches, clients=4)
            rows = _rows(found["kiosks"])
            ours.append(len(rows) / found["seconds"])
            replays.append(found["seconds"] / found["replay_seconds"])
            bare.append(len(rows) / _bare(url, rows, len(rows)))
            bare_batches.append(len(rows) / _bare(url, rows, BATCH_ROWS))
        if number == 0:
            with database(backend) as url:
                found = _one_round(url, max(1, batches // 2), clients=8)
                eight.append(found["rows"] / found["seconds"])
    return {
        f"{backend}_ingest_ratio": round(statistics.median(ours) / statistics.median(bare), 3),
        f"{backend}_ingest_ratio_batches": round(
            statistics.median(ours) / statistics.median(bare_batches), 3
        ),
        f"{backend}_ingest_rows_s": round(statistics.median(ours)),
        f"{backend}_bare_rows_s": round(statistics.median(bare)),
        f"{backend}_bare_batches_rows_s": round(statistics.median(bare_batches)),
        f"{backend}_replay_ratio": round(statistics.median(replays), 2),
        f"{backend}_eight_clients_rows_s": round(eight[0]),
    }


def _one_round(url: str, batches: int, clients: int) -> dict[str, Any]:
    store = Store(url)
    try:
        shops = add_shops(store, KIOSKS)
        with serving(url) as server_url:
            kiosks = [load_kiosk(server_url, *one, batches) for one in shops]
            took_s = send_all(server_url, kiosks, clients)
            before = _count(store)
            replay_s = send_all(server_url, kiosks, clients)
        if _count(store) != before or before != KIOSKS * batches * BATCH_ROWS:
            raise RuntimeError(f"{before} rows, then {_count(store)}; a replay must add none.")
        wrong = rebuild.check(store)
        if wrong:
            raise RuntimeError(f"The sums are wrong: {wrong[0]}")
        return {"kiosks": kiosks, "rows": before, "seconds": took_s, "replay_seconds": replay_s}
    finally:
        store.close()


def _count(store: Store) -> int:
    return store.read(lambda c: c.execute(select(func.count()).select_from(entry)).scalar_one())


def _rows(kiosks: Sequence[LoadKiosk]) -> list[EntryRow]:
    return [
        (number, x.kiosk_id, 1, x.seq, "sale", 1, True, 1, x.hash, x.signature, x.payload)
        for number, kiosk in enumerate(kiosks, 1)
        for x in kiosk.entries
    ]


def _bare(url: str, rows: Sequence[EntryRow], commit_every: int) -> float:
    """Seconds of a bare load into a table like ``entry``, with its key."""
    load = _bare_sqlite if url.startswith("sqlite") else _bare_postgres
    pieces = [rows[n : n + commit_every] for n in range(0, len(rows), commit_every)]
    return load(url, pieces)


def _bare_sqlite(url: str, pieces: Sequence[Sequence[EntryRow]]) -> float:
    link = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    link.execute("PRAGMA journal_mode=WAL")
    link.execute("PRAGMA synchronous=FULL")
    link.execute("DROP TABLE IF EXISTS bare")
    link.execute(str(CreateTable(entry)).replace("CREATE TABLE entry", "CREATE TABLE bare"))
    statement = f"INSERT INTO bare VALUES ({', '.join('?' * len(COLUMNS))})"
    began_s = time.perf_counter()
    for piece in pieces:
        link.execute("BEGIN IMMEDIATE")
        link.executemany(statement, piece)
        link.execute("COMMIT")
    took_s = time.perf_counter() - began_s
    link.close()
    return took_s


def _bare_postgres(url: str, pieces: Sequence[Sequence[EntryRow]]) -> float:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as link:
        link.execute("DROP TABLE IF EXISTS bare")
        link.execute("CREATE TABLE bare (LIKE entry INCLUDING INDEXES)")
        began_s = time.perf_counter()
        for piece in pieces:
            with link.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
                for row in piece:
                    copy.write_row(row)
        return time.perf_counter() - began_s


@contextmanager
def database(backend: str) -> Iterator[str]:
    if backend == "sqlite":
        with tempfile.TemporaryDirectory(prefix="adal-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'adal.db'}"
        return
    programs = find_programs()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed here.")
    with PrivatePostgres(programs) as postgres, postgres.new_database() as url:
        yield url
