"""First guesses by a code's two ends, which is all that strong blur leaves of its parts.

Pairs of a falling and a rising edge with plain paper outside are compared on smoothed profiles,
where a module's error matters less; the best are then tried on a small grid of shifts and bends.
Each is judged by the cheapest digits it allows, without any rules.
"""

import cv2
import numpy as np

from kiosk.scanner.likelihood.costs import costs_under
from kiosk.scanner.likelihood.geometry import Fits, Indices, Numbers, places, sampled, variance
from kiosk.scanner.likelihood.optics import COARSE
from kiosk.scanner.likelihood.profile import Profiles
from kiosk.scanner.likelihood.templates import (
    QUIET_MODULES,
    SAMPLES_PER_MODULE,
    Floats,
    Layout,
    Looks,
    Templates,
)
from kiosk.scanner.likelihood.viterbi import free_costs

_PAIRS_MAX = 120
_PAIRS_KEPT = 24
_SCORE_MIN = 0.3
_LENGTH_MIN, _LENGTH_MAX = 0.33, 1.35
"""In widths of the region."""
_QUIET_NEAR, _QUIET_FAR = 1.2, 4.5
"""Modules beside the bars that must be plain; labels are often cut closer than promised."""
_SMOOTHING_MODULES = 1.0
_SMOOTH_BLUR = 4
_SHIFTS_MODULES = (-0.7, 0.0, 0.7)
_BENDS = (-0.012, 0.0, 0.012)
_ERROR_MAX = 0.6
_APART_MODULES = 1.6
_GAIN_MIN = 0.05


def first_guesses(profiles: Profiles, templates: Templates, count: int) -> Fits:
    """The most promising hypotheses on profiles 0 and 1, one being the other reversed."""
    layout = templates.layout
    pairs = edge_pairs(profiles.bands[0], layout, profiles.width, profiles.scale)
    turned = profiles.bands.shape[1] - 1 - pairs[:, ::-1]
    pairs = np.concatenate([pairs, turned])
    band = np.repeat([0, 1], len(turned))
    sigma = _SMOOTHING_MODULES * profiles.width / layout.modules
    smooth = cv2.GaussianBlur(profiles.bands[:2], (0, 0), sigma, sigmaY=1e-3)
    rough = _judged(
        np.asarray(smooth, np.float32), band, _straight(pairs), templates, (_SMOOTH_BLUR,)
    )
    kept = np.argsort(rough.error, kind="stable")[:_PAIRS_KEPT]
    warp = _grid_of_warps(pairs[kept], layout)
    fits = _judged(
        profiles.bands,
        np.repeat(band[kept], len(_SHIFTS_MODULES) ** 2 * len(_BENDS)),
        warp,
        templates,
        COARSE,
    )
    return fits.take(_distinct(fits, layout, count))


def edge_pairs(profile: Floats, layout: Layout, width: float, scale: float) -> Numbers:
    """(P, 2) samples of a first and a last dark edge, the likeliest first."""
    smooth = cv2.GaussianBlur(profile[None], (0, 0), max(1.0, scale * 0.8))[0].astype(np.float64)
    slope = np.gradient(smooth)
    inner = slope[1:-1]
    steep = 0.06 * np.abs(slope).max()
    falls = np.flatnonzero((inner <= slope[:-2]) & (inner < slope[2:]) & (inner < -steep)) + 1
    rises = np.flatnonzero((inner >= slope[:-2]) & (inner > slope[2:]) & (inner > steep)) + 1
    left, right = (side.ravel() for side in np.meshgrid(falls, rises, indexing="ij"))
    length = right - left
    module = length / layout.modules
    fits = (length > _LENGTH_MIN * width) & (length < _LENGTH_MAX * width)
    fits &= module > 0.55 * scale
    left, right, module = left[fits], right[fits], module[fits]
    near, far = _QUIET_NEAR * module, _QUIET_FAR * module
    before, before_noise = _mean_and_deviation(smooth, left - far, left - near)
    after, after_noise = _mean_and_deviation(smooth, right + near, right + far)
    inside, contrast = _mean_and_deviation(smooth, left, right)
    score = (before + after - 2 * inside - 1.2 * (before_noise + after_noise)) / (contrast + 1)
    order = np.argsort(-score, kind="stable")[:_PAIRS_MAX]
    order = order[score[order] > _SCORE_MIN]
    return np.stack([left[order], right[order]], 1).astype(np.float64)


def _mean_and_deviation(
    values: Numbers, start: Numbers | Indices, stop: Numbers | Indices
) -> tuple[Numbers, Numbers]:
    """Of many stretches of one profile, by running sums."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values * values)])
    first = np.clip(start, 0, len(values) - 2).astype(np.intp)
    last = np.maximum(np.clip(stop, 0, len(values)).astype(np.intp), first + 2)
    count = last - first
    mean = (sums[last] - sums[first]) / count
    power = (squares[last] - squares[first]) / count - mean * mean
    return mean, np.sqrt(np.maximum(power, 0))


def _straight(pairs: Numbers) -> Numbers:
    """Warps (P, 4) without bends."""
    nothing = np.zeros(len(pairs))
    return np.stack([pairs[:, 0], pairs[:, 1] - pairs[:, 0], nothing, nothing], 1)


def _grid_of_warps(pairs: Numbers, layout: Layout) -> Numbers:
    """Every pair of edges with its shifts and bends: (27 P, 4)."""
    shift_left, shift_right, bend = (
        axis.ravel() for axis in np.meshgrid(_SHIFTS_MODULES, _SHIFTS_MODULES, _BENDS)
    )
    module = (pairs[:, 1] - pairs[:, 0])[:, None] / layout.modules
    left = pairs[:, :1] + shift_left * module
    length = pairs[:, 1:] + shift_right * module - left
    warp = np.stack([left, length * (1 + 4 * bend), -4 * bend * length, np.zeros_like(left)], -1)
    return warp.reshape(-1, 4)


def _judged(
    bands: Floats, band: Indices, warp: Numbers, templates: Templates, blurs: tuple[int, ...]
) -> Fits:
    """Each warp with the blur under which some digits explain it best."""
    samples = sampled(bands, band, warp, templates.layout)
    profile, gain = _from_quiet_zones(samples, templates.layout)
    variation = variance(profile, templates.weight)
    error = np.full(len(band), np.inf)
    blur = np.zeros(len(band), np.intp)
    upended = np.ascontiguousarray(profile.T)
    for candidate in blurs if len(band) else ():
        cost = free_costs(costs_under(templates, candidate, upended)) / variation
        better = cost < error
        error[better] = cost[better]
        blur[better] = candidate
    error[gain <= _GAIN_MIN] = np.inf
    return Fits(band, warp, Looks.plain(blur), profile, error)


def _from_quiet_zones(samples: Floats, layout: Layout) -> tuple[Floats, Floats]:
    """Profiles (H, samples) as blackness: white from the quiet zones, black from the mean.

    Also the share of the light that black takes (H,).
    """
    k = SAMPLES_PER_MODULE
    near, far = k, int((QUIET_MODULES - 0.8) * k)
    white_left = _middle(samples[:, near:far])
    white_right = _middle(samples[:, -far:-near])
    t = np.clip(places(layout), 0, 1)
    white = white_left[:, None] * (1 - t) + white_right[:, None] * t
    black = 1 - samples / np.maximum(white, 8)
    inner = slice(QUIET_MODULES * k, -QUIET_MODULES * k)
    # Just under half of every code's modules are black.
    gain = black[:, inner].mean(1) / np.float32(0.47)
    return black / np.maximum(gain, np.float32(0.02))[:, None], gain


def _middle(samples: Floats) -> Floats:
    """The mean of the middle third of each row: nearly the median, and quicker."""
    count = samples.shape[1]
    return np.asarray(np.sort(samples, 1)[:, count // 3 : count - count // 3].mean(1), np.float32)


def _distinct(fits: Fits, layout: Layout, count: int) -> Indices:
    """The best hypotheses whose ends lie apart."""
    kept: list[int] = []
    ends = np.stack([fits.warp[:, 0], fits.warp.sum(1)], 1)
    for index in np.argsort(fits.error, kind="stable"):
        if fits.error[index] > _ERROR_MAX or len(kept) == count:
            break
        near = _APART_MODULES * fits.warp[index, 1:].sum() / layout.modules
        if all(
            fits.band[index] != fits.band[other] or np.abs(ends[index] - ends[other]).sum() >= near
            for other in kept
        ):
            kept.append(int(index))
    return np.array(kept, np.intp)
