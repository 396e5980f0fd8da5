"""First guesses by matching digits one after another wherever they may lie on a profile.

Every part of a code (guards and digits) is compared with the profile at every place, light and
contrast left free for each; a chain of parts in the right order, each about as long as it should
be, is then found by dynamic programming. Curved packs and uneven light do no harm.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kiosk.scanner.likelihood.optics import BLURS, Blur
from kiosk.scanner.likelihood.profile import Profiles
from kiosk.scanner.likelihood.templates import PATTERNS, Floats, Layout

_K = 2
"""Samples a module."""
_BLUR_NUMBERS = (2, 7)
_BLURS = tuple(BLURS[number] for number in _BLUR_NUMBERS)
_SLACKS = (-1, 0, 1)
"""Samples by which a part may be longer or shorter than it should be."""
_SLACK_COST = 0.04
_NOISE_SHARE = 0.15
"""Of the whole profile's deviation: a window with less says nothing."""
_LENGTHS = np.geomspace(80, 165, 12) / 95
"""Widths of a region in lengths of the code: regions end early on thin bars or take in more."""
_QUIET = 4
_FAR = np.float32(1e3)
_COST_MAX = 0.65
"""Chains that match worse are chance; stripes and letters give 0.6 to 0.9."""


@dataclass(frozen=True, slots=True)
class Chain:
    """`warp` (4,): the cubic that leads t = 0 … 1 from the first bar to the last, in samples of
    the profile, or of its reverse if `turned`; `patterns` (digits,) by number; `blur` a number in
    the bank; `cost` 0 to 1 a part."""

    warp: NDArray[np.float64]
    patterns: NDArray[np.intp]
    blur: int
    turned: bool
    cost: float


def chains(profiles: Profiles, layout: Layout, count: int) -> list[Chain]:
    """The best chains on profile 0 and on its reverse, one for each module width tried."""
    profile = profiles.bands[0]
    steps = profiles.width / (layout.modules * _LENGTHS * _K)
    rows = _resampled(profile, steps)
    starts, costs = _best_chains(rows, layout)
    best = np.argsort(costs, kind="stable")[:count]
    best = best[costs[best] < _COST_MAX]
    widths = len(steps)
    found = []
    for row in best:
        warp = _warp((starts[row] + 0.5) * steps[row % widths], layout)
        patterns, blur = _looks(rows[row], starts[row], layout)
        found.append(Chain(warp, patterns, blur, bool(row >= widths), float(costs[row])))
    return found


def _resampled(profile: Floats, steps: NDArray[np.float64]) -> Floats:
    """Blackness (2 W, places) at W step widths, forwards and then reversed; edges go on."""
    places = int(len(profile) / steps.min())
    x = np.arange(places) * steps[:, None]
    grid = np.arange(len(profile))
    forwards = np.interp(x, grid, profile)
    backwards = np.interp(x, grid, profile[::-1])
    return -np.concatenate([forwards, backwards]).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the code from module `start` with its possible looks (C, samples), each
    without mean and of length one; `kind` is the same for parts that look alike."""

    start: int
    kind: str
    shapes: Floats


@cache
def parts_of(layout: Layout) -> tuple[_Part, ...]:
    """From left to right. The nearest module of a digit's neighbours is known for sure: sets A
    and B stand between a bar and a space, set C between a space and a bar."""
    parts = []
    for start, own in zip(layout.digits, layout.sets, strict=True):
        left, right = ("0", "1") if own.start == 20 else ("1", "0")
        patterns = PATTERNS[own.start : own.stop]
        parts.append(_part(start - 1, tuple(f"{left}{bits}{right}" for bits in patterns)))
    last = len(layout.guards) - 1
    for number, (start, bits) in enumerate(layout.guards):
        if number == 0:
            parts.append(_part(start - _QUIET, ("0" * _QUIET + bits + "0",)))
        elif number == last:
            parts.append(_part(start - 1, (bits[-2:-1] + bits + "0" * _QUIET,)))
        else:
            parts.append(_part(start - 1, ("1" + bits + "1",)))
    return tuple(sorted(parts, key=lambda part: part.start))


def _part(start: int, choices: tuple[str, ...]) -> _Part:
    shapes = np.stack([_blurred(bits, blur) for blur in _BLURS for bits in choices])
    shapes -= shapes.mean(1, keepdims=True)
    shapes /= np.linalg.norm(shapes, axis=1, keepdims=True)
    return _Part(start, " ".join(choices), shapes.astype(np.float32))


def _blurred(bits: str, blur: Blur) -> NDArray[np.float64]:
    """Blackness of some modules; what stands beyond them is on average half black."""
    x = (np.arange(len(bits) * _K) + 0.5) / _K
    black = np.full(len(x), 0.5)
    before = 0.5
    for place, bit in enumerate(bits):
        black += (int(bit) - before) * blur.step(x - place)
        before = int(bit)
    return black + (0.5 - before) * blur.step(x - len(bits))


def _best_chains(rows: Floats, layout: Layout) -> tuple[NDArray[np.intp], Floats]:
    """The first places (R, parts) of the best chain on each row, and its mean cost (R,)."""
    parts = parts_of(layout)
    misfits = _misfits(rows, parts)
    table = misfits[parts[0].kind]
    moves = []
    for before, part in pairwise(parts):
        step = (part.start - before.start) * _K
        best = _moved(table, step)
        move = np.full(best.shape, step, np.int16)
        for slack in _SLACKS:
            if slack:
                other = _moved(table, step + slack) + np.float32(_SLACK_COST)
                move[other < best] = step + slack
                np.minimum(best, other, out=best)
        moves.append(move)
        table = best + misfits[part.kind]
    each = np.arange(len(rows))
    at = table.argmin(1)
    costs = table[each, at] / len(parts)
    path = [at]
    for move in reversed(moves):
        at = at - move[each, at]
        path.append(at)
    return np.stack(path[::-1], 1), costs


def _moved(table: Floats, by: int) -> Floats:
    """Each place's value moved right; nothing comes from outside."""
    moved = np.empty_like(table)
    moved[:, :by] = _FAR
    moved[:, by:] = table[:, :-by]
    return moved


def _misfits(rows: Floats, parts: tuple[_Part, ...]) -> dict[str, Floats]:
    """For each kind of part (R, places): the share of a window's variation it leaves."""
    floor = np.float32((_NOISE_SHARE * rows.std()) ** 2)
    variations: dict[int, Floats] = {}
    misfits: dict[str, Floats] = {}
    for part in parts:
        if part.kind in misfits:
            continue
        samples = part.shapes.shape[1]
        if samples not in variations:
            variations[samples] = _variation(rows, samples) + floor * samples
        match = _matches(rows, part.shapes)
        share = np.full_like(rows, _FAR)
        share[:, : match.shape[1]] = 1 - match * match / variations[samples]
        misfits[part.kind] = share
    return misfits


def _matches(rows: Floats, shapes: Floats) -> Floats:
    """How much of each window the best shape explains, never with bars for spaces."""
    windows = sliding_window_view(rows, shapes.shape[1], axis=1)
    return np.asarray(np.maximum((windows @ shapes.T).max(-1), 0), np.float32)


def _variation(rows: Floats, samples: int) -> Floats:
    """The squared distance of each window from its mean, by running sums."""
    centred = (rows - rows.mean()).astype(np.float64)
    sums = np.cumsum(np.pad(centred, ((0, 0), (1, 0))), 1)
    squares = np.cumsum(np.pad(centred * centred, ((0, 0), (1, 0))), 1)
    total = sums[:, samples:] - sums[:, :-samples]
    power = squares[:, samples:] - squares[:, :-samples]
    return np.asarray(np.maximum(power - total * total / samples, 0), np.float32)


def _warp(at: NDArray[np.float64], layout: Layout) -> NDArray[np.float64]:
    """The cubic (4,) that leads t = 0 … 1 through the first samples of the parts."""
    t = np.array([part.start for part in parts_of(layout)]) / layout.modules
    basis = np.stack([np.ones_like(t), t, t * t, t**3], 1)
    solution, *_ = np.linalg.lstsq(basis, at, rcond=None)
    return np.asarray(solution)


def _looks(row: Floats, starts: NDArray[np.intp], layout: Layout) -> tuple[NDArray[np.intp], int]:
    """The pattern numbers of the digits along a chain, and the blur that most of them show."""
    patterns, blurs = [], []
    sets = iter(layout.sets)
    for part, start in zip(parts_of(layout), starts, strict=True):
        choices = len(part.shapes) // len(_BLURS)
        if choices == 1:
            continue  # a guard
        best = int((part.shapes @ row[start : start + part.shapes.shape[1]]).argmax())
        patterns.append(next(sets).start + best % choices)
        blurs.append(best // choices)
    return np.array(patterns), _BLUR_NUMBERS[round(sum(blurs) / len(blurs))]
