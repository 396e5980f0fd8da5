"""The fonts can write everything a screen may show."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ImageFont

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
WEIGHTS = ("Regular", "SemiBold", "Bold")

KAZAKH_CYRILLIC = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
RUSSIAN = "".join(chr(c) for c in range(0x410, 0x450)) + "Ёё"
KAZAKH_LATIN = "ÄäĞğÍíÑñÖöŞşÜüŪūıİÁáǴǵŃńÓóÚúÝýŠšČč"
ASCII = "".join(chr(c) for c in range(0x21, 0x7F))
SIGNS = "₸«»–—…№×·−°"
NO_SUCH_CHARACTER = "\uffff"
NO_BREAK_SPACE = "\u00a0"


def glyph(font: ImageFont.FreeTypeFont, character: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(character)
    return mask.size, bytes(mask)


@pytest.fixture(params=WEIGHTS)
def font(request: pytest.FixtureRequest) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"NotoSans-{request.param}.ttf", 40)


@pytest.mark.parametrize(
    "characters", [KAZAKH_CYRILLIC, RUSSIAN, KAZAKH_LATIN, ASCII, SIGNS], ids=lambda c: c[:6]
)
def test_every_letter_and_sign_has_a_glyph(font: ImageFont.FreeTypeFont, characters: str) -> None:
    missing = glyph(font, NO_SUCH_CHARACTER)
    assert [c for c in characters if glyph(font, c) == missing] == []


def test_a_character_without_a_glyph_is_noticed(font: ImageFont.FreeTypeFont) -> None:
    assert glyph(font, "→") == glyph(font, NO_SUCH_CHARACTER)


def test_the_no_break_space_is_empty_and_as_wide_as_a_space(
    font: ImageFont.FreeTypeFont,
) -> None:
    assert not any(glyph(font, NO_BREAK_SPACE)[1])
    assert font.getlength(NO_BREAK_SPACE) == font.getlength(" ") > 0


def test_all_digits_are_equally_wide_so_amounts_do_not_dance(
    font: ImageFont.FreeTypeFont,
) -> None:
    assert len({font.getlength(digit) for digit in "0123456789"}) == 1


def test_the_three_weights_are_three_weights() -> None:
    def ink(weight: str) -> int:
        font = ImageFont.truetype(FONTS / f"NotoSans-{weight}.ttf", 40)
        return sum(bytes(font.getmask("Адалдық 1234 ₸")))

    regular, semibold, bold = map(ink, WEIGHTS)
    assert regular < semibold < bold


def test_the_licence_lies_beside_the_fonts() -> None:
    assert "SIL Open Font License, Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")
