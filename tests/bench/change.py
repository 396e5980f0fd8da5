"""Change-making against a brute force that shares no code with it, over random boxes.

Each box is poured, kind by kind, into a table of the best way to every amount (numpy, nothing
clever); make_change must give an answer of the same worth, piece count and scarcity, or none where
there is none. Small boxes are nearly empty, where change is hard; full ones hold up to 50 of each
kind and are asked for up to 20,000 ₸ and timed: the least of three calls, since what else the
machine does meanwhile is no part of it.

    python -m tests.bench change
    python -m tests.bench change --boxes 2000 --json
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.progress import track

from kiosk.domain.change import make_change
from kiosk.domain.money import Denomination, Pieces, coin, note
from tests.domain.brute_change import Kind, cost_of_taking, rank, worth

BOXES = 100_000
FULL_BOX_IN = 10
"""One box in so many is a full one: its table is a thousand times the work of a small one's."""
AMOUNTS_OF_A_FULL_BOX = 4

KINDS: tuple[Denomination, ...] = (
    *(note(value) for value in (20000, 10000, 5000, 2000, 1000, 500, 200)),
    *(coin(value) for value in (200, 100, 50, 20, 10, 5, 2, 1)),
)
ONE_PIECE = 10**9
"""In the table's keys a piece outweighs any scarcity, so smaller keys are better answers."""
NO_WAY = np.iinfo(np.int64).max // 2


@dataclass(frozen=True)
class Size:
    """What boxes of one size hold, and what they are asked for."""

    name: str
    value_tenge_max: int
    count_max: int
    chance_of_a_kind: float
    amount_tenge_max: int


SMALL = Size("small", 200, 3, 0.6, 400)
MEDIUM = Size("medium", 1000, 10, 0.7, 2000)
FULL = Size("full", 20000, 50, 1.0, 20000)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--boxes", type=int, default=BOXES, help=f"boxes to try (default {BOXES})")
    parser.add_argument("--seed", type=int, default=2026, help="another seed, other boxes")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Tries all boxes; gives the figures."""
    dice = random.Random(args.seed)
    mismatches: list[str] = []
    took_s: list[float] = []
    impossible = tried = 0
    quiet = args.json or not sys.stdout.isatty()
    for number in track(range(args.boxes), "boxes", transient=True, disable=quiet):
        size = FULL if number % FULL_BOX_IN == 0 else SMALL if number % 3 else MEDIUM
        pool = _box(dice, size) + _tendered(dice, size)
        kinds = [(d.value_tenge, pool[d]) for d in KINDS if pool[d]]
        amounts = list(_amounts(dice, size, kinds))
        best = best_keys(max(amounts), kinds)
        for amount_tenge in amounts:
            change = make_change(amount_tenge, pool)
            if size is FULL:
                took_s.append(_least_s(amount_tenge, pool))
            tried += 1
            impossible += change is None
            if _key(change, kinds, amount_tenge, pool) != int(best[amount_tenge]):
                mismatches.append(f"{amount_tenge} from {pool}: {change}")
    for mismatch in mismatches[:20]:
        print("MISMATCH", mismatch)
    p50_s, p99_s = np.percentile(took_s, [50, 99])
    return {
        "boxes": args.boxes,
        "amounts": tried,
        "impossible": impossible,
        "mismatches": len(mismatches),
        "full_boxes_timed": len(took_s),
        "change_p50_ms": round(float(p50_s) * 1e3, 3),
        "change_p99_ms": round(float(p99_s) * 1e3, 3),
        "change_max_ms": round(max(took_s) * 1e3, 3),
    }


def _least_s(amount_tenge: int, pool: Pieces) -> float:
    """Seconds that one answer takes, the least of three calls."""

    def once_s() -> float:
        started_s = time.perf_counter()
        make_change(amount_tenge, pool)
        return time.perf_counter() - started_s

    return min(once_s() for _ in range(3))


def best_keys(limit: int, kinds: list[Kind]) -> npt.NDArray[np.int64]:
    """For each amount up to ``limit``: pieces × ONE_PIECE + scarcity of the best way, or NO_WAY."""
    best = np.full(limit + 1, NO_WAY, dtype=np.int64)
    best[0] = 0
    for value, stock in kinds:
        before = best.copy()
        for taken in range(1, min(stock, limit // value) + 1):
            key = taken * ONE_PIECE + cost_of_taking(stock, taken)
            shifted = before[: limit + 1 - taken * value] + key
            np.minimum(best[taken * value :], shifted, out=best[taken * value :])
    best[best >= NO_WAY] = NO_WAY
    return best


def _key(change: Pieces | None, kinds: list[Kind], amount_tenge: int, pool: Pieces) -> int:
    """The answer's key; -1 for an answer of another amount, or of pieces that are not there."""
    if change is None:
        return int(NO_WAY)
    answer = [change[d] for d in KINDS if pool[d]]
    too_many = any(taken > stock for taken, (_, stock) in zip(answer, kinds, strict=True))
    if too_many or sum(answer) != change.count or worth(kinds, answer) != amount_tenge:
        return -1
    pieces, cost = rank(kinds, answer)
    return pieces * ONE_PIECE + cost


def _box(dice: random.Random, size: Size) -> Pieces:
    return Pieces(
        {
            kind: dice.randint(0, size.count_max)
            for kind in KINDS
            if kind.value_tenge <= size.value_tenge_max and dice.random() < size.chance_of_a_kind
        }
    )


def _tendered(dice: random.Random, size: Size) -> Pieces:
    possible = [kind for kind in KINDS if kind.value_tenge <= 5 * size.value_tenge_max]
    return Pieces.of(dice.choices(possible, k=dice.randint(0, 3)))


def _amounts(dice: random.Random, size: Size, kinds: list[Kind]) -> Iterator[int]:
    for _ in range(AMOUNTS_OF_A_FULL_BOX if size is FULL else 1):
        # Half of them are known to come out; the rest may be impossible.
        amount = dice.randint(1, size.amount_tenge_max)
        some = sum(value * dice.randint(0, stock) for value, stock in kinds if dice.random() < 0.5)
        yield some if dice.random() < 0.5 and some <= size.amount_tenge_max else amount
