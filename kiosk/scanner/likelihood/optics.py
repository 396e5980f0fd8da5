"""How a camera smears the edge of a bar: a small bank of step responses.

A picture of bars is a sum of edges, so one function tells all about a blur: its step response
S(x), the share of black that a point x modules behind an edge sees. The bank holds lens blur and
pixel size (Gaussian), defocus (a disc; projected on a line its density is a half ellipse) and
motion across the bars (a box), each at several widths.

Two things more change an edge, and both are linear to first order, so a fit finds their amounts
without a search: cameras sharpen (they add what a wider blur takes away), and ink spreads (bars
print wider or narrower than drawn, which adds the line spread, S', at both of their edges).
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

REACH_MODULES = 5
"""No blur of the bank reaches further from an edge, to within a percent of black."""

_STEPS_PER_MODULE = 96
_HALF = (REACH_MODULES + 9) * _STEPS_PER_MODULE

Numbers = NDArray[np.float64]


class Shape(Enum):
    """The cross-section of a blur."""

    GAUSSIAN = "gaussian"
    DISC = "disc"
    BOX = "box"


_LENS_SIGMA_MODULES = {Shape.DISC: 0.35, Shape.BOX: 0.5}
"""Nothing is only out of focus or only moved: lens and pixels smear as well."""


@dataclass(frozen=True, slots=True)
class Blur:
    """`width_modules`: the sigma of a Gaussian, the radius of a disc, half the length of a box."""

    shape: Shape
    width_modules: float

    def step(self, x_modules: Numbers) -> Numbers:
        """The step response at these distances behind an edge: 0 far before, 1 far behind."""
        return np.interp(x_modules, _grid(), np.cumsum(_density(self)))

    def sharpening(self, x_modules: Numbers) -> Numbers:
        """What a camera's sharpening adds to the step response: the blur less a wider one."""
        density = _density(self)
        wider = np.convolve(density, _gaussian(_sharpening_sigma(self)), "same")
        return np.interp(x_modules, _grid(), np.cumsum(density - wider))

    def spread(self, x_modules: Numbers) -> Numbers:
        """What a module of ink spread adds at each edge: half the line spread."""
        return np.interp(x_modules, _grid(), _density(self)) * _STEPS_PER_MODULE / 2


def _sharpening_sigma(blur: Blur) -> float:
    # Strong blurs nearly fill the reach; what is added to them must stay inside it.
    return 1.3 if blur.shape is Shape.GAUSSIAN and blur.width_modules < 1.2 else 0.9


def _grid() -> Numbers:
    return np.arange(-_HALF, _HALF + 1) / _STEPS_PER_MODULE


@cache
def _density(blur: Blur) -> Numbers:
    if blur.shape is Shape.GAUSSIAN:
        density = _gaussian(blur.width_modules)
    else:
        lens = _gaussian(_LENS_SIGMA_MODULES[blur.shape])
        density = np.convolve(_plain(blur.shape, blur.width_modules), lens)
    return np.pad(density, (2 * _HALF + 1 - len(density)) // 2)


def _gaussian(sigma: float) -> Numbers:
    half = ceil(4 * sigma * _STEPS_PER_MODULE)
    x = np.arange(-half, half + 1) / (sigma * _STEPS_PER_MODULE)
    return _normalised(np.exp(-x * x / 2))


def _plain(shape: Shape, width: float) -> Numbers:
    half = ceil(width * _STEPS_PER_MODULE)
    x = np.arange(-half, half + 1) / (width * _STEPS_PER_MODULE)
    if shape is Shape.BOX:
        return _normalised((np.abs(x) <= 1).astype(np.float64))
    return _normalised(np.sqrt(np.maximum(1 - x * x, 0)))


def _normalised(density: Numbers) -> Numbers:
    return np.asarray(density / density.sum())


BLURS = (
    *(Blur(Shape.GAUSSIAN, width) for width in (0.3, 0.5, 0.75, 1.05, 1.4, 1.8)),
    *(Blur(Shape.DISC, width) for width in (1.6, 2.2, 2.9, 3.6, 4.4)),
    *(Blur(Shape.BOX, width) for width in (1.0, 1.5, 2.0)),
)
COARSE = (2, 4, 8)
"""Numbers of blurs that between them are good enough to find the geometry."""

_NEIGHBOURS = 5


@cache
def near_blurs() -> NDArray[np.intp]:
    """(blurs, 6): for each the most alike, itself first, which is what a fit can move to."""
    x = np.linspace(-REACH_MODULES, REACH_MODULES, 201)
    bars = np.stack([blur.step(x + 1) - blur.step(x - 1) for blur in BLURS])
    away = np.square(bars[:, None] - bars).sum(-1)
    return np.argsort(away, axis=1, kind="stable")[:, : _NEIGHBOURS + 1]
