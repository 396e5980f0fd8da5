"""From the profiles of a region to the geometry under which a code explains them best.

Expectation-maximisation in small: decode under the geometry of the moment, refine the geometry
against that code, decode again. Many hypotheses start on the mean of all bands, few survive, and
the best is then fitted to every band by itself.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kiosk.scanner.likelihood.align import chains
from kiosk.scanner.likelihood.costs import Costs, costs_of
from kiosk.scanner.likelihood.edges import first_guesses
from kiosk.scanner.likelihood.geometry import Fits, refined
from kiosk.scanner.likelihood.profile import Profiles
from kiosk.scanner.likelihood.templates import Floats, Looks, Templates
from kiosk.scanner.likelihood.viterbi import best_states

_CHAINS, _EDGES = 6, 14
_SECOND, _THIRD = 4, 2
_ROUNDS = 2
_BLURS, _BAND_BLURS = 6, 3
"""Blurs tried at once; those of the bands are nearly that of their mean."""
_HOPELESS_AT_FIRST, _HOPELESS = 0.4, 0.16
"""Errors with which a guess, and a refined fit of the mean, are given up: a code is believed only
far below (see refuse.py), and every fit carried on costs as much as all guesses together."""
_BAND_ERROR_MAX = 0.3
"""A single band has more noise than the mean of all."""


def band_fits(profiles: Profiles, templates: Templates) -> Iterator[Fits]:
    """The fits of all bands under one geometry after another, the quickly found ones first."""
    bands = profiles.bands
    # A pack may be held upside down: then its last bar comes first.
    both = Profiles(
        _both_ways(bands),
        profiles.scale,
        profiles.width,
        lamp=None if profiles.lamp is None else _both_ways(profiles.lamp),
    )
    for guess in (_from_chains, _from_edges):
        fits = _best(guess(both, templates), _SECOND, _HOPELESS_AT_FIRST)
        fits = _best(_decoded_and_refined(both, fits, templates), _THIRD, _HOPELESS_AT_FIRST)
        fits = _best(_decoded_and_refined(both, fits, templates), 1, _HOPELESS)
        if len(fits.band) == 0:
            continue
        spread = _on_all_bands(fits, len(bands))
        spread = _decoded_and_refined(both, spread, templates, blurs=_BAND_BLURS)
        if np.median(spread.error) > _HOPELESS:
            continue
        spread = _decoded_and_refined(both, spread, templates, blurs=_BAND_BLURS)
        good = np.flatnonzero(spread.error < _BAND_ERROR_MAX)
        if len(good):
            yield spread.take(good)


def _both_ways(bands: Floats) -> Floats:
    """Their mean and its reverse, all of them and their reverses."""
    mean = bands.mean(0, keepdims=True)
    return np.concatenate([mean, mean[:, ::-1], bands, bands[:, ::-1]])


def _from_chains(profiles: Profiles, templates: Templates) -> Fits:
    """Guesses by chains of digits, which find what is sharp, however warped."""
    found = chains(profiles, templates.layout, _CHAINS)
    count = len(found)
    guesses = Fits(
        np.array([int(chain.turned) for chain in found], np.intp),
        np.array([chain.warp for chain in found]).reshape(count, 4),
        Looks.plain(np.array([chain.blur for chain in found], np.intp)),
        np.zeros((count, templates.layout.samples), np.float32),
        np.ones(count),
    )
    patterns = np.array([chain.patterns for chain in found], np.intp)
    return refined(profiles, guesses, patterns, templates, _ROUNDS, blurs=_BLURS)


def _from_edges(profiles: Profiles, templates: Templates) -> Fits:
    """Guesses by the code's two ends, which is all that strong blur leaves."""
    guesses = first_guesses(profiles, templates, _EDGES)
    return _decoded_and_refined(profiles, guesses, templates, blurs=1)


def band_costs(fits: Fits, templates: Templates) -> Costs:
    """The terms of each fit."""
    weight = fits.weight
    if weight is None:
        weight = np.broadcast_to(templates.weight, fits.profile.shape)
    return costs_of(templates, fits.looks, fits.profile, weight)


def _decoded_and_refined(
    profiles: Profiles, fits: Fits, templates: Templates, *, blurs: int = _BLURS
) -> Fits:
    if len(fits.band) == 0:
        return fits
    states = best_states(templates.layout, band_costs(fits, templates))
    patterns = states + first_patterns(templates)
    return refined(profiles, fits, patterns, templates, _ROUNDS, blurs=blurs)


def first_patterns(templates: Templates) -> NDArray[np.intp]:
    """(digits,): the pattern number of each digit's local state 0."""
    return np.array([allowed.start for allowed in templates.layout.sets])


def _best(fits: Fits, count: int, error_max: float) -> Fits:
    order = np.argsort(fits.error, kind="stable")[:count]
    return fits.take(order[fits.error[order] < error_max])


def _on_all_bands(fit: Fits, bands: int) -> Fits:
    """One fit of a mean profile as the first guess of every band, turned alike."""
    reversed_ = int(fit.band[0])
    many = fit.take(np.zeros(bands, np.intp))
    return replace(many, band=2 + reversed_ * bands + np.arange(bands))
