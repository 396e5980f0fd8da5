"""``adal-sync report``: a region's week as a PDF, from the server's own database."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sync.cli.common import DONE, add_database_options, add_parser, show
from sync.cli.writing import write
from sync.server.accounts.roles import Scope
from sync.server.export import weekly, weekly_pdf
from sync.server.texts import LANGUAGE_DEFAULT, LANGUAGES


def add_commands(subparsers: Any) -> None:
    """Adds report."""
    parser = add_parser(
        subparsers,
        "report",
        report,
        "write a region's week as a PDF",
        "  adal-sync report --region 47 --week 2026-W47 --out mangystau.pdf\n"
        "  adal-sync report --region 47 --week 2026-W47 --language ru --out mangystau-ru.pdf",
    )
    parser.add_argument("--region", required=True, help="two digits, as 47 for Mangystau")
    parser.add_argument("--week", required=True, help="year and ISO week, as 2026-W47")
    parser.add_argument("--out", required=True, type=Path, help="the PDF file")
    parser.add_argument(
        "--language", choices=tuple(LANGUAGES), default=LANGUAGE_DEFAULT, help="%(default)s if not"
    )
    add_database_options(parser)


def report(options: argparse.Namespace) -> int:
    """Writes the report."""
    first_day = weekly.first_day_of(options.week)

    def work(connection: Connection, _now_ms: int) -> weekly.RegionWeek:
        return weekly.report(connection, Scope(), options.region, first_day)

    made = weekly_pdf.pdf(write(options, work), options.language)
    out: Path = options.out
    fresh = out.with_name(f"{out.name}.part")
    fresh.write_bytes(made)
    fresh.replace(out)
    show(
        options,
        {"out": str(out), "size_bytes": len(made)},
        f"Week {options.week} of region {options.region}: {out}",
    )
    return DONE
