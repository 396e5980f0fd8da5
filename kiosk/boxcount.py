"""``python -m kiosk count``: says what was counted in the cash box, from a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk.domain.entries import CashCount
from kiosk.domain.errors import MoneyError
from kiosk.domain.money import Denomination, Pieces, format_tenge

EXAMPLES = """examples:
  python -m kiosk count n1000=2 n500=4 c200=6 c100=10 c50=12
  python -m kiosk count            the box is empty
"""


def add_command(subparsers: Any, directory: Path, kinds: Sequence[Denomination]) -> None:
    """Adds ``count`` to the command line.

    ``directory`` is where the journal lives; ``kinds`` are the notes and coins that circulate.
    """
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "count",
        help="write into the journal what was counted in the cash box",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "pieces", nargs="*", metavar="PIECE=COUNT", help="n500=4: four notes of 500; c20: coins"
    )
    parser.add_argument("--by", default="operator", help="who counted (a short id, not a name)")
    parser.set_defaults(run=lambda options: _count(options, directory, kinds))


def parse_pieces(words: list[str]) -> Pieces:
    """``["n500=4", "c20=10"]`` → pieces.

    Raises:
        MoneyError: for a word that says no such thing, or the same piece twice.
    """
    counts: dict[Denomination, int] = {}
    for word in words:
        code, _, count = word.partition("=")
        denomination = Denomination.from_code(code)
        if not (count.isascii() and count.isdigit()) or denomination in counts:
            raise MoneyError(f"{word!r} is not a count; write each piece once, like n500=4.")
        counts[denomination] = int(count)
    return Pieces(counts)


def _refuse_strange(pieces: Pieces, kinds: Sequence[Denomination]) -> None:
    """A slip of the finger must not stand in the journal for ever."""
    strange = [piece.code for piece in pieces if piece not in kinds]
    if strange:
        raise MoneyError(
            f"There is no {', '.join(strange)} by config.toml; "
            f"allowed: {', '.join(kind.code for kind in kinds)}."
        )


def _count(options: argparse.Namespace, directory: Path, kinds: Sequence[Denomination]) -> int:
    from kiosk.journal import Journal

    pieces = parse_pieces(options.pieces)
    _refuse_strange(pieces, kinds)
    journal = Journal.open(directory)
    try:
        expected_tenge = journal.ledger.box.expected_tenge
        stored = journal.append(CashCount(pieces.to_codes(), options.by)).result()
    finally:
        journal.close()
    difference_tenge = pieces.total_tenge - expected_tenge
    sys.stdout.write(
        f"Counted: {format_tenge(pieces.total_tenge)}. Expected: {format_tenge(expected_tenge)}. "
        f"Difference: {format_tenge(difference_tenge)}. Entry {stored.seq}, {stored.receipt}.\n"
    )
    return 0
