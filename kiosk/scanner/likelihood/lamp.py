"""What a lamp's mirror image leaves behind after it was taken out of a profile.

How much light a lamp added is known to a part only (see shine.py): where much was taken out, much
may be left, smooth along the profile. So the fit may add smooth light of its own there, the more
the more was taken out, and samples count the less; where no lamp is, nothing changes.

`lamp` (H, samples) is the light taken out, in times the contrast of the bars.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.templates import (
    QUIET_MODULES,
    SAMPLES_PER_MODULE,
    Floats,
    Layout,
)

_APART_MODULES = 8
"""Between bumps: a digit's own light and dark must not look like a lamp's."""
_HALF_TRUSTED_AT = 1.0
_REST_SHARE = 0.5
"""Of the light taken out: what is typically left, or too much."""
_NOTHING = 1e-3
_NOISE = 0.045
"""Squared, in times the bars' contrast squared: what models of a profile do not explain."""


def trust(lamp: Floats) -> Floats:
    """How far samples count (H, samples), 0 to 1."""
    return np.asarray(1 / (1 + np.square(lamp / np.float32(_HALF_TRUSTED_AT))), np.float32)


@cache
def bumps(layout: Layout) -> Floats:
    """Smooth light at places along the code (bumps, samples), each 1 at its middle."""
    at = (np.arange(layout.samples) + 0.5) / SAMPLES_PER_MODULE - QUIET_MODULES
    middles = np.arange(-_APART_MODULES // 2, layout.modules + QUIET_MODULES, _APART_MODULES)
    away = np.minimum(np.abs(at - middles[:, None]) / _APART_MODULES, 1)
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * away), np.float32)


def priors(lamp: Floats, layout: Layout) -> NDArray[np.float64]:
    """How unlikely each bump is (H, bumps), for the diagonal of a least-squares problem."""
    shapes = bumps(layout)
    amount = (lamp @ shapes.T) / shapes.sum(1)
    return np.asarray(_NOISE / np.square(_REST_SHARE * amount + _NOTHING), np.float64)
