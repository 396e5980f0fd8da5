"""The centre's figures: journals in, replay, dashboards' queries, exports.

Everything goes through the real server over HTTP and both real databases. Where a figure is a
ratio, both sides take turns in the same run.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import Progress

from tests.bench import centre_export, centre_ingest, centre_queries

INGEST, QUERIES, EXPORT = "ingest", "queries", "export"
PARTS = ("pg", "sqlite", QUERIES, EXPORT)
FULL_PG_LINES, FULL_SQLITE_LINES = 10_000_000, 2_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument(
        "--only",
        choices=(INGEST, *PARTS),
        action="append",
        help="only this part; repeatable; ingest is pg and sqlite",
    )
    parser.add_argument(
        "--batches", type=int, default=25, help="batches of 200 sales a kiosk, of 8 (default 25)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of ingest (default 3)")
    parser.add_argument(
        "--full",
        action="store_true",
        help="10,000,000 lines on PostgreSQL and 2,000,000 on SQLite to query, 1,000,000 to export",
    )
    parser.add_argument(
        "--sqlite-lines", type=int, help="lines to query (default 200,000; 0: not SQLite)"
    )
    parser.add_argument(
        "--pg-lines", type=int, help="lines to query (default 500,000; 0: not PostgreSQL)"
    )
    parser.add_argument(
        "--pg-url",
        default="",
        help="a PostgreSQL database for the queries: filled if it is empty, kept and used again",
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """All figures asked for."""
    asked = args.only or PARTS
    wanted = [x for x in PARTS if x in asked or (x in ("pg", "sqlite") and INGEST in asked)]
    figures: dict[str, Any] = {}
    with Progress(console=Console(stderr=True)) as bar:
        all_parts = bar.add_task("Measuring", total=len(wanted))
        for part in wanted:
            figures |= _parts(args, bar)[part]()
            bar.advance(all_parts)
    ratios = [figures[name] for name in figures if name.endswith("_replay_ratio")]
    if ratios:
        figures["replay_ratio"] = min(ratios)
    return figures


def _parts(args: argparse.Namespace, bar: Progress) -> dict[str, Callable[[], dict[str, Any]]]:
    return {
        "pg": lambda: centre_ingest.measure("pg", args.batches, args.rounds),
        "sqlite": lambda: centre_ingest.measure("sqlite", args.batches, args.rounds),
        QUERIES: lambda: _queries(args, bar),
        EXPORT: lambda: centre_export.measure(1_000_000 if args.full else 200_000),
    }


def _queries(args: argparse.Namespace, bar: Progress) -> dict[str, Any]:
    filling = bar.add_task("Filling", total=None)

    def tell(what: str, done: int, total: int) -> None:
        bar.update(filling, description=f"Filling: {what}", completed=done, total=total)

    sqlite_lines, pg_lines = args.sqlite_lines, args.pg_lines
    if sqlite_lines is None:
        sqlite_lines = FULL_SQLITE_LINES if args.full else 200_000
    if pg_lines is None:
        pg_lines = FULL_PG_LINES if args.full else 500_000
    return centre_queries.measure(
        sqlite_lines=sqlite_lines, pg_lines=pg_lines, pg_url=args.pg_url, tell=tell
    )
