"""Taking a million lines home: rows a second and memory, against psql's ``\\copy``.

Each format is made in a process of its own, so that its peak is its own; ``\\copy`` takes the same
rows, which PostgreSQL makes of the same entries.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import make_url

from kiosk.domain import chain
from kiosk.domain.entries import CashTender, Entry, Sale, SaleLine, Stamp, encode
from sync.server import admin, migrate
from sync.server.accounts.roles import Scope
from sync.server.bulk import insert_entries
from sync.server.export import stream, walk
from sync.server.schema import kiosk_epoch, watermark
from sync.server.store import Store
from sync.tables import LINES
from tests.bench.centre_copy import COPY, ROWS, copy_rows_per_s, psql
from tests.bench.centre_ingest import database

FORMATS = ("csv", "parquet", "xlsx", "jsonl")
SHOPS, LINES_PER_SALE = 10, 3
SMALL, LARGE = "47", "71"
SMALL_SHOPS = 2
"""So many shops stand in a region of their own: their lines alone are the smaller export."""
DAY_MS = 86_400_000
NAMES = ("A.S.U. суы 0,5 л", "Самса", "Snickers", "Maxi шайы 0,5 л", "Тоқаш", "Қалам")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--lines", type=int, default=1_000_000, help="default: %(default)s")
    parser.add_argument("--only", choices=("pg", "sqlite"), help="one database alone")
    parser.add_argument("--rounds", type=int, default=1, help="of each; the best counts")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """All figures, on PostgreSQL and SQLite."""
    return measure(args.lines, args.rounds, args.only)


def measure(lines: int = 1_000_000, rounds: int = 1, only: str | None = None) -> dict[str, Any]:
    """Figures of both databases, or of one.

    ``export_ratio_csv`` and ``export_ratio_parquet``: to ``\\copy`` of the same rows, made by
    PostgreSQL of the same entries; ``…_flat`` to a table in which they lie ready.
    """
    figures: dict[str, Any] = {"export_lines": lines}
    for backend in ("pg", "sqlite"):
        if only not in (None, backend):
            continue
        with database(backend) as url:
            fill(url, lines)
            figures |= {f"{backend}_{name}": value for name, value in of(url, rounds).items()}
    for form in ("csv", "parquet"):
        for of_what, name in (("ratio", ""), ("flat_ratio", "_flat")):
            if (value := figures.get(f"pg_export_{form}_{of_what}")) is not None:
                figures[f"export_ratio_{form}{name}"] = value
    rates = [figures[x] for x in figures if x.endswith("export_xlsx_rows_per_s")]
    figures["export_xlsx_rows_per_s"] = min(rates)
    return figures


def of(url: str, rounds: int = 1) -> dict[str, Any]:
    """Figures of a database that is filled.

    ``export_<format>_rows_per_s``, ``export_<format>_rss_mb`` (peak of the process, above what it
    had before its first row), ``…_rss_fifth_mb`` and ``…_rss_growth_mb``: of a fifth of the rows, and
    what five times as many took more; and on PostgreSQL ``export_<format>_ratio``: to ``\\copy`` of the same
    rows from the same entries, and ``export_<format>_flat_ratio``: to ``\\copy`` of a table in
    which those rows lie ready, which the centre does not have.
    """
    figures: dict[str, Any] = {}
    copies: dict[str, float] = {}
    if make_url(url).get_backend_name() == "postgresql":
        copies["ratio"] = max(copy_rows_per_s(url, COPY) for _ in range(rounds))
        psql(url, f"CREATE UNLOGGED TABLE bench_flat AS {ROWS}")
        flat = "COPY bench_flat TO STDOUT (FORMAT CSV, HEADER)"
        copies["flat_ratio"] = max(copy_rows_per_s(url, flat) for _ in range(rounds))
        psql(url, "DROP TABLE bench_flat")
        figures["copy_rows_per_s"] = round(copies["ratio"])
        figures["copy_flat_rows_per_s"] = round(copies["flat_ratio"])
    for form in FORMATS:
        tries = [_in_own_process(url, form) for _ in range(rounds)]
        best = max(tries, key=lambda one: one["rows_per_s"])
        figures[f"export_{form}_rows_per_s"] = round(best["rows_per_s"])
        figures[f"export_{form}_rows_per_cpu_s"] = best["rows_per_cpu_s"]
        figures[f"export_{form}_rss_mb"] = max(one["rss_mb"] for one in tries)
        small = _in_own_process(url, form, SMALL)["rss_mb"]
        figures[f"export_{form}_rss_fifth_mb"] = small
        figures[f"export_{form}_rss_growth_mb"] = figures[f"export_{form}_rss_mb"] - small
        figures[f"export_{form}_first_byte_ms"] = best["first_byte_ms"]
        for name, rows_per_s in copies.items():
            figures[f"export_{form}_{name}"] = round(best["rows_per_s"] / rows_per_s, 2)
    return figures


def fill(url: str, lines: int) -> None:
    """Shops with sales of some lines each, straight into the tables."""
    store = Store(url)
    migrate.upgrade(store)
    sales = -(-lines // LINES_PER_SALE // SHOPS)
    for number in range(SHOPS):
        _fill_shop(store, number, sales)
    store.close()


def _fill_shop(store: Store, number: int, sales: int) -> None:
    key = Ed25519PrivateKey.generate()
    public_key = key.public_key().public_bytes_raw()
    kiosk_id = chain.kiosk_id_of(public_key)
    # Neither links nor signatures are read when lines are taken home: one signature does for all.
    signature = bytes(64)

    def place(connection: Connection) -> int:
        shop_id = admin.add_shop(
            connection,
            slug=f"shop-{number}",
            name="Дүкен",
            region_code=SMALL if number < SMALL_SHOPS else LARGE,
            cause="",
            now_ms=1,
        )
        here = {"shop_id": shop_id, "kiosk_id": kiosk_id, "epoch": 1}
        connection.execute(
            insert(kiosk_epoch).values(
                **here, public_key=public_key, link_hash=chain.GENESIS, status="approved",
                token_hash=b"", enrolled_ms=1,
            )
        )  # fmt: skip
        connection.execute(
            insert(watermark).values(
                **here, seq=0, head_hash=b"", kiosk_head_seq=0, forked=False, last_seen_ms=1
            )
        )
        return shop_id

    shop_id = store.write(place)
    for start in range(1, sales + 1, 20_000):
        rows = []
        for seq in range(start, min(start + 20_000, sales + 1)):
            payload, at_ms = _payload(seq)
            digest = chain.entry_hash(kiosk_id, 1, seq, chain.GENESIS, payload)
            rows.append(
                (shop_id, kiosk_id, 1, seq, "sale", at_ms, True, at_ms, digest, signature, payload)
            )
        store.write(lambda connection, rows=rows: insert_entries(connection, rows))  # type: ignore[misc]
    store.write(
        lambda connection: connection.execute(
            update(watermark).where(watermark.c.shop_id == shop_id).values(seq=sales)
        )
    )


def _payload(seq: int) -> tuple[bytes, int]:
    lines = tuple(
        SaleLine(
            NAMES[(seq + n) % len(NAMES)], 180 + 10 * n, 1 + (seq + n) % 2, f"product-{n}",
            f"0487000115793{n}",
        )
        for n in range(LINES_PER_SALE)
    )  # fmt: skip
    at_ms = 1_790_000_000_000 + seq * 61_000
    total_tenge = sum(line.total_tenge for line in lines)
    body = Sale(f"{seq:032x}", "kk", lines, total_tenge, CashTender(None))
    return encode(Entry(body, Stamp(at_ms, "boot", seq))), at_ms


def _in_own_process(url: str, form: str, region_code: str = "") -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.centre_export", url, form, region_code],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _export_once(url: str, form: str, region_code: str) -> dict[str, Any]:
    store = Store(url)
    wanted = walk.Wanted(Scope(region_code=region_code or None))
    listed = store.read(lambda connection: walk.chains(connection, wanted))
    rows = sum(one.seq for one in listed) * LINES_PER_SALE
    store.read(lambda connection: connection.execute(select(1)))
    rss_before_kb = _peak_kb()
    with tempfile.TemporaryFile() as out:
        begun, cpu_begun = time.perf_counter(), time.process_time()
        made = stream.export(store, LINES, form, wanted)
        first_s = 0.0
        for piece in made.pieces:
            first_s = first_s or time.perf_counter() - begun
            out.write(piece)
        took_s = time.perf_counter() - begun
        cpu_s = time.process_time() - cpu_begun
        size_mb = out.tell() / 1e6
    store.close()
    return {
        "rows_per_s": rows / took_s,
        "rows_per_cpu_s": round(rows / cpu_s),
        "first_byte_ms": round(first_s * 1000),
        "rss_mb": round((_peak_kb() - rss_before_kb) / 1024),
        "size_mb": round(size_mb),
    }


def _peak_kb() -> int:
    """Of this program alone; getrusage still has what the parent had before exec."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(x for x in status.splitlines() if x.startswith("VmHWM:"))
    return int(line.split()[1])


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    print(json.dumps(_export_once(*sys.argv[1:4])))
