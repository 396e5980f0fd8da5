"""How a code lies on a profile: its warp, its light and its blur, refined against a known code.

A warp maps t = 0 … 1 (first bar's edge to last bar's edge) to samples of the profile as a cubic
polynomial in t. Given a code, the profile is nearly linear in small changes of the warp and
exactly linear in contrast, brightness, sharpening and ink spread, so one step of Gauss-Newton is
one least-squares problem; the blurs of the bank that come into question are tried side by side.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.lamp import bumps, priors, trust
from kiosk.scanner.likelihood.optics import near_blurs
from kiosk.scanner.likelihood.profile import Profiles
from kiosk.scanner.likelihood.templates import (
    QUIET_MODULES,
    SAMPLES_PER_MODULE,
    Floats,
    Layout,
    Looks,
    Templates,
)

Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Fits:
    """H hypotheses: `band` (H,) which profile, `warp` (H, 4) polynomial coefficients, `looks`
    how the code looks, `profile` (H, samples) white 0 and black 1, `error` (H,) the share of the
    profile's variance that is not explained, 0 to 1. `weight` (H, samples): how far each sample
    of the profile counts; None: as far as the templates look."""

    band: Indices
    warp: Numbers
    looks: Looks
    profile: Floats
    error: Numbers
    weight: Floats | None = None

    def take(self, which: Indices) -> "Fits":
        """These hypotheses only, in this order."""
        return Fits(
            self.band[which],
            self.warp[which],
            self.looks.take(which),
            self.profile[which],
            self.error[which],
            None if self.weight is None else self.weight[which],
        )


def joined(parts: list[Fits]) -> Fits:
    """The hypotheses of several lists in one."""
    return Fits(
        np.concatenate([part.band for part in parts]),
        np.concatenate([part.warp for part in parts]),
        Looks(
            np.concatenate([part.looks.blur for part in parts]),
            np.concatenate([part.looks.parts for part in parts]),
        ),
        np.concatenate([part.profile for part in parts]),
        np.concatenate([part.error for part in parts]),
        _joined_weights([part.weight for part in parts]),
    )


def _joined_weights(weights: list[Floats | None]) -> Floats | None:
    known = [weight for weight in weights if weight is not None]
    return np.concatenate(known) if len(known) == len(weights) else None


@cache
def places(layout: Layout) -> Floats:
    """The place of each sample, 0 at the first bar's edge and 1 at the last one's."""
    at = (np.arange(layout.samples) + 0.5) / SAMPLES_PER_MODULE - QUIET_MODULES
    return (at / layout.modules).astype(np.float32)


def sampled(bands: Floats, band: Indices, warp: Numbers, layout: Layout) -> Floats:
    """Bands (B, n) read along warps: (H, samples)."""
    t = places(layout)
    curve = warp.astype(np.float32)
    x = curve[:, :1] + t * (curve[:, 1:2] + t * (curve[:, 2:3] + t * curve[:, 3:4]))
    y = np.empty_like(x)
    y[:] = band[:, None]
    if len(x) == 0:
        return x
    read = cv2.remap(bands, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(read, np.float32)


def variance(profile: Floats, weight: Floats) -> Numbers:
    """The weighted squared distance from the mean between the first and last bar (H,).

    `weight` (samples,), or (H, samples) where profiles have their own.
    """
    edge = QUIET_MODULES * SAMPLES_PER_MODULE
    inner = profile[:, edge:-edge]
    if weight.ndim == 1:
        away = profile - inner.mean(1, keepdims=True)
        return np.asarray(np.square(away) @ weight + 1e-6, np.float64)
    own = weight[:, edge:-edge]
    away = profile - ((inner * own).sum(1) / (own.sum(1) + 1e-6))[:, None]
    return np.asarray(np.einsum("hn,hn->h", np.square(away), weight) + 1e-6, np.float64)


# The unknowns of one problem. Light: contrast and brightness with a slope and a bend each; then,
# where a lamp was taken out, smooth light (lamp.py), and last how the warp moves.
_PLAIN, _WHITE, _SHARP, _SPREAD, _LAMP = 0, 3, 6, 7, 8
_MOVES = 4
_STILL, _LIT, _MOVE = slice(-_MOVES), slice(_LAMP, -_MOVES), slice(-_MOVES, None)
_SLOPE_PRIOR, _BEND_PRIOR = 1e-3, 4e-3
_MOVE_PRIOR = np.array([0.002, 0.002, 0.004, 0.004]) * 0.05
_PART_PRIOR = np.array([0.7, 0.2])
"""Typical amounts of sharpening, and of ink spread in modules."""
_PART_LIMITS = np.array([[-0.5, -0.35], [1.5, 0.45]])
_PART_NOISE = 0.18
"""The share of a profile's variance that models never explain; sets what priors weigh."""
_STEP_MODULES_MAX = 1.5
_NO_BAR = 9.0
"""The error of a fit whose bars are lighter than the paper."""


@dataclass(frozen=True, slots=True)
class _Problem:
    """What stays the same while fits are refined: `lights` and `slopes` (B, n) are the bands and
    their change for a sample's step, `lamp` (B, n) the light taken out of them, if any was."""

    templates: Templates
    lights: Floats
    slopes: Floats
    lamp: Floats | None
    band: Indices
    patterns: Indices


def refined(
    profiles: Profiles,
    fits: Fits,
    patterns: Indices,
    templates: Templates,
    rounds: int,
    *,
    blurs: int,
) -> Fits:
    """Gauss-Newton of each hypothesis against a code, given as pattern numbers (H, digits).

    In each round the `blurs` most like the last one are tried, itself among them.
    """
    if len(fits.band) == 0:
        return fits
    bands = profiles.bands
    slopes = np.gradient(bands, axis=1)
    problem = _Problem(templates, bands, slopes, profiles.lamp, fits.band, patterns)
    warp, blur = fits.warp, fits.looks.blur
    best: Fits | None = None
    for turn in range(rounds + 1):
        choices = near_blurs()[blur, :blurs]
        now, move = _solved(problem, warp, choices)
        best = now if best is None else _better(best, now)
        if turn < rounds:
            warp, blur = warp + move, now.looks.blur
    assert best is not None
    return best


def _solved(problem: _Problem, warp: Numbers, choices: Indices) -> tuple[Fits, Numbers]:
    """The best fit at this warp with a blur of `choices` (H, K), and how to move the warp."""
    templates, layout = problem.templates, problem.templates.layout
    samples = sampled(problem.lights, problem.band, warp, layout)
    step = sampled(problem.slopes, problem.band, warp, layout)
    lamp = None if problem.lamp is None else sampled(problem.lamp, problem.band, warp, layout)
    weight = templates.weight if lamp is None else templates.weight * trust(lamp)
    middle = samples.mean(1, keepdims=True)
    columns = _columns(problem, step, choices, lit=lamp is not None)
    root = np.sqrt(weight)
    columns *= root if lamp is None else root[:, None, None]
    wanted = (samples - middle) * root
    normal = (columns @ columns.swapaxes(2, 3)).astype(np.float64)
    aim = (columns @ wanted[:, None, :, None])[..., 0].astype(np.float64)
    variation = variance(samples, weight)
    module = np.abs(warp[:, 1]) / layout.modules
    diagonal = np.arange(columns.shape[2])
    normal[..., diagonal, diagonal] += _priors(normal, variation, module, weight.sum(-1))
    if lamp is not None:
        normal[..., diagonal[_LIT], diagonal[_LIT]] += priors(lamp, layout)[:, None]
    solution = np.linalg.solve(normal, aim[..., None])[..., 0]
    chosen = np.einsum("hkc,hkc->hk", solution, aim).argmax(1)
    rows = np.arange(len(warp))
    own, normal, aim = solution[rows, chosen], normal[rows, chosen], aim[rows, chosen]
    # light and look once more, without the warp's step
    still = np.linalg.solve(normal[:, _STILL, _STILL], aim[:, _STILL, None])[..., 0]
    look = Looks(choices[rows, chosen], _amounts(still))
    explained = (still[:, None].astype(np.float32) @ columns[rows, chosen, _STILL])[:, 0]
    error = np.square(wanted - explained).sum(1) / variation
    error = np.where(still[:, _PLAIN] < 0, error, _NO_BAR).astype(np.float64)
    profile = _blackness(samples - middle, still, layout)
    move = _move(own[:, _MOVE], _STEP_MODULES_MAX * module)
    own_weight = None if lamp is None else weight
    return Fits(problem.band, warp, look, profile, error, own_weight), move


def _columns(problem: _Problem, step: Floats, choices: Indices, *, lit: bool) -> Floats:
    """What each unknown changes: (H, K, unknowns, samples)."""
    heights, count = choices.shape
    layout = problem.templates.layout
    t = places(layout) - np.float32(0.5)
    powers = np.stack([np.ones_like(t), t, t * t - np.float32(1 / 12), t**3])
    parts = problem.templates.profiles(choices.ravel(), np.repeat(problem.patterns, count, 0))
    parts = parts.reshape(heights, count, 3, -1)
    lights = bumps(layout) if lit else np.empty((0, layout.samples), np.float32)
    unknowns = _LAMP + len(lights) + _MOVES
    columns = np.empty((heights, count, unknowns, layout.samples), np.float32)
    columns[:, :, _PLAIN : _PLAIN + 3] = parts[:, :, :1] * powers[:3]
    columns[:, :, _WHITE : _WHITE + 3] = powers[:3]
    columns[:, :, _SHARP : _SPREAD + 1] = parts[:, :, 1:]
    columns[:, :, _LIT] = lights
    powers[2] = t * t
    columns[:, :, _MOVE] = (-step[:, None] * powers)[:, None]
    return columns


def _priors(
    normal: Numbers, variation: Numbers, module: Numbers, weight: np.floating[Any] | Floats
) -> Numbers:
    """What is added to the diagonal (H, K, unknowns): the less likely, the more."""
    unlikely = np.full(normal.shape[:3], 1e-9)
    for first in (_PLAIN, _WHITE):
        own = normal[..., first, first]
        unlikely[..., first + 1] = _SLOPE_PRIOR * own
        unlikely[..., first + 2] = _BEND_PRIOR * own
    # A part of one gain is as unlikely as its typical amount is small.
    gain_squared = variation / (0.25 * weight)
    noise = _PART_NOISE * variation / weight
    unlikely[..., _SHARP : _SPREAD + 1] = ((noise / gain_squared)[:, None] / _PART_PRIOR**2)[
        :, None
    ]
    unlikely[..., _MOVE] = ((variation / module**2)[:, None] * _MOVE_PRIOR)[:, None]
    return unlikely


def _amounts(still: Numbers) -> Floats:
    """1, sharpening and ink spread (H, 3) as shares of the contrast."""
    contrast = still[:, _PLAIN : _PLAIN + 1]
    safe = np.where(np.abs(contrast) < 1e-6, -1e-6, contrast)
    amounts = np.ones((len(still), 3), np.float32)
    amounts[:, 1:] = np.clip(still[:, _SHARP : _SPREAD + 1] / safe, *_PART_LIMITS)
    return amounts


def _blackness(samples: Floats, still: Numbers, layout: Layout) -> Floats:
    """Samples (H, samples) brought to white 0 and black 1 by the fitted light."""
    t = places(layout) - np.float32(0.5)
    powers = np.stack([np.ones_like(t), t, t * t - np.float32(1 / 12)])
    light = still.astype(np.float32)
    contrast = light[:, _PLAIN : _PLAIN + 3] @ powers
    white = light[:, _WHITE : _WHITE + 3] @ powers
    if light.shape[1] > _LAMP:
        white += light[:, _LAMP:] @ bumps(layout)
    # Bars are darker than paper; where the fitted contrast vanishes nothing can be divided.
    floor = -0.05 * np.abs(light[:, :1]) - np.float32(1e-6)
    return np.asarray((samples - white) / np.minimum(contrast, floor), np.float32)


def _move(own: Numbers, limit: Numbers) -> Numbers:
    """A polynomial step in t − 1/2, kept small, as one in t: (H, 4)."""
    a, b, c, d = np.clip(own, -limit[:, None], limit[:, None]).T
    return np.stack([a - b / 2 + c / 4 - d / 8, b - c + 0.75 * d, c - 1.5 * d, d], 1)


def _better(a: Fits, b: Fits) -> Fits:
    count = len(a.error)
    return joined([a, b]).take(np.arange(count) + count * (b.error < a.error))
