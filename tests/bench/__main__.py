"""Measures what the issues ask for: ``python -m tests.bench <name>``.

A bench is a module of this folder with ``add_arguments(parser)`` and ``run(args) -> dict``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import kiosk.scanner  # noqa: F401  numpy, which comes later, shall have one thread as in a kiosk

EXAMPLES = """examples:
  python -m tests.bench change                 all boxes, a table, then one line of figures
  python -m tests.bench change --boxes 2000    a quick look
  python -m tests.bench floor --json           one line of JSON last
"""
_IS_A_BENCH = re.compile(r"^def add_arguments\(.*^def run\(", re.MULTILINE | re.DOTALL)


def bench_names() -> list[str]:
    """Modules here that are benches; the others only help one."""
    files = sorted(Path(__file__).parent.glob("[a-z]*.py"))
    return [file.stem for file in files if _IS_A_BENCH.search(file.read_text(encoding="utf-8"))]


def main(words: list[str] | None = None) -> int:
    """Runs one bench and prints its figures."""
    args = _parser().parse_args(words)
    figures: dict[str, Any] = args.run(args)
    if args.json:
        print(json.dumps(figures))
        return 0
    table = Table("figure", "value", title=args.bench)
    for name, value in figures.items():
        table.add_row(name, str(value))
    Console().print(table)
    print(" ".join(f"{name}={value}" for name, value in figures.items()))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measures the kiosk. Each bench prints one line with its figures last.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    benches = parser.add_subparsers(dest="bench", required=True, metavar="BENCH")
    for name in bench_names():
        module = importlib.import_module(f"tests.bench.{name}")
        first_line = (module.__doc__ or "").partition("\n")[0]
        bench = benches.add_parser(
            name,
            help=first_line,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(bench)
        bench.add_argument("--json", action="store_true", help="one line of JSON last, no table")
        bench.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
