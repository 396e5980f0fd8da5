"""A lamp mirrored in a pack: read what is left, never guess what is not there."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.scanner.likelihood.find import find_regions
from kiosk.scanner.likelihood.lamp import bumps, priors, trust
from kiosk.scanner.likelihood.profile import profiles_of
from kiosk.scanner.likelihood.search import band_fits
from kiosk.scanner.likelihood.shine import without_shine
from kiosk.scanner.likelihood.sight import sights_in
from kiosk.scanner.likelihood.templates import EAN13, templates_of
from kiosk.scanner.likelihood.viterbi import best_codes
from tests.scanner.pictures import WATER, pack


def shone_on(grey, strength: float, *, at: float = 0.6, wide: float = 0.04):
    """A soft lamp over the whole height at a share of the width, added to the light."""
    across = np.exp(-(((np.arange(grey.shape[1]) / grey.shape[1] - at) / wide) ** 2))
    light = np.square(grey / 255.0) + strength * across
    return (255 * np.sqrt(np.minimum(light, 1))).astype(np.uint8)


def first_look(grey, *, is_told: bool):
    """At the strongest region with the lamp taken out; told of it or not."""
    region = find_regions(grey)[0]
    dulled = without_shine(grey, region)
    return next(sights_in(dulled.picture, region, EAN13, dulled.lamp if is_told else None))


def margin(sight) -> float:
    best = best_codes(sight.layout, sight.costs)
    return float(best.second_costs[0] - best.costs[0]) / sight.bands


@pytest.mark.parametrize(("strength", "at"), [(0.3, 0.4), (0.3, 0.6), (0.5, 0.4), (0.5, 0.6)])
def test_a_pack_under_a_lamp_stands_out_when_the_fit_is_told_of_the_lamp(strength, at):
    dim = (pack(WATER, blur_px=2.5, noise=3) * 0.75).astype(np.uint8)
    shiny = shone_on(dim, strength, at=at)
    told, untold = first_look(shiny, is_told=True), first_look(shiny, is_told=False)
    assert best_codes(told.layout, told.costs).texts[0] == WATER
    assert told.fit < 0.7 * untold.fit
    assert margin(told) > 2 * margin(untold)
    assert told.is_dulled
    assert not untold.is_dulled


def test_where_no_lamp_was_nothing_changes():
    grey = pack(WATER, blur_px=4.0)
    region = find_regions(grey)[0]
    plain = profiles_of(grey, region)
    assert plain is not None
    unlit = replace(plain, lamp=np.zeros_like(plain.bands))
    templates = templates_of(EAN13)
    for one, other in zip(band_fits(plain, templates), band_fits(unlit, templates), strict=True):
        np.testing.assert_allclose(one.error, other.error, atol=2e-3)
        np.testing.assert_allclose(one.profile, other.profile, atol=0.03)


def test_samples_count_the_less_the_more_light_was_taken_out():
    lamp = np.array([[0, 0.5, 1, 3]], np.float32)
    counted = trust(lamp)[0]
    assert counted[0] == 1
    assert (np.diff(counted) < 0).all()
    assert counted[-1] < 0.2


def test_light_may_be_added_only_where_some_was_taken_out():
    lamp = np.zeros((1, EAN13.samples), np.float32)
    lamp[0, 150:200] = 1
    unlikely = priors(lamp, EAN13)[0]
    reach = bumps(EAN13)[:, 150:200].max(1) > 0
    assert (unlikely[~reach] > 1e3).all()
    assert unlikely[reach].min() < 1


def test_bumps_side_by_side_can_be_even_light():
    inner = bumps(EAN13)[:, 30:-30]
    np.testing.assert_allclose(inner.sum(0), 1, atol=1e-5)
