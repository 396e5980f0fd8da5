"""Every picture is there, whole, light, and what the drawing code draws today."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from assets.draw.icons import ICONS, icon
from assets.draw.products import PRODUCTS, product
from assets.draw.scenes import SCENES, scene

ASSETS = Path(__file__).resolve().parents[2] / "assets"
ICON_FILES = sorted(ASSETS / "icons" / f"{name}.png" for name in ICONS)
PRODUCT_FILES = sorted(ASSETS / "products" / f"{name}.png" for name in PRODUCTS)
SCENE_FILES = sorted(ASSETS / "icons" / f"{name}.png" for name in SCENES)
ALL_FILES = [*ICON_FILES, *PRODUCT_FILES, *SCENE_FILES]

PICTURES_MAX_BYTES = 1_500_000
PAPER = (251, 247, 238)


def load(file: Path) -> Image.Image:
    picture = Image.open(file)
    picture.load()
    return picture


def on_paper(picture: Image.Image, size_px: int) -> Image.Image:
    sheet = Image.new("RGB", picture.size, PAPER)
    sheet.paste(picture, mask=picture.getchannel("A"))
    return sheet.resize((size_px, size_px), Image.Resampling.LANCZOS)


def mean_difference(a: Image.Image, b: Image.Image) -> float:
    """Mean over all channels of how far two pictures are apart, 0 to 255."""
    means = ImageStat.Stat(ImageChops.difference(a, b)).mean
    return sum(means) / len(means)


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance, WCAG 2.2."""
    linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Contrast ratio, WCAG 2.2: 1 to 21."""
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def test_the_folders_hold_exactly_what_is_drawn() -> None:
    held = {*(ASSETS / "icons").glob("*"), *(ASSETS / "products").glob("*")}
    assert held == set(ALL_FILES)


@pytest.mark.parametrize(
    ("files", "size"),
    [(ICON_FILES, (128, 128)), (PRODUCT_FILES, (256, 256)), (SCENE_FILES, (480, 320))],
    ids=["icons", "products", "scenes"],
)
def test_pictures_of_a_kind_have_one_size_and_are_transparent(
    files: list[Path], size: tuple[int, int]
) -> None:
    for file in files:
        picture = load(file)
        assert (picture.mode, picture.size) == ("RGBA", size), file.name
        assert picture.getchannel("A").getextrema() == (0, 255), file.name


@pytest.mark.parametrize("file", [*ICON_FILES, *PRODUCT_FILES], ids=lambda f: f.stem)
def test_a_drawing_is_not_cut_off_and_fills_its_square(file: Path) -> None:
    picture = load(file)
    left, top, right, bottom = picture.getchannel("A").getbbox() or (0, 0, 0, 0)
    width, height = picture.size
    assert left > 0
    assert top > 0
    assert right < width
    assert bottom < height
    assert max(right - left, bottom - top) >= 0.7 * width


@pytest.mark.parametrize("file", ICON_FILES, ids=lambda f: f.stem)
def test_an_icon_is_pure_white_so_that_it_can_be_tinted(file: Path) -> None:
    painted = load(file)
    red, green, blue, alpha = painted.split()
    seen = alpha.point(lambda a: 255 if a else 0)
    for channel in (red, green, blue):
        assert ImageStat.Stat(channel, mask=seen).extrema == [(255, 255)]


@pytest.mark.parametrize("file", PRODUCT_FILES, ids=lambda f: f.stem)
def test_a_picture_has_an_outline_that_stands_out_from_the_paper(file: Path) -> None:
    """WCAG 2.2, 1.4.11 asks 3:1 of what must be made out; old eyes get twice that."""
    picture = load(file)
    painted = picture.getchannel("A").point(lambda a: 255 if a > 250 else 0)
    inside = painted.filter(ImageFilter.MinFilter(7))
    rim = ImageStat.Stat(picture.convert("RGB"), mask=ImageChops.subtract(painted, inside))
    assert contrast(tuple(rim.median), PAPER) >= 6


@pytest.mark.parametrize("files", [ICON_FILES, PRODUCT_FILES], ids=["icons", "products"])
def test_no_two_pictures_look_alike_when_small(files: list[Path]) -> None:
    back = Image.new("RGB", (1, 1))
    small = {}
    for file in files:
        picture = load(file)
        sheet = back.resize(picture.size)
        sheet.paste(picture, mask=picture.getchannel("A"))
        small[file.stem] = sheet.resize((64, 64), Image.Resampling.LANCZOS)
    alike = [(a, b) for a, b in combinations(small, 2) if mean_difference(small[a], small[b]) < 6]
    assert alike == []


def test_all_pictures_together_stay_light() -> None:
    assert sum(file.stat().st_size for file in ALL_FILES) <= PICTURES_MAX_BYTES


@pytest.mark.parametrize("name", [*ICONS, *PRODUCTS, *SCENES])
def test_a_picture_is_what_its_code_draws(name: str) -> None:
    """Allows for another Pillow's rounding, not for a forgotten `python -m assets.draw`."""
    if name in PRODUCTS:
        drawn, file = product(name), ASSETS / "products" / f"{name}.png"
    else:
        drawn = icon(name) if name in ICONS else scene(name)
        file = ASSETS / "icons" / f"{name}.png"
    assert mean_difference(drawn.finished().getchannel("A"), load(file).getchannel("A")) < 0.5
    size_px = 128
    assert mean_difference(on_paper(drawn.finished(), size_px), on_paper(load(file), size_px)) < 0.5
