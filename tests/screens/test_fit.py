"""Shrunken text takes sizes that all labels share: each size of a font keeps 0.3 MB."""

import pytest

pytestmark = pytest.mark.window


def test_words_in_places_of_every_width_need_few_sizes(window):
    from kiosk.screens.fit import SHRINK_MOST, SHRINK_STEP, fit_text

    text, size_max_px = "Қорапқа салатын купюра мен монетаны түртіңіз", 52.0
    fits = [fit_text(text, "Roboto", True, size_max_px, width, 60) for width in range(120, 1400, 3)]
    shrunk = {fit.font_px for fit in fits} - {size_max_px}
    steps = 0
    while size_max_px * SHRINK_STEP ** (steps + 1) > size_max_px * SHRINK_MOST:
        steps += 1
    assert 1 < len(shrunk) <= steps + 2
    assert all(size_px == int(size_px) for size_px in shrunk)
    assert min(shrunk) >= size_max_px * SHRINK_MOST
    assert [fit.font_px for fit in fits] == sorted(fit.font_px for fit in fits)


def test_two_styles_that_shrink_meet_at_the_same_sizes(window):
    from kiosk.screens.fit import LADDER_PX, fit_text

    text = "Қорапқа салатын купюра мен монетаны түртіңіз"
    for size_max_px in (25.0, 28.0, 38.0, 66.0):
        middle = {
            fit_text(text, "Roboto", True, size_max_px, width, 40).font_px
            for width in range(150, 1200, 7)
        }
        least_px = min(middle)
        assert middle - {size_max_px, least_px} <= set(LADDER_PX)


def test_a_text_of_a_few_lines_leaves_no_short_word_alone_on_the_last(window):
    from kiosk.screens.fit import fit_text

    text = "Коснитесь экрана, чтобы начать"
    one_px = fit_text(text, "Roboto", True, 40.0, 2000, 200).width_px
    for width_px in range(one_px // 2 + 60, one_px, 7):
        fit = fit_text(text, "Roboto", True, 40.0, width_px, 200)
        assert fit.font_px == 40.0
        assert fit.width_px < 0.7 * one_px
        assert fit.height_px == fit_text(text, "Roboto", True, 40.0, one_px - 1, 200).height_px


def test_a_word_wider_than_its_place_is_measured_as_wide_as_it_is(window):
    from kiosk.screens.fit import fit_text

    wide_px = fit_text("благотворительность", "Roboto", True, 40.0, 2000, 200).width_px
    fit = fit_text("На благотворительность", "Roboto", True, 40.0, wide_px // 3, 200)
    assert fit.width_px > wide_px // 3
