"""Following a code from one picture to the next, so that no search starts from nothing twice.

Where a code lies is hard to find under strong blur: many wrong places are explained nearly as
well as the right one, by some code or other. Once the place is known the next picture's is easy,
because the same pack has only moved. It is found by what the picture looked like, never by the
digits read from it: a wrong reading must not lead the next look to the same mistake.
"""

from dataclasses import dataclass, replace
from math import atan2, cos, hypot, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.find import Region
from kiosk.scanner.likelihood.geometry import Fits, Numbers, refined, sampled
from kiosk.scanner.likelihood.profile import Profiles, profiles_of
from kiosk.scanner.likelihood.search import band_costs, first_patterns
from kiosk.scanner.likelihood.sight import Corners, Sight, sight_of_fits
from kiosk.scanner.likelihood.templates import Floats, Looks, Templates, templates_of
from kiosk.scanner.likelihood.viterbi import best_codes, best_states

_SHRINK = 2
"""Pictures are compared at half their size: a blurred code has nothing finer."""
_PATCH_MARGIN = 0.12
_LIKENESS_MIN = 0.45
"""Correlation of a code's patch with the next picture below which it is out of sight."""
_PROFILE_LIKENESS_MIN = 0.6
_SCALES = (0.95, 0.975, 1.0, 1.025, 1.05)
_SHIFTS_MODULES = np.arange(-4, 4.01, 0.25)
_APART_MODULES = 0.8
_GUESSES = 3
_BLURS = 6
"""Tried at once: motion changes the blur from one picture to the next."""
_ERROR_MAX = 0.3
_START_BLUR = 4
"""A middling blur of the bank; fits move on from it."""


@dataclass(frozen=True, slots=True)
class Track:
    """How a code lay in a picture: `patch` is that picture around it (half size), with its first
    pixel at `corner` (x, y); `warp` leads over `profile`, the blackness seen along it."""

    region: Region
    patch: NDArray[np.uint8]
    corner: tuple[int, int]
    warp: Numbers
    profile: Floats
    blur: int


def begin(
    grey: NDArray[np.uint8], sight: Sight, lamp: NDArray[np.uint8] | None = None
) -> Track | None:
    """Takes up a code where a sight of this picture found it; None if it lies at the rim.

    `lamp` (h, w): light that was taken out of the picture, if any was; so below.
    """
    templates = templates_of(sight.layout)
    region = _region(sight.corners)
    profiles = profiles_of(grey, region, lamp)
    if profiles is None:
        return None
    start = (region.left - profiles.left) * profiles.scale
    guess = Fits(
        np.zeros(1, np.intp),
        np.array([[start, region.width * profiles.scale, 0.0, 0.0]]),
        Looks.plain(np.array([_START_BLUR])),
        np.zeros((1, templates.layout.samples), np.float32),
        np.ones(1),
    )
    patterns = best_codes(sight.layout, sight.costs).states + first_patterns(templates)
    fit = refined(_meant(profiles), guess, patterns, templates, 5, blurs=_BLURS)
    return _track(grey, region, fit) if fit.error[0] < _ERROR_MAX else None


def follow(
    track: Track,
    grey: NDArray[np.uint8],
    templates: Templates,
    lamp: NDArray[np.uint8] | None = None,
) -> tuple[Sight, Track] | None:
    """The same code in another picture, and the track from there; None if it is not found."""
    moved = _shift(track, grey)
    if moved is None:
        return None
    region = _moved(track.region, *moved)
    profiles = profiles_of(grey, region, lamp)
    if profiles is None:
        return None
    guesses = _guesses(track, profiles, templates)
    fits = _settled(_meant(profiles), guesses, templates)
    order = np.argsort(fits.error, kind="stable")[:1]
    fit = fits.take(order[fits.error[order] < _ERROR_MAX])
    if len(fit.band) == 0:
        return None
    spread = _settled(profiles, _on_each_band(fit, len(profiles.bands)), templates)
    good = np.flatnonzero(spread.error < _ERROR_MAX)
    if len(good) == 0:
        return None
    sight = sight_of_fits(spread.take(good), templates, profiles, region)
    onward = _track(grey, _region(sight.corners), _carried(fit, profiles, region, sight.corners))
    return None if onward is None else (sight, onward)


def _region(corners: Corners) -> Region:
    """The upright rectangle, in the direction of reading, that holds a code's corners."""
    (x0, y0), (x1, y1) = corners[0], corners[1]
    angle = atan2(y1 - y0, x1 - x0)
    c, s = cos(angle), sin(angle)
    across = [-s * x + c * y for x, y in corners]
    left = c * x0 + s * y0
    return Region(angle, left, left + hypot(x1 - x0, y1 - y0), min(across), max(across), 0.0)


def _moved(region: Region, right: float, down: float) -> Region:
    c, s = cos(region.across_rad), sin(region.across_rad)
    u, v = c * right + s * down, -s * right + c * down
    return Region(
        region.across_rad,
        region.left + u,
        region.right + u,
        region.top + v,
        region.bottom + v,
        region.energy,
    )


def _mean(bands: Floats) -> Floats:
    return np.asarray(bands.mean(0, keepdims=True), np.float32)


def _meant(profiles: Profiles) -> Profiles:
    """The mean of all bands as the only one."""
    lamp = None if profiles.lamp is None else _mean(profiles.lamp)
    return replace(profiles, bands=_mean(profiles.bands), lamp=lamp)


def _track(grey: NDArray[np.uint8], region: Region, fit: Fits) -> Track | None:
    """What must be known of this picture to find the code in the next."""
    points = [region.point(u, v) for u in (region.left, region.right)
              for v in (region.top, region.bottom)]  # fmt: skip
    xs, ys = zip(*points, strict=True)
    margin = _PATCH_MARGIN * region.width
    height, width = grey.shape
    left, right = (
        int(np.clip(x, 0, width)) // _SHRINK for x in (min(xs) - margin, max(xs) + margin)
    )
    top, bottom = (int(np.clip(y, 0, height)) // _SHRINK for y in (min(ys) - 4, max(ys) + 4))
    if right - left < 16 or bottom - top < 4:
        return None
    patch = _small(grey)[top:bottom, left:right].copy()
    return Track(region, patch, (left, top), fit.warp, fit.profile[0], int(fit.looks.blur[0]))


def _small(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (grey.shape[1] // _SHRINK, grey.shape[0] // _SHRINK)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _shift(track: Track, grey: NDArray[np.uint8]) -> tuple[float, float] | None:
    """How far (x, y), in pixels, the code has moved; None when nothing looks like it."""
    small = _small(grey)
    if small.shape[0] < track.patch.shape[0] or small.shape[1] < track.patch.shape[1]:
        return None
    likeness = cv2.matchTemplate(small, track.patch, cv2.TM_CCOEFF_NORMED)
    _, most, _, (x, y) = cv2.minMaxLoc(likeness)
    if most < _LIKENESS_MIN:
        return None
    return (_SHRINK * (x - track.corner[0]), _SHRINK * (y - track.corner[1]))


def _guesses(track: Track, profiles: Profiles, templates: Templates) -> Fits:
    """Where the profile looks as it did, a little nearer or farther and to either side."""
    layout = templates.layout
    module = float(track.warp[0, 1]) / layout.modules
    scale, shift = (axis.ravel() for axis in np.meshgrid(_SCALES, _SHIFTS_MODULES * module))
    warp = track.warp * scale[:, None]
    middle = track.warp @ np.array([1, 0.5, 0.25, 0.125])
    warp[:, 0] += middle[0] * (1 - scale) + shift
    band = np.zeros(len(warp), np.intp)
    seen = sampled(_mean(profiles.bands), band, warp, layout)
    inside = templates.weight > 0
    levelled = _levelled(seen, inside)
    away = levelled[:, inside]
    wanted = track.profile[inside] - track.profile[inside].mean()
    # Blackness is dark: the two run against each other.
    slope = -(away @ wanted) / (wanted @ wanted)
    likeness = slope * np.linalg.norm(wanted) / (np.linalg.norm(away, axis=1) + 1e-6)
    kept: list[int] = []
    for index in np.argsort(-likeness, kind="stable"):
        if len(kept) == _GUESSES or likeness[index] < _PROFILE_LIKENESS_MIN:
            break
        near = _APART_MODULES * module
        if all(np.abs(warp[index, 0] - warp[other, 0]) >= near for other in kept):
            kept.append(int(index))
    profile = track.profile[inside].mean() - levelled[kept] / slope[kept, None]
    return Fits(
        band[kept],
        warp[kept],
        Looks.plain(np.full(len(kept), track.blur, np.intp)),
        np.asarray(profile, np.float32),
        np.ones(len(kept)),
    )


def _levelled(seen: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Samples less the mean of those that are looked at."""
    return np.asarray(seen - seen[:, inside].mean(1, keepdims=True), np.float32)


def _settled(profiles: Profiles, fits: Fits, templates: Templates) -> Fits:
    """Decoded and refined, twice."""
    for _ in range(2):
        if len(fits.band) == 0:
            return fits
        states = best_states(templates.layout, band_costs(fits, templates))
        patterns = states + first_patterns(templates)
        fits = refined(profiles, fits, patterns, templates, 2, blurs=_BLURS)
    return fits


def _on_each_band(fit: Fits, count: int) -> Fits:
    many = fit.take(np.zeros(count, np.intp))
    return replace(many, band=np.arange(count))


def _carried(fit: Fits, profiles: Profiles, before: Region, corners: Corners) -> Fits:
    """A fit in the coordinates of the profile that the code's own region will have."""
    after = _region(corners)
    shift = (after.left - before.left) * profiles.scale
    warp = fit.warp.copy()
    warp[:, 0] -= shift
    return replace(fit, warp=warp)
