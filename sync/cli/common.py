"""What all commands share: where data lies, how results are printed."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

Command = Callable[[argparse.Namespace], int]
DONE, WRONG = 0, 1
"""Exit codes: all is well; something was found or refused. argparse itself exits with 2."""

DATABASE_VARIABLE = "ADAL_DATABASE_URL"


def add_parser(
    subparsers: Any, name: str, run: Command, summary: str, examples: str
) -> argparse.ArgumentParser:
    """A command with its help, its examples and ``--json``."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    parser.set_defaults(run=run)
    return parser


def add_database_options(parser: argparse.ArgumentParser) -> None:
    """``--db`` and ``--data``: which database a server command works on."""
    parser.add_argument(
        "--db",
        metavar="URL",
        default=os.environ.get(DATABASE_VARIABLE),
        help="sqlite:////file or postgresql://user@host/name; "
        f"from {DATABASE_VARIABLE} when not given, else adal.db in the data folder",
    )
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        default=platformdirs.user_data_path("adal-centre"),
        help="data folder of the central server (default: %(default)s)",
    )


def database_url(options: argparse.Namespace) -> str:
    """The database that was asked for; its folder is made, for this user alone.

    Shoppers' words lie in it.
    """
    if options.db:
        return str(options.db)
    folder: Path = options.data
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{folder.absolute() / 'adal.db'}"


def show(options: argparse.Namespace, result: dict[str, Any], text: str) -> None:
    """Prints a result, for a person or for a program."""
    print(msgspec.json.encode(result).decode() if options.json else text, flush=True)
