"""``adal-sync pull``: numbers taken home by a program, again and again."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from kiosk.domain.errors import SyncError
from sync import pull
from sync.cli.common import DONE, add_parser, show

TOKEN_VARIABLE = "ADAL_TOKEN"  # noqa: S105  a variable's name


def add_commands(subparsers: Any) -> None:
    """Adds pull."""
    parser = add_parser(
        subparsers,
        "pull",
        pull_numbers,
        "take numbers home as CSV, JSON lines or Parquet; goes on where it stopped",
        "  adal-sync pull --since last --out sales.csv               each time only what is new\n"
        "  adal-sync pull --what lines --since 2026-11-01 --out lines.parquet\n"
        "  adal-sync pull --what journal --since 1 --shop aktau-tsc --out journal.jsonl\n"
        "  adal-sync verify journal.jsonl                            checks that journal offline\n"
        "\n"
        "exit codes: 0 all is there; 1 refused, no connection, or the file is of another\n"
        "question (say the same again and it goes on); 2 misused; 130 stopped with Ctrl+C",
    )
    parser.add_argument(
        "--what",
        choices=pull.TABLES,
        default="sales",
        help="which table (default: %(default)s); columns: /exports",
    )
    parser.add_argument(
        "--since",
        required=True,
        metavar="DATE|SEQ|last",
        help="first day in Kazakhstan, the first entry number of each kiosk, or last: add to the "
        "file what came since it was taken (all of it the first time)",
    )
    parser.add_argument("--out", required=True, type=Path, help="a .csv, .jsonl or .parquet file")
    parser.add_argument("--shop", help="only this shop, by its short name")
    parser.add_argument("--region", help="only this region, by its two digits")
    parser.add_argument(
        "--server", default="http://127.0.0.1:8484", metavar="URL", help="default: %(default)s"
    )
    parser.add_argument(
        "--token", help=f"made on the centre's page Downloads; else from {TOKEN_VARIABLE}"
    )


def pull_numbers(options: argparse.Namespace) -> int:
    """Takes numbers home."""
    token = options.token or os.environ.get(TOKEN_VARIABLE)
    if not token:
        raise SyncError(
            f"Give a token with --token or in {TOKEN_VARIABLE}; make one on the centre's page "
            "Downloads."
        )
    asked = question_of(options)
    with Bar(options.what) as advance, pull.PullCentre(options.server, token) as centre:
        taken = pull.pull(centre, options.server, asked, options.out, advance)
    show(
        options,
        {"new_rows": taken.new_rows, "rows": taken.rows, "out": str(options.out)},
        f"{taken.new_rows} new rows of {options.what}; {taken.rows} in {options.out}.",
    )
    return DONE


def question_of(options: argparse.Namespace) -> pull.Question:
    """What was asked for."""
    is_more = options.since == pull.LAST
    only = {"shop": options.shop, "region": options.region}
    return pull.Question(
        options.what,
        {} if is_more else pull.since(options.since),
        {name: value for name, value in only.items() if value},
        is_more,
    )


class Bar:
    """A progress bar on a terminal's error channel; silent elsewhere."""

    def __init__(self, what: str) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn(what),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Callable[[int, int | None], None]:
        """Starts it, and gives what moves it."""
        self._progress.start()
        task = self._progress.add_task("", total=None)

        def advance(done: int, total: int | None) -> None:
            self._progress.update(task, completed=done, total=total)

        return advance

    def __exit__(self, *_: object) -> None:
        """Takes it away."""
        self._progress.stop()
