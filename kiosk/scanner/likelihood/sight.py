"""One look at one code: what a frame says about every code, ready to be added to other looks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.costs import Costs
from kiosk.scanner.likelihood.find import Region
from kiosk.scanner.likelihood.geometry import Fits, variance
from kiosk.scanner.likelihood.profile import Profiles, profiles_of
from kiosk.scanner.likelihood.search import band_costs, band_fits
from kiosk.scanner.likelihood.templates import Layout, Templates, templates_of
from kiosk.scanner.likelihood.viterbi import best_costs

_ERROR_FLOOR = 0.01
"""No model explains more than 99 % of a profile; a band that seems to is not trusted more."""

_RIVAL_FIT = 1.3
"""A look counts against another if it leaves no more than so many times as much unexplained."""
_RIVAL_EXCESS_MAX = 0.2

Corners = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """`costs` (H = 1) are sums over `bands` bands in units of what each leaves unexplained, so
    that looks of different quality may be added; `fit` is that rest, as a share of the variation.
    `corners`: left top, right top, right bottom, left bottom of the bars as they are read.
    `is_dulled`: a lamp's mirror image was taken out of the picture."""

    layout: Layout
    costs: Costs
    bands: int
    fit: float
    corners: Corners
    is_dulled: bool = False


def contradicts(other: Sight, sight: Sight, states: NDArray[np.intp]) -> bool:
    """Whether another look at the same picture explains it about as well, but not by this code.

    Where bars are blurred away, a wrong geometry with a wrong code may explain a profile; then
    several do. `states` (digits,) is the code that `sight` speaks for.
    """
    if other.layout is not sight.layout or other.fit > _RIVAL_FIT * sight.fit:
        return False
    best = float(best_costs(other.layout, other.costs)[0])
    excess = float(other.costs.of_codes(states[None])[0, 0]) - best
    return excess > _RIVAL_EXCESS_MAX * other.bands


def sights_in(
    grey: NDArray[np.uint8],
    region: Region,
    layout: Layout,
    lamp: NDArray[np.uint8] | None = None,
) -> Iterator[Sight]:
    """What a region may show under a layout, the quickly found first.

    `lamp` (h, w): light that was taken out of the picture, if any was.
    """
    profiles = profiles_of(grey, region, lamp)
    if profiles is None:
        return
    templates = templates_of(layout)
    for fits in band_fits(profiles, templates):
        yield sight_of_fits(fits, templates, profiles, region)


def sight_of_fits(fits: Fits, templates: Templates, profiles: Profiles, region: Region) -> Sight:
    """What bands of a region, fitted one by one, say together about every code."""
    costs = band_costs(fits, templates)
    weight = templates.weight if fits.weight is None else fits.weight
    variation = variance(fits.profile, weight)
    rest = np.maximum(best_costs(templates.layout, costs) / variation, 1e-4)
    # Less is seen of a profile that is trusted in parts: what is seen must not count for more.
    seen_share = weight.sum(-1) / templates.weight.sum()
    weights = seen_share / ((rest + _ERROR_FLOOR) * variation)
    return Sight(
        templates.layout,
        costs.weighted_sum(weights),
        len(fits.band),
        float(np.median(rest)),
        _corners(fits, profiles, region),
        profiles.lamp is not None,
    )


def _corners(fits: Fits, profiles: Profiles, region: Region) -> Corners:
    ends = np.median(np.stack([fits.warp[:, 0], fits.warp.sum(1)], 1), 0)
    upside_down = fits.band[0] >= 2 + len(profiles.bands)
    if upside_down:
        ends = profiles.bands.shape[1] - 1 - ends
    left, right = profiles.left + ends / profiles.scale
    top, bottom = (region.bottom, region.top) if upside_down else (region.top, region.bottom)
    return (
        region.point(left, top),
        region.point(right, top),
        region.point(right, bottom),
        region.point(left, bottom),
    )
