"""The centre's figures: journals in, replay, dashboards' queries, exports.

Everything goes through the real server over HTTP and both real databases. Where a figure is a
ratio, both sides take turns in the same run.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import track

from tests.bench import centre_ingest

PARTS = ("pg", "sqlite", "queries", "export")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; repeatable")
    parser.add_argument(
        "--batches", type=int, default=25, help="batches of 200 sales a kiosk, of 8 (default 25)"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of ingest (default 3)")
    parser.add_argument(
        "--sqlite-lines", type=int, default=2_000_000, help="lines to query (default 2,000,000)"
    )
    parser.add_argument(
        "--pg-lines", type=int, default=10_000_000, help="lines to query (default 10,000,000)"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """All figures asked for."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "pg": lambda: centre_ingest.measure("pg", args.batches, args.rounds),
        "sqlite": lambda: centre_ingest.measure("sqlite", args.batches, args.rounds),
        "queries": lambda: _queries(args),
        "export": _export,
    }
    wanted = args.only or PARTS
    figures: dict[str, Any] = {}
    for part in track(wanted, description="Measuring", console=Console(stderr=True)):
        figures |= parts[part]()
    ratios = [figures[name] for name in figures if name.endswith("_replay_ratio")]
    if ratios:
        figures["replay_ratio"] = min(ratios)
    return figures


def _queries(args: argparse.Namespace) -> dict[str, Any]:
    from tests.bench import centre_queries

    return centre_queries.measure(sqlite_lines=args.sqlite_lines, pg_lines=args.pg_lines)


def _export() -> dict[str, Any]:
    """Exports have a bench of their own."""
    if importlib.util.find_spec("tests.bench.centre_export") is None:
        return {}
    module = importlib.import_module("tests.bench.centre_export")
    figures: dict[str, Any] = module.measure()
    return figures
