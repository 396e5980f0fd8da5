"""Catalogues for measuring refusal: real codes among codes that differ from them by a digit."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from kiosk.domain.barcode import check_digit
from kiosk.scanner.known import KnownCodes

SIZE = 300
NEAR_TWINS = 20
PREFIXES = ("487", "487", "487", "460", "469", "482", "400", "590", "978", "690", "00", "01", "07")


def full_catalogue(codes: Iterable[str], seed: int) -> KnownCodes:
    """All those codes, near-twins of them until there are 300, at least one for each."""
    true = sorted(set(codes))
    draw = random.Random(seed)
    wanted = max(SIZE, 2 * len(true))
    chosen = set(true)
    if not true:
        return _catalogue(_strangers(draw, SIZE))
    while len(chosen) < wanted:
        chosen.add(_near_twin(true[draw.randrange(len(true))], draw))
    return _catalogue(chosen)


def without_its_code(true: str, codes: Iterable[str], seed: int) -> KnownCodes:
    """300 codes without the true one: 20 near-twins of it, the other codes, strangers."""
    draw = random.Random(f"{seed} {true}")
    chosen: set[str] = set()
    while len(chosen) < NEAR_TWINS:
        chosen.add(_near_twin(true, draw))
    chosen |= set(codes)
    chosen.discard(true)
    if len(chosen) < SIZE:
        chosen |= set(_strangers(draw, SIZE - len(chosen)))
    return _catalogue(chosen - {true})


def _catalogue(codes: Iterable[str]) -> KnownCodes:
    return KnownCodes({code: f"product {code}" for code in sorted(codes)})


def _near_twin(code: str, draw: random.Random) -> str:
    """Another code of the same length: one digit changed, or the last three before the check."""
    digits = _digits(code)
    payload = list(digits[:-1])
    places = [draw.randrange(1, len(payload))]
    if draw.random() < 0.3:
        places = list(range(len(payload) - 3, len(payload)))
    for place in places:
        payload[place] = draw.choice([d for d in "0123456789" if d != payload[place]])
    changed = "".join(payload)
    return (changed + check_digit(changed)).zfill(14)


def _digits(code: str) -> str:
    """As it stands on the pack: 8, 12 or 13 digits."""
    for length in (8, 12, 13):
        if not code[:-length].strip("0"):
            return code[-length:]
    return code


def _strangers(draw: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        payload = draw.choice(PREFIXES)
        payload += "".join(draw.choice("0123456789") for _ in range(12 - len(payload)))
        yield (payload + check_digit(payload)).zfill(14)
